"""The last lines of a task's log, without the secrets that the task was given.

They are shown only where every one of those could be read, so as to be taken out: what can't be
known can't be hidden.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from operations.aws import ask
from operations.place import Place

LINES = 20
LEAST_SECRET = 4
"""Anything shorter is part of ordinary words."""
HIDDEN = "[secret]"
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@]+@")
_NAMED = re.compile(r"(?i)((?:password|passwd|secret|token|api_?key)\w*\s*[=:]\s*)\S+")


def last_lines(place: Place, group: str, task: dict[str, Any], container: str) -> list[str]:
    """Return the last lines of a container's log; OperationError where AWS lets no one read."""
    shown = ask(
        place.client("ecs"), "describe_task_definition", taskDefinition=task["taskDefinitionArn"]
    )["taskDefinition"]
    (ours,) = (each for each in shown["containerDefinitions"] if each["name"] == container)
    secrets = sorted(set(_secrets(place, ours.get("secrets", []))), key=len, reverse=True)
    prefix = ours["logConfiguration"]["options"]["awslogs-stream-prefix"]
    stream = f"{prefix}/{container}/{str(task['taskArn']).rpartition('/')[2]}"
    found = ask(
        place.client("logs"),
        "get_log_events",
        logGroupName=group,
        logStreamName=stream,
        limit=LINES,
        startFromHead=False,
    )
    return [without(str(each["message"]), secrets) for each in found["events"]]


def without(line: str, secrets: list[str]) -> str:
    """Return a line without these, and without what looks like one."""
    for secret in secrets:
        line = line.replace(secret, HIDDEN)
    return _NAMED.sub(rf"\g<1>{HIDDEN}", _CREDENTIALS.sub(f"{HIDDEN}@", line))


def _secrets(place: Place, given: list[dict[str, str]]) -> Iterator[str]:
    """Yield each value that a task was given; of one that is JSON, its parts too."""
    client = place.client("secretsmanager")
    for each in given:
        parts = each["valueFrom"].split(":")
        value = str(ask(client, "get_secret_value", SecretId=":".join(parts[:7]))["SecretString"])
        for part in (value, *_parts(value)):
            if len(part) >= LEAST_SECRET:
                yield part


def _parts(value: str) -> list[str]:
    try:
        found = json.loads(value)
    except ValueError:
        return []
    return [str(part) for part in found.values()] if isinstance(found, dict) else []
