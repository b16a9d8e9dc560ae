"""Alarms of restore tests: a check that did not start, and a check that did not come.

A check that ended badly is told of by ``run_events``, a restore that failed by the backup plan.
Source: Amazon EventBridge User Guide, "Monitoring Amazon EventBridge".
"""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import (
    Alarm,
    AlarmArgs,
    AlarmSet,
    Metric,
    check_positive,
    failing_silence,
    healthy_silence,
)

DAY = 86_400
LONGEST_WATCH_DAYS = 7
"""An alarm looks back a week at most (Amazon CloudWatch API Reference, PutMetricAlarm)."""


@dataclass(frozen=True, kw_only=True)
class RestoreAlarmsArgs(AlarmArgs):
    """The rules of a restore test, and for how long there may be none."""

    started_rule: Input[str]
    passed_rule: Input[str]
    longest_gap_days: int

    def __post_init__(self) -> None:
        """Refuse a gap that CloudWatch cannot look back over."""
        super().__post_init__()
        check_positive("longest_gap_days", self.longest_gap_days)
        if self.longest_gap_days > LONGEST_WATCH_DAYS:
            raise ValueError(
                f"longest_gap_days must be at most {LONGEST_WATCH_DAYS}, "
                f"got {self.longest_gap_days}"
            )


class RestoreAlarms(AlarmSet):
    """Two alarms: on restores that nobody looked into, and on their absence.

    A new environment rings until its first restore test: until then no backup is proved.
    """

    def __init__(
        self, name: str, args: RestoreAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [
            Alarm(
                key="unproved",
                says=f"No restored database was found well for {args.longest_gap_days} days.",
                first="look at the last restore test in AWS Backup, then at the log of its check.",
                metrics={"passed": _count("Invocations", args.passed_rule)},
                period=DAY,
                comparison="LessThanThreshold",
                threshold=1,
                periods=args.longest_gap_days,
                silence=failing_silence("a check that does not run reports nothing"),
            ),
            Alarm(
                key="not-looked-into",
                says="A restore test was done, and its check could not be started.",
                first="look for RunTask in the audit trail: its answer says what ECS refused.",
                metrics={"failed": _count("FailedInvocations", args.started_rule)},
                period=300,
                comparison="GreaterThanThreshold",
                threshold=0,
                periods=1,
                silence=healthy_silence("it is reported only when a start fails"),
            ),
        ]
        super().__init__("understudy:monitoring:RestoreAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _count(metric: str, rule: Input[str]) -> Metric:
    return Metric(
        namespace="AWS/Events", name=metric, dimensions={"RuleName": rule}, statistic="Sum"
    )
