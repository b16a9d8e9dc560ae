"""The stack's alarms: which there are, which of them are rung, and which are let be."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from operations.aws import ask
from operations.deployed import Exported
from operations.errors import OperationError
from operations.place import Place

METRIC = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
KINDS = ["MetricAlarm", "CompositeAlarm"]
TOPIC = "arn:aws:sns:"
RINGING = "ALARM"
AT_ONCE = 100
"""Names that one request takes (CloudWatch API Reference, DescribeAlarms)."""


@dataclass(frozen=True)
class Alarm:
    """An alarm of the stack, as CloudWatch has it now."""

    name: str
    region: str
    state: str
    enabled: bool
    actions: tuple[str, ...]
    """What it does when it rings."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that it tells."""
        return tuple(each for each in self.actions if each.startswith(TOPIC))

    @property
    def only_tells(self) -> bool:
        """Tell whether it does nothing but tell topics: no scaling, no stop of a machine."""
        return self.topics == self.actions


def alarms(place: Place, resources: Iterable[Exported]) -> list[Alarm]:
    """Return every alarm of the stack; OperationError where one is not there any more."""
    wanted: dict[str, list[str]] = {}
    for each in resources:
        if each["type"] in (METRIC, COMPOSITE):
            arn = str(each["outputs"]["arn"])
            wanted.setdefault(arn.split(":")[3], []).append(arn.partition(":alarm:")[2])
    if not wanted:
        raise OperationError(f"{place.stack}: the stack has no alarm")
    found = [
        alarm
        for region, names in sorted(wanted.items())
        for alarm in _described(place, region, sorted(names))
    ]
    there = {(each.region, each.name) for each in found}
    for region, names in wanted.items():
        for name in names:
            if (region, name) not in there:
                raise OperationError(
                    f"{name}: the alarm is not there; `operations drift` tells what else is gone"
                )
    return found


def _described(place: Place, region: str, names: Sequence[str]) -> list[Alarm]:
    client = place.client("cloudwatch", region)
    found: list[dict[str, Any]] = []
    for start in range(0, len(names), AT_ONCE):
        part = list(names[start : start + AT_ONCE])
        answer = ask(
            client, "describe_alarms", AlarmNames=part, AlarmTypes=KINDS, MaxRecords=AT_ONCE
        )
        found += [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    return [
        Alarm(
            name=str(each["AlarmName"]),
            region=region,
            state=str(each["StateValue"]),
            enabled=each.get("ActionsEnabled") is True,
            actions=tuple(each.get("AlarmActions", [])),
        )
        for each in found
    ]


def chosen(
    found: Sequence[Alarm],
    *,
    named: Sequence[str],
    all_: bool,
    rolls_back: AbstractSet[str],
    gravest: str,
) -> list[Alarm]:
    """Return the alarms to ring: those that are named, all, or the gravest and one of each topic.

    An alarm that rolls a release back, that does more than tell, or that rings already is rung only
    where it is named; one that rings already never is: its state says something.
    """
    if named:
        return [_named(found, name) for name in named]
    free = [
        each
        for each in found
        if each.name not in rolls_back and each.only_tells and each.state != RINGING
    ]
    if all_:
        return free
    # The gravest first, so that it is the one for its topic.
    free.sort(key=lambda each: (each.name != gravest, each.name))
    taken: list[Alarm] = []
    told: set[str] = set()
    for each in free:
        if each.name == gravest or not set(each.topics) <= told:
            taken.append(each)
            told |= set(each.topics)
    return taken


def _named(found: Sequence[Alarm], name: str) -> Alarm:
    alarm = next((each for each in found if each.name == name), None)
    if alarm is None:
        raise OperationError(f"--alarm: {name!r} is no alarm of the stack")
    if alarm.state == RINGING:
        raise OperationError(f"--alarm: {name} rings already: look at what it says first")
    return alarm
