"""Off hours: services shrink in the evening and come back in the morning.

Every service always has both actions, in every environment. Where nothing is to be saved, the
night's minimum is the usual one and both actions repeat what holds anyway.

The actions change the bounds of the autoscaling target in AWS. During off hours a refresh
therefore sees bounds that differ from the program's, and an update that follows wakes the
services until the next stop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import appautoscaling

from components.autoscaling import DIMENSION, NAMESPACE


@dataclass(frozen=True, kw_only=True)
class SleepingService:
    """One service's usual bounds and its minimum during off hours."""

    resource_id: Input[str]
    """As the service's autoscaling target has it, so that the target exists first."""
    min_tasks: int
    max_tasks: int
    night_min_tasks: int
    """0 stops the service altogether."""

    def __post_init__(self) -> None:
        """Reject a night that is busier than the day."""
        if not 0 <= self.night_min_tasks <= self.min_tasks <= self.max_tasks:
            raise ValueError(
                "night_min_tasks <= min_tasks <= max_tasks must hold, none below 0, got "
                f"{self.night_min_tasks}, {self.min_tasks}, {self.max_tasks}"
            )

    @property
    def night_max_tasks(self) -> int:
        """The upper bound at night.

        A service that is to stop must be bounded by 0 from above too, or it keeps the tasks it
        has. Any other stays free to grow: off hours are no reason to turn visitors away.
        """
        return self.max_tasks if self.night_min_tasks else 0


@dataclass(frozen=True, kw_only=True)
class OffHoursArgs:
    """When services sleep, and which are excepted."""

    services: Mapping[str, SleepingService]
    """By name, such as ``web``."""
    stop: str
    """``cron(...)`` as Application Auto Scaling has it."""
    start: str
    timezone: str
    """IANA name; both expressions are read in it."""
    keep_running: Sequence[str]
    """Names of services that do not sleep."""
    paused_until: str
    """``YYYY-MM-DD``: nothing sleeps before midnight UTC of that day. Empty: not paused.
    To be taken out once it is past."""

    def __post_init__(self) -> None:
        """Reject times that could not be read and exceptions for services that are not there."""
        for field, value in (("stop", self.stop), ("start", self.start)):
            if not value.startswith("cron("):
                raise ValueError(f"{field} must be cron(...), got {value!r}")
        if unknown := sorted(set(self.keep_running) - self.services.keys()):
            raise ValueError(
                f"keep_running must be among {', '.join(sorted(self.services))}, "
                f"got {', '.join(unknown)}"
            )
        if self.paused_until:
            try:
                datetime.strptime(self.paused_until, "%Y-%m-%d").replace(tzinfo=UTC)
            except ValueError:
                raise ValueError(
                    f"paused_until must be a date YYYY-MM-DD or empty, got {self.paused_until!r}"
                ) from None


class OffHours(pulumi.ComponentResource):
    """Two actions for each service, whether or not they change anything."""

    def __init__(self, name: str, args: OffHoursArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:compute:OffHours", name, None, opts)
        # Only the stop is paused. The start goes on, or a pause begun at night would leave the
        # services asleep until it ends.
        paused = f"{args.paused_until}T00:00:00Z" if args.paused_until else None
        for service_name, service in args.services.items():
            kept = service_name in args.keep_running
            self._action(
                f"{name}-{service_name}-stop",
                service,
                args.stop,
                args.timezone,
                min_tasks=service.min_tasks if kept else service.night_min_tasks,
                max_tasks=service.max_tasks if kept else service.night_max_tasks,
                start_time=paused,
            )
            self._action(
                f"{name}-{service_name}-start",
                service,
                args.start,
                args.timezone,
                min_tasks=service.min_tasks,
                max_tasks=service.max_tasks,
            )
        self.register_outputs({})

    def _action(
        self,
        child: str,
        service: SleepingService,
        schedule: str,
        timezone: str,
        *,
        min_tasks: int,
        max_tasks: int,
        start_time: str | None = None,
    ) -> None:
        """Set a service's bounds at the times of a schedule."""
        appautoscaling.ScheduledAction(
            child,
            resource_id=service.resource_id,
            scalable_dimension=DIMENSION,
            service_namespace=NAMESPACE,
            schedule=schedule,
            timezone=timezone,
            start_time=start_time,
            scalable_target_action=appautoscaling.ScheduledActionScalableTargetActionArgs(
                min_capacity=min_tasks, max_capacity=max_tasks
            ),
            opts=ResourceOptions(parent=self),
        )
