"""The alarms that the stack has by its state, how CloudWatch shows them, and who hears them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations import engine
from operations.aws import AwsRefusedError, ask, pages
from operations.environment.reach import Reach
from operations.errors import OperationError
from operations.place import Place

TYPES = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName",
}
"""Each type of alarm, and its output that names it."""
AT_ONCE = 100
"""Alarms that one DescribeAlarms takes (Amazon CloudWatch API Reference)."""
PENDING = "PendingConfirmation"
"""What SNS shows in place of an ARN until the receiver agrees (SNS API Reference, Subscribe)."""


@dataclass(frozen=True)
class Alarm:
    """One alarm as CloudWatch shows it."""

    state: str
    enabled: bool
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Alarms:
    """By region and name; None for one that is not there."""

    found: Mapping[tuple[str, str], Alarm | None]
    heard_by: Mapping[str, frozenset[str]]
    """By the topic that some alarm tells, who has confirmed to hear it."""


def look(reach: Reach) -> Alarms:
    """Ask the engine which alarms there are, and CloudWatch and SNS how they stand."""
    regions: dict[str, list[str]] = {}
    for region, name in sorted(_described(reach.place)):
        regions.setdefault(region, []).append(name)
    found: dict[tuple[str, str], Alarm | None] = {}
    for region, names in regions.items():
        shown = dict(_shown(reach.client("cloudwatch", region), names))
        found |= {(region, name): shown.get(name) for name in names}
    topics = {each for alarm in found.values() if alarm for each in alarm.actions}
    topics.add(str(reach.outputs["notificationsTopicArn"]))
    heard = {topic: _heard_by(reach, topic) for topic in topics if ":sns:" in topic}
    return Alarms(found, heard)


def _described(place: Place) -> Iterator[tuple[str, str]]:
    """Yield region and name of each alarm in the stack's state."""
    command = [*place.pulumi, "stack", "export", "--stack", place.stack]
    done = engine.run(place.root, command)
    try:
        resources = json.loads(done.stdout)["deployment"].get("resources", [])
    except (ValueError, KeyError, TypeError):
        raise OperationError(f"{place.stack}: the engine exports no state") from None
    for each in resources:
        if each.get("type") in TYPES and not each.get("delete"):
            outputs = each.get("outputs", {})
            yield str(outputs.get("region") or place.region), str(outputs[TYPES[each["type"]]])


def _shown(client: Any, names: list[str]) -> Iterable[tuple[str, Alarm]]:
    for first in range(0, len(names), AT_ONCE):
        told = ask(
            client,
            "describe_alarms",
            AlarmNames=names[first : first + AT_ONCE],
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
        for each in [*told.get("MetricAlarms", []), *told.get("CompositeAlarms", [])]:
            actions = tuple(each.get("AlarmActions", []))
            enabled = each.get("ActionsEnabled") is True
            yield each["AlarmName"], Alarm(str(each["StateValue"]), enabled, actions)


def _heard_by(reach: Reach, topic: str) -> frozenset[str]:
    client = reach.client("sns", topic.split(":")[3])
    try:
        listed = list(pages(client, "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic))
    except AwsRefusedError as error:
        if error.code in ("NotFound", "NotFoundException"):
            return frozenset()
        raise
    return frozenset(str(each["Endpoint"]) for each in listed if each["SubscriptionArn"] != PENDING)
