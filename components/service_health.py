"""One alarm that means "the service is down", made of others' states.

It adds no metric. Each of its children tells the topic for itself as well; this one is what a
pager or a status page listens to.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch

from components.alarm import AlarmArgs
from components.tags import child_tags

CHILDREN_AT_MOST = 100
"""Alarms in one rule (Amazon CloudWatch API Reference, PutCompositeAlarm)."""


@dataclass(frozen=True, kw_only=True)
class ServiceHealthArgs(AlarmArgs):
    """Which alarms mean it, all in one region and account, as composite alarms require."""

    alone: Sequence[Input[str]]
    """Names of alarms of which any one means that the service is down."""
    together: Sequence[Input[str]] = ()
    """Names of alarms that mean it only when all of them ring; none, or at least two."""

    def __post_init__(self) -> None:
        """Refuse a rule that could never be true, or is longer than CloudWatch allows."""
        super().__post_init__()
        if not self.alone:
            raise ValueError("alone must name at least one alarm, got none")
        if len(self.together) == 1:
            raise ValueError("together must name no alarm or at least two, got 1")
        if len(self.alone) + len(self.together) > CHILDREN_AT_MOST:
            raise ValueError(
                f"alone and together must name at most {CHILDREN_AT_MOST} alarms, "
                f"got {len(self.alone) + len(self.together)}"
            )


class ServiceHealth(pulumi.ComponentResource):
    """A composite alarm that rings when users cannot use the service.

    An alarm without data is not in the state ALARM, so it never makes this one ring by itself.
    There is no action for missing data: a composite alarm is in that state only when it has just
    been made (Amazon CloudWatch API Reference, PutCompositeAlarm).
    """

    alarm_name: Output[str]
    alarm_arn: Output[str]

    def __init__(
        self, name: str, args: ServiceHealthArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:monitoring:ServiceHealth", name, None, opts)
        told = [args.topic_arn]
        logical = f"{name}-down"
        alarm = cloudwatch.CompositeAlarm(
            logical,
            alarm_name=f"{args.prefix}-down",
            alarm_description=(
                "Users cannot use the service. First: open the dashboard, see which alarm rang "
                "first, and follow its own description; if a deployment ended within the hour, "
                "roll it back before looking further."
            ),
            alarm_rule=alarm_rule(args.alone, args.together),
            actions_enabled=True,
            alarm_actions=told,
            ok_actions=told,
            tags=child_tags(args.tags, name, logical),
            opts=ResourceOptions(parent=self),
        )
        self.alarm_name = alarm.alarm_name
        self.alarm_arn = alarm.arn
        self.register_outputs({"alarm_name": self.alarm_name, "alarm_arn": self.alarm_arn})


def alarm_rule(alone: Sequence[Input[str]], together: Sequence[Input[str]]) -> Output[str]:
    """Return the rule: any of ``alone``, or all of ``together``; order does not change it."""
    return Output.all(Output.all(*alone), Output.all(*together)).apply(
        lambda names: _rule(sorted(names[0]), sorted(names[1]))
    )


def _rule(alone: Sequence[str], together: Sequence[str]) -> str:
    parts = [_rings(name) for name in alone]
    if together:
        parts.append("(" + " AND ".join(_rings(name) for name in together) + ")")
    return " OR ".join(parts)


def _rings(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        raise ValueError(f"an alarm in a rule must be letters, digits or hyphens, got {name!r}")
    return f'ALARM("{name}")'
