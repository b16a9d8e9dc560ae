"""Alarms of one ECS service, whatever it does: CPU, memory, tasks that do not run."""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, check_share, healthy_silence
from components.service_metrics import desired_tasks, running_tasks, service_metric

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class ServiceAlarmsArgs(AlarmArgs):
    """The service, and what is still good."""

    cluster_name: Input[str]
    service_name: Input[str]
    cpu_percent: float = 85
    """Share of the tasks' CPU; above the autoscaling target, or it rings before scaling has."""
    memory_percent: float = 85
    """Share of the tasks' memory; at 100 a task is killed."""

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        super().__post_init__()
        check_share("cpu_percent", self.cpu_percent)
        check_share("memory_percent", self.memory_percent)


class ServiceAlarms(AlarmSet):
    """Alarms that hold for a service of one small task as for one of many large ones.

    Every limit is a share of what the tasks have or of what ECS wants, and a Spot task that is
    being replaced has ten minutes.
    """

    def __init__(
        self, name: str, args: ServiceAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [
            _used(
                args,
                "cpu",
                "CPUUtilization",
                args.cpu_percent,
                "see whether the service runs its most tasks; if so, raise the most.",
            ),
            _used(
                args,
                "memory",
                "MemoryUtilization",
                args.memory_percent,
                "compare with the last release: a leak grows, a load comes and goes.",
            ),
            _missing_tasks(args),
        ]
        super().__init__("understudy:monitoring:ServiceAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _used(args: ServiceAlarmsArgs, key: str, metric: str, percent: float, first: str) -> Alarm:
    return Alarm(
        key=key,
        says=f"The service's tasks use nearly all of their {key}, and scaling has not helped.",
        first=first,
        metrics={"used": service_metric(args.cluster_name, args.service_name, metric)},
        period=MINUTE,
        comparison="GreaterThanThreshold",
        threshold=percent,
        periods=15,
        breaching=12,
        silence=healthy_silence("a service scaled to nothing uses nothing"),
    )


def _missing_tasks(args: ServiceAlarmsArgs) -> Alarm:
    return Alarm(
        key="missing-tasks",
        says="Fewer tasks run than the service wants, for longer than a replacement takes.",
        first="read the ECS service's events: image, secret, capacity or a crash of the task.",
        metrics={
            "desired": desired_tasks(args.cluster_name, args.service_name),
            "running": running_tasks(args.cluster_name, args.service_name),
        },
        expression="FILL(desired, REPEAT) - FILL(running, 0)",
        period=MINUTE,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=15,
        breaching=10,
        silence=healthy_silence(
            "a service that wants no task may report none; that the count is lost altogether is "
            "told by the alarm on healthy hosts"
        ),
    )
