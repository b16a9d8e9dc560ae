"""A scheduled job: one task, started by EventBridge Scheduler at its times.

Each job has a schedule group of its own, because Scheduler's metrics have no dimension but the
group: so an alarm can tell which job was not started. There is no dead-letter queue. Scheduler
takes only SQS queues for it, nothing else here needs SQS, and a message about a start that was
missed says no more than the group's metric ``InvocationDroppedCount`` does.

Retries are for starts that AWS refused, never for a job that started and failed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import scheduler

from components.starter import starter
from components.tags import child_tags
from components.task import Task, TaskArgs
from components.task_start import start_statements

SCHEDULER = "scheduler.amazonaws.com"
RETRIES = 3
OLDEST_START_SECONDS = 3600
"""A job that could not be started within the hour waits for its next time."""

EXPRESSIONS = ("cron(", "rate(")


@dataclass(frozen=True, kw_only=True)
class ScheduledJobArgs:
    """The task, its times and where it runs."""

    task: TaskArgs
    group_name: str
    """The schedule group's name, unique in the account and region."""
    schedule: str
    """``cron(...)`` or ``rate(...)`` as EventBridge Scheduler has them."""
    timezone: str
    """IANA name; the cron expression is read in it."""
    cluster_arn: Input[str]
    cluster_name: Input[str]
    subnet_ids: Sequence[Input[str]]
    security_group_ids: Sequence[Input[str]]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a job that would never start again, or that listens."""
        if not self.schedule.startswith(EXPRESSIONS):
            raise ValueError(f"schedule must be cron(...) or rate(...), got {self.schedule!r}")
        if self.task.port is not None:
            raise ValueError(f"task.port must be None for a job, got {self.task.port}")


class ScheduledJob(pulumi.ComponentResource):
    """One task at each of its times, on capacity that AWS does not take back."""

    schedule_group_name: Output[str]
    schedule_arn: Output[str]
    task_definition_arn: Output[str]
    family: str
    log_group_name: Output[str]
    task_role_arn: Output[str]

    def __init__(
        self, name: str, args: ScheduledJobArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:ScheduledJob", name, None, opts)
        child = ResourceOptions(parent=self)

        task = Task(f"{name}-task", args.task, opts=child)
        group = scheduler.ScheduleGroup(
            f"{name}-group",
            name=args.group_name,
            tags=child_tags(args.tags, name, f"{name}-group"),
            opts=child,
        )
        place = f"{args.task.region}:{args.task.account}"
        role, policy = starter(
            name,
            SCHEDULER,
            start_statements(
                task, place=place, cluster_arn=args.cluster_arn, cluster_name=args.cluster_name
            ),
            account=args.task.account,
            source_arn=group_arn(place, args.group_name),
            tags=args.tags,
            parent=self,
        )
        schedule = scheduler.Schedule(
            f"{name}-schedule",
            description=f"Starts {args.task.family}",
            group_name=group.name,
            schedule_expression=args.schedule,
            schedule_expression_timezone=args.timezone,
            flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            state="ENABLED",
            target=target(args, task, role.arn),
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )

        self.schedule_group_name = group.name
        self.schedule_arn = schedule.arn
        self.task_definition_arn = task.arn
        self.family = task.family
        self.log_group_name = task.log_group_name
        self.task_role_arn = task.task_role_arn
        self.register_outputs(
            {
                "scheduleGroupName": self.schedule_group_name,
                "taskDefinitionArn": self.task_definition_arn,
            }
        )


def group_arn(place: str, name: str) -> str:
    """Return a schedule group's ARN, from its parts: so the trust policy is known in preview.

    The trust is the group's, never the schedule's: Scheduler sends no more than the group
    (EventBridge Scheduler User Guide, "Confused deputy prevention"). ``place`` is
    ``<region>:<account>``.
    """
    return f"arn:aws:scheduler:{place}:schedule-group/{name}"


def target(
    args: ScheduledJobArgs, task: Task, role_arn: Input[str]
) -> scheduler.ScheduleTargetArgs:
    """Return what Scheduler starts: one private task, on demand, tagged as its definition is."""
    return scheduler.ScheduleTargetArgs(
        arn=args.cluster_arn,
        role_arn=role_arn,
        ecs_parameters=scheduler.ScheduleTargetEcsParametersArgs(
            task_definition_arn=task.arn,
            task_count=1,
            launch_type="FARGATE",
            platform_version="LATEST",
            network_configuration=scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
                subnets=args.subnet_ids,
                security_groups=args.security_group_ids,
                assign_public_ip=False,
            ),
            enable_ecs_managed_tags=True,
            enable_execute_command=False,
            propagate_tags="TASK_DEFINITION",
        ),
        retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
            maximum_retry_attempts=RETRIES, maximum_event_age_in_seconds=OLDEST_START_SECONDS
        ),
    )
