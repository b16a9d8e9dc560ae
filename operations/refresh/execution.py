"""Runs of the data refresh's state machine: begin one, follow it, and see what came of it."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

from operations.aws import ask, pages
from operations.backup.instances import Say
from operations.moments import shown, suffix
from operations.place import Place

RUNNING, WELL = "RUNNING", "SUCCEEDED"
POLL_SECONDS = 15
LONGEST_CAUSE = 300
"""Characters; a cause may be a whole description of a task."""


@dataclass(frozen=True)
class Run:
    """What Step Functions shows of an execution."""

    shown: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.shown["executionArn"])

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rpartition(":")[2]

    @property
    def status(self) -> str:
        """Its state, in Step Functions' words."""
        return str(self.shown["status"])

    @property
    def started(self) -> datetime:
        """When it began."""
        found: datetime = self.shown["startDate"]
        return found

    @property
    def ended(self) -> datetime | None:
        """When it ended; None while it runs."""
        return self.shown.get("stopDate")

    @property
    def snapshot(self) -> str:
        """The snapshot that it shared; empty where it has not ended well."""
        try:
            return str(json.loads(self.shown.get("output") or "{}")["names"]["snapshot"])
        except (ValueError, KeyError, TypeError):
            return ""


def newest(place: Place, status: str = "") -> Run | None:
    """Return the run that began last, of those in a state where one is given; None without any."""
    only = {"statusFilter": status} if status else {}
    # The newest comes first (AWS Step Functions API Reference, ListExecutions).
    found = _ask(place, "list_executions", stateMachineArn=_machine(place), maxResults=1, **only)
    return look(place, found["executions"][0]["executionArn"]) if found["executions"] else None


def look(place: Place, arn: str) -> Run:
    """Return a run as it is now."""
    return Run(_ask(place, "describe_execution", executionArn=arn))


def begin(place: Place, snapshot: str, now: datetime) -> Run:
    """Start a run from a snapshot, or from the newest backup where none is named."""
    begun = _ask(
        place,
        "start_execution",
        stateMachineArn=_machine(place),
        name=f"by-hand-{suffix(now)}",
        input=json.dumps({"snapshot": snapshot} if snapshot else {}),
    )
    return look(place, begun["executionArn"])


def follow(place: Place, arn: str, say: Say) -> Run:
    """Wait until a run has ended, and tell each state that it enters and each failure.

    It ends: every wait in its definition has a limit.
    """
    course = Course(say)
    while True:
        found = look(place, arn)
        course.tell(_events(place, arn, course.last))
        if found.status != RUNNING:
            return found
        time.sleep(POLL_SECONDS)


def state(place: Place, arn: str) -> str:
    """Return the state that a run entered last."""
    course = Course(lambda _: None)
    course.tell(_events(place, arn, 0))
    return course.state


@dataclass
class Course:
    """Tells of a run's events what a person wants to know, each state once: it waits in loops."""

    say: Say
    last: int = 0
    """The number of the newest event that was told."""
    state: str = ""
    entered: set[str] = field(default_factory=set)

    def tell(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Tell of further events, the oldest first."""
        for event in events:
            self.last = event["id"]
            when = shown(event["timestamp"])
            if details := event.get("stateEnteredEventDetails"):
                self.state = details["name"]
                if self.state not in self.entered:
                    self.entered.add(self.state)
                    self.say(f"{when} {self.state}")
            elif why := _failure(event):
                self.say(f"{when} {self.state} failed: {why}")


def _events(place: Place, arn: str, after: int) -> list[dict[str, Any]]:
    """Return what happened after an event: newest first it takes a page, not the whole history."""
    client = place.client("stepfunctions")
    found = pages(
        client,
        "get_execution_history",
        "events",
        executionArn=arn,
        reverseOrder=True,
        includeExecutionData=False,
        maxResults=1000,
    )
    return list(takewhile(lambda event: event["id"] > after, found))[::-1]


def _failure(event: Mapping[str, Any]) -> str:
    """Return why something failed; empty for an event that tells of no failure."""
    for name, details in event.items():
        if name.endswith("EventDetails") and ("error" in details or "cause" in details):
            return ": ".join(filter(None, (details.get("error"), _cause(details.get("cause", "")))))
    return ""


def _cause(text: str) -> str:
    """Return a cause in one line; of a task that ended, which ECS describes whole, its last words.

    Source: AWS Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks".
    """
    try:
        task = json.loads(text)
        codes = [str(each.get("ExitCode", "none")) for each in task["Containers"]]
        text = f"{task.get('StoppedReason', 'stopped')}, exit code {', '.join(codes)}"
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return " ".join(text.split())[:LONGEST_CAUSE]


def _machine(place: Place) -> str:
    return str(place.outputs["dataRefreshMachineArn"])


def _ask(place: Place, request: str, **params: Any) -> dict[str, Any]:
    return ask(place.client("stepfunctions"), request, **params)
