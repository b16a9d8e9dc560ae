"""The migration of a release, run before its services change.

The task runs as the plan of the update describes it: the same image, variables and secrets. Its
definition is registered for this one run and taken back after it, so that Pulumi's state still says
what runs, the plan stays good, and a migration that fails leaves nothing to repair but its own.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.aws import ask
from operations.delivery.log_lines import last_lines
from operations.errors import OperationError
from operations.place import Place

DEFINITION = "::migration-task-definition"
"""How the URN of the migration's task definition ends (components/task.py)."""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes what is known only later (sdk/go/common/resource/plugin)."""
OURS = ("containerName", "logGroupName")
"""In ``migrationRun``, what RunTask does not take."""
CARRIED = (
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "volumes",
    "requiresCompatibilities",
    "runtimePlatform",
    "ephemeralStorage",
)
"""Of the registered definition, what is registered again as it is."""
POLL_SECONDS = 5.0
POLL_SECONDS_IN_SANDBOX = 0.2


class MigrationFailedError(Exception):
    """The migration did not end well; one line says how."""


def changes(plan: Path) -> dict[str, Any]:
    """Return what the plan changes of the migration's task definition, by Pulumi's names.

    Raises OperationError for a plan without one, and for a definition that is known only later.
    """
    try:
        planned = json.loads(plan.read_text(encoding="utf-8"))["resourcePlans"]
        found = [each for urn, each in planned.items() if urn.endswith(DEFINITION)]
        goal = found[0]["goal"]["inputDiff"] if len(found) == 1 else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        goal = None
    if goal is None:
        raise OperationError(f"{plan.name}: is no plan with the migration's task definition")
    wanted = {**(goal.get("adds") or {}), **(goal.get("updates") or {})}
    if UNKNOWN in json.dumps(wanted):
        raise OperationError(
            "the migration's task needs what the update has yet to make: bring that up first, as "
            "the README's step 5 does"
        )
    return wanted


@dataclass(frozen=True)
class Migration:
    """One run of the migration for one release."""

    place: Place
    digest: str
    minutes: float
    tell: Callable[[str], None]
    poll: float = POLL_SECONDS

    def run(self, plan: Path) -> None:
        """Run it to its end; MigrationFailedError where that is no good one.

        One that a broken-off deployment left running is waited for instead of a second one.
        """
        wanted = changes(plan)
        task = self._running()
        if task is not None:
            self.tell(f"migration: goes on with {_short(task)}")
            self._wait(task)
            return
        with self._definition(wanted) as definition:
            self._wait(self._start(definition))

    @property
    def _given(self) -> dict[str, Any]:
        return dict(self.place.outputs["migrationRun"])

    @property
    def _mark(self) -> str:
        """What says whose run a task is."""
        return f"understudy-{self.digest.removeprefix('sha256:')[:24]}"

    def _ecs(self, request: str, **params: Any) -> dict[str, Any]:
        return ask(self.place.client("ecs"), request, **params)

    def _running(self) -> str | None:
        cluster = self._given["cluster"]
        found = self._ecs(
            "list_tasks", cluster=cluster, startedBy=self._mark, desiredStatus="RUNNING"
        )["taskArns"]
        tasks = self._ecs("describe_tasks", cluster=cluster, tasks=found)["tasks"] if found else []
        living = [each["taskArn"] for each in tasks if each["lastStatus"] != "STOPPED"]
        return str(living[0]) if living else None

    @contextmanager
    def _definition(self, wanted: dict[str, Any]) -> "Iterator[str]":
        """Give the definition to run; one that was registered for it is taken back at the end."""
        registered = str(self._given["taskDefinition"])
        if not wanted:
            yield registered
            return
        shown = self._ecs("describe_task_definition", taskDefinition=registered, include=["TAGS"])
        before = shown["taskDefinition"]
        containers = wanted.get("containerDefinitions")
        made = self._ecs(
            "register_task_definition",
            family=before["family"],
            containerDefinitions=json.loads(containers)
            if containers
            else before["containerDefinitions"],
            cpu=wanted.get("cpu", before["cpu"]),
            memory=wanted.get("memory", before["memory"]),
            tags=shown.get("tags", []),
            **{name: before[name] for name in CARRIED if before.get(name)},
        )["taskDefinition"]["taskDefinitionArn"]
        try:
            yield str(made)
        finally:
            self._ecs("deregister_task_definition", taskDefinition=made)

    def _start(self, definition: str) -> str:
        given = {name: value for name, value in self._given.items() if name not in OURS}
        done = self._ecs(
            "run_task", **{**given, "taskDefinition": definition, "startedBy": self._mark}
        )
        if not done["tasks"]:
            why = "; ".join(str(each.get("reason")) for each in done.get("failures", []))
            raise MigrationFailedError(f"the migration did not start: {why or 'ECS says nothing'}")
        task = str(done["tasks"][0]["taskArn"])
        self.tell(f"migration: {_short(task)} runs {_short(definition)}")
        return task

    def _wait(self, task: str) -> None:
        until = time.monotonic() + self.minutes * 60
        cluster = self._given["cluster"]
        while True:
            found = self._ecs("describe_tasks", cluster=cluster, tasks=[task])["tasks"]
            if found and found[0]["lastStatus"] == "STOPPED":
                return self._judge(found[0])
            if time.monotonic() >= until:
                raise MigrationFailedError(
                    f"the migration still runs after {self.minutes:g} minutes, as {task}: it was "
                    "left running; the next deploy waits for it"
                )
            time.sleep(self.poll)

    def _judge(self, task: dict[str, Any]) -> None:
        name = self._given["containerName"]
        ours = [each for each in task["containers"] if each["name"] == name]
        code = ours[0].get("exitCode") if len(ours) == 1 else None
        if code == 0:
            self.tell("migration: ended with exit code 0")
            return
        for line in self._log(task):
            self.tell(f"  {line}")
        how = "without an exit code" if code is None else f"with exit code {code}"
        why = str(task.get("stoppedReason") or (ours[0].get("reason") if ours else "") or "")
        raise MigrationFailedError(f"the migration ended {how}{f': {why}' if why else ''}")

    def _log(self, task: dict[str, Any]) -> list[str]:
        group = str(self._given["logGroupName"])
        try:
            return last_lines(self.place, group, task, str(self._given["containerName"]))
        except OperationError as error:
            return [f"its log is {group}; not shown here: {error}"]


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]
