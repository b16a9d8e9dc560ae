"""The log groups of what runs, and whether something has been written to them lately."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.aws import ask
from operations.environment.reach import Reach

OLDEST_SECONDS = 24 * 3600
"""How far back an event is looked for."""


@dataclass(frozen=True)
class LogGroup:
    """One log group."""

    retention_days: int | None
    """None where nothing ends the events."""
    key: str | None
    newest: float | None
    """When the newest event of a day was written, in seconds since 1970."""


@dataclass(frozen=True)
class Logs:
    """By what runs, its log group; None for one that is not there."""

    found: Mapping[str, LogGroup | None]


def look(reach: Reach) -> Logs:
    """Ask CloudWatch Logs."""
    client = reach.client("logs")
    names = {str(what): str(name) for what, name in reach.outputs["logGroups"].items()}
    return Logs({what: _group(client, name) for what, name in names.items()})


def _group(client: Any, name: str) -> LogGroup | None:
    listed = _listed(client, name)
    shown = next((each for each in listed if each["logGroupName"] == name), None)
    if shown is None:
        return None
    return LogGroup(shown.get("retentionInDays"), shown.get("kmsKeyId"), _newest(client, name))


def _listed(client: Any, prefix: str) -> list[dict[str, Any]]:
    """Return the groups whose names begin so."""
    found: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        listed = ask(client, "describe_log_groups", logGroupNamePrefix=prefix, **more)
        found += listed.get("logGroups", [])
        if not listed.get("nextToken"):
            return found
        more = {"nextToken": listed["nextToken"]}


def _newest(client: Any, name: str) -> float | None:
    """Return when the newest event was written, by reading the last of the newest streams.

    What is told of a stream itself may lag an hour behind (CloudWatch Logs API reference,
    LogStream, ``lastEventTimestamp``).
    """
    listed = ask(
        client, "describe_log_streams", logGroupName=name, orderBy="LastEventTime",
        descending=True, limit=3,
    )  # fmt: skip
    times = [_last_of(client, name, each["logStreamName"]) for each in listed["logStreams"]]
    return max((each for each in times if each is not None), default=None)


def _last_of(client: Any, group: str, stream: str) -> float | None:
    since = int((time.time() - OLDEST_SECONDS) * 1000)
    told = ask(
        client, "get_log_events", logGroupName=group, logStreamName=stream, startTime=since,
        startFromHead=False, limit=1,
    )  # fmt: skip
    times = [each["timestamp"] / 1000 for each in told.get("events", [])]
    return max(times, default=None)
