"""Alarms of scheduled jobs that were not started.

A job that started and then failed is told of by ``run_events``. Source: EventBridge Scheduler User
Guide, "Monitoring Amazon EventBridge Scheduler with Amazon CloudWatch".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, check_keys, healthy_silence


@dataclass(frozen=True, kw_only=True)
class JobAlarmsArgs(AlarmArgs):
    """The jobs, each with a schedule group of its own."""

    schedule_groups: Mapping[str, Input[str]]
    """Name of the schedule group, by job."""

    def __post_init__(self) -> None:
        """Refuse a job whose name could not begin an alarm's name."""
        super().__post_init__()
        check_keys("schedule_groups", self.schedule_groups)


class JobAlarms(AlarmSet):
    """Two alarms for each job, which are shape: a start that failed, and one that was given up."""

    def __init__(self, name: str, args: JobAlarmsArgs, opts: ResourceOptions | None = None) -> None:
        alarms = [
            alarm
            for job, group in args.schedule_groups.items()
            for alarm in (
                _starts(
                    f"{job}-start-failed",
                    "TargetErrorCount",
                    group,
                    f"A start of the job {job} failed; it may be tried again.",
                ),
                _starts(
                    f"{job}-start-given-up",
                    "InvocationDroppedCount",
                    group,
                    f"The job {job} was not started, and will not be before its next time.",
                ),
            )
        ]
        super().__init__("understudy:monitoring:JobAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _starts(key: str, metric: str, group: Input[str], says: str) -> Alarm:
    return Alarm(
        key=key,
        says=says,
        first="look for RunTask in the audit trail: its answer says what ECS refused.",
        metrics={
            "starts": Metric(
                namespace="AWS/Scheduler",
                name=metric,
                dimensions={"ScheduleGroup": group},
                statistic="Sum",
            )
        },
        period=300,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=1,
        silence=healthy_silence("it is reported only when a start fails"),
    )
