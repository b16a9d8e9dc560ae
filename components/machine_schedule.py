"""When a state machine is started: by EventBridge Scheduler, in a group of its own.

The group is what Scheduler's metrics can be told apart by, as for a scheduled job.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import scheduler

from components.policy_documents import Statement
from components.scheduled_job import (
    EXPRESSIONS,
    OLDEST_START_SECONDS,
    RETRIES,
    SCHEDULER,
    group_arn,
)
from components.starter import starter
from components.tags import child_tags


@dataclass(frozen=True, kw_only=True)
class MachineScheduleArgs:
    """The machine and its times."""

    account: str
    region: str
    group_name: str
    """Unique in the account and region."""
    machine_arn: Input[str]
    enabled: bool
    """Where it is not, the machine is started by people alone."""
    schedule: str
    """``cron(...)`` or ``rate(...)`` as EventBridge Scheduler has them."""
    timezone: str
    """IANA name; the cron expression is read in it."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a machine that would never start again."""
        if not self.schedule.startswith(EXPRESSIONS):
            raise ValueError(f"schedule must be cron(...) or rate(...), got {self.schedule!r}")


class MachineSchedule(pulumi.ComponentResource):
    """A schedule whose role can start this one machine, with an empty input."""

    group_name: Output[str]

    def __init__(
        self, name: str, args: MachineScheduleArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:MachineSchedule", name, None, opts)
        child = ResourceOptions(parent=self)

        group = scheduler.ScheduleGroup(
            f"{name}-group",
            name=args.group_name,
            tags=child_tags(args.tags, name, f"{name}-group"),
            opts=child,
        )
        start: Statement = {
            "Sid": "StartMachine",
            "Effect": "Allow",
            "Action": "states:StartExecution",
            "Resource": args.machine_arn,
        }
        role, policy = starter(
            name,
            SCHEDULER,
            [start],
            account=args.account,
            source_arn=group_arn(f"{args.region}:{args.account}", args.group_name),
            tags=args.tags,
            parent=self,
        )
        scheduler.Schedule(
            f"{name}-schedule",
            group_name=group.name,
            schedule_expression=args.schedule,
            schedule_expression_timezone=args.timezone,
            flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            state="ENABLED" if args.enabled else "DISABLED",
            target=scheduler.ScheduleTargetArgs(
                arn=args.machine_arn,
                role_arn=role.arn,
                input="{}",
                retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=RETRIES,
                    maximum_event_age_in_seconds=OLDEST_START_SECONDS,
                ),
            ),
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )

        self.group_name = group.name
        self.register_outputs({"groupName": self.group_name})
