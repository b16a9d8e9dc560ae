"""Application Auto Scaling: scheduled action."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import UNKNOWN, Props, as_block
from sandbox.services.appautoscaling import (
    KEYS,
    LINKED_ROLES,
    SERVICE,
    actions_of,
    bound_problems,
    key_of,
    require_target,
)
from sandbox.services.forms import utc
from sandbox.services.schedule_expressions import timezone_problem

SCHEDULE = re.compile(r"cron\((?:\S+ ){5}\S+\)|rate\(\d+ (?:minute|hour|day)s?\)|at\(\S+\)")


class ScheduledAction(ResourceType):
    """Bounds that a target gets at certain times."""

    token = "aws:appautoscaling/scheduledAction:ScheduledAction"
    service = SERVICE
    creates = "put_scheduled_action"
    autoname = Autoname(longest=1600)
    inputs = {
        "endTime": same(decode=utc),
        "name": member("ScheduledActionName"),
        "resourceId": same(),
        "scalableDimension": same(),
        "scalableTargetAction": same(),
        "schedule": same(),
        "serviceNamespace": same(),
        "startTime": same(decode=utc),
        "timezone": same(),
    }
    outputs = {"arn": "ScheduledActionARN"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield a schedule, a moment or bounds that AWS would refuse."""
        schedule = props.get("schedule")
        if isinstance(schedule, str) and not SCHEDULE.fullmatch(schedule):
            yield "schedule", f"must be cron(...) of six fields, rate(...) or at(...): {schedule!r}"
        zone = props.get("timezone")
        if isinstance(zone, str) and (problem := timezone_problem(zone)) is not None:
            yield "timezone", problem
        for name in ("startTime", "endTime"):
            if isinstance(moment := props.get(name), str) and _moment(moment) is None:
                yield name, f"must be a moment such as 2026-01-31T00:00:00Z, got {moment!r}"
        bounds = as_block(props.get("scalableTargetAction"))
        given = props.get("scalableTargetAction") is not UNKNOWN
        if given and not {"minCapacity", "maxCapacity"} & set(bounds):
            yield "scalableTargetAction", "must give minCapacity or maxCapacity"
        yield from bound_problems("scalableTargetAction", bounds)

    def create(self, aws: Aws, new: Props) -> str:
        """Put the action and return the id that the provider forms."""
        self._put(aws, new)
        return f"{new['name']}-{new['serviceNamespace']}-{new['resourceId']}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the action again, whole: what is left out goes back to AWS's default."""
        self._put(aws, new)

    def _put(self, aws: Aws, new: Props) -> None:
        require_target(aws, self.creates, new)
        # moto keeps an earlier time zone where none is given.
        params = {"Timezone": "UTC", **self.params(self.creates, new)}
        aws.call(f"{SERVICE}.{self.creates}", **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the action; it goes with its target too."""
        if (found := self.item(aws, id_, old)) is not None:
            key = {name: found[name] for name in key_of(dict.fromkeys(KEYS))}
            name = found["ScheduledActionName"]
            aws.call(f"{SERVICE}.delete_scheduled_action", ScheduledActionName=name, **key)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the action, its moments written as they were given where they are the same."""
        if all(name in saved for name in ("name", *KEYS)):
            name = saved["name"]
            found = [each for each in actions_of(aws, saved) if each["ScheduledActionName"] == name]
        else:
            found = self._by_id(aws, id_)
        if not found:
            return None
        item = found[0]
        for name in ("startTime", "endTime"):
            given, shown = saved.get(name), item.get(name[0].upper() + name[1:])
            if shown and isinstance(given, str) and _moment(given) == shown:
                item[name[0].upper() + name[1:]] = given
        return item

    def _by_id(self, aws: Aws, id_: str) -> list[dict[str, Any]]:
        """Return the actions whose id, as the provider forms it, is this one."""
        operation = f"{SERVICE}.describe_scheduled_actions"
        found: list[dict[str, Any]] = []
        for namespace in (name for name in LINKED_ROLES if f"-{name}-" in id_):
            found += aws.find(operation, "ScheduledActions", ServiceNamespace=namespace) or []
        return [
            each
            for each in found
            if id_
            == f"{each['ScheduledActionName']}-{each['ServiceNamespace']}-{each['ResourceId']}"
        ]

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id of the action of that name on that target."""
        if self.item(aws, "", inputs) is None:
            return None
        return f"{inputs['name']}-{inputs['serviceNamespace']}-{inputs['resourceId']}"


def _moment(text: str) -> datetime | None:
    """Return a moment that says its offset; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
