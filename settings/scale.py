"""Scale: how big one environment is. Sizes and counts, and nothing else."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, JsonValue

from settings.catalogue import (
    choices,
    database_class_problem,
    fargate_memory,
    fargate_problem,
)
from settings.kinds import NO_REPEATS, Checked, DayOrNone, between, one_of
from settings.section import Section

MONITORING_SECONDS = (1, 5, 10, 15, 30, 60)
"""RDS API, CreateDBInstance, MonitoringInterval; 0 would switch it off."""

Service = Literal["web", "worker"]
Tasks = Annotated[int, between(0, 500, "tasks")]
Share = Annotated[int, between(0, 100, "percent")]


class Network(Section):
    """The ways out of the private subnets, and to AWS's services."""

    nat_gateways: Annotated[int, between(1, 4)]
    """1 for all zones, or as many as there are zones."""
    endpoint_zones: Annotated[int, between(1, 4)]
    """Zones in which AWS's services have a private address; other zones reach it across."""


class Database(Section):
    """The database's size."""

    instance_class: Annotated[
        str, Checked(database_class_problem, choices("database_classes.json", "classes"))
    ]
    storage_gib: Annotated[int, between(20, 65536, "GiB")]
    max_storage_gib: Annotated[int, between(22, 65536, "GiB")]
    """Storage grows by itself up to this."""
    multi_az: bool
    read_replicas: Annotated[int, between(0, 5)]
    backup_days: Annotated[int, between(1, 35)]
    """Days back to which the database can be restored to any second."""
    monitoring_seconds: Annotated[int, one_of(*MONITORING_SECONDS)]
    """Between two readings of enhanced monitoring."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a limit to growth that RDS refuses: it asks for a tenth more than is allocated."""
        if self.max_storage_gib * 10 < self.storage_gib * 11:
            yield (
                "maxStorageGib",
                f"must be at least a tenth more than storageGib ({self.storage_gib}), "
                f"got {self.max_storage_gib}",
            )


_FARGATE_SIZES: list[JsonValue] = [
    {"properties": {"cpu": {"const": units}, "memoryMib": {"enum": [*allowed]}}}
    for units, allowed in fargate_memory().items()
]


class TaskSize(Section):
    """The size of one Fargate task."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _FARGATE_SIZES})

    cpu: int
    """CPU units; 1024 are one vCPU."""
    memory_mib: int

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a pair of CPU and memory that Fargate hasn't."""
        if (problem := fargate_problem(self.cpu, self.memory_mib)) is not None:
            yield problem


class ServiceSize(TaskSize):
    """The size of a service: of its tasks, and how many there are."""

    min: Annotated[int, between(1, 500, "tasks")]
    max: Annotated[int, between(1, 500, "tasks")]
    spot_percent: Share
    """The share of tasks on Fargate Spot, which AWS may stop with two minutes' notice."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield also a range that ends before it starts."""
        yield from super().problems()
        if self.max < self.min:
            yield "max", f"must not be below min ({self.min}), got {self.max}"


class Backup(Section):
    """How long each tier of backups is kept."""

    daily_days: Annotated[int, between(7, 35)]
    """Continuous backups are kept 35 days at most (AWS Backup Developer Guide, "Continuous
    backups and point-in-time recovery")."""
    weekly_days: Annotated[int, between(7, 36500)]
    monthly_days: Annotated[int, between(31, 36500)]

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a rarer backup that is kept no longer, and so is of no use."""
        if self.weekly_days <= self.daily_days:
            yield (
                "weeklyDays",
                f"must be above dailyDays ({self.daily_days}), got {self.weekly_days}",
            )
        if self.monthly_days <= self.weekly_days:
            yield (
                "monthlyDays",
                f"must be above weeklyDays ({self.weekly_days}), got {self.monthly_days}",
            )


class OffHours(Section):
    """The size outside working hours."""

    web_min: Tasks
    worker_min: Tasks
    keep_running: Annotated[tuple[Service, ...], NO_REPEATS]
    """Services that keep their usual size."""
    paused_until: DayOrNone
    """No scaling down before this day, in UTC; empty for none."""


class Protection(Section):
    """How hard it is to destroy."""

    deletion: bool
    """Whether AWS and the engine refuse to delete data and the entrance."""
    recovery_days: Annotated[int, between(7, 30)]
    """Days in which a deleted key or secret can be had back."""


class Budget(Section):
    """What the environment may cost before people are told; nothing is stopped."""

    monthly_usd: Annotated[int, between(1, 10_000_000, "US dollars")]
    """AWS keeps budgets in US dollars."""


class Scale(Section):
    """How big one environment is."""

    network: Network
    database: Database
    web: ServiceSize
    worker: ServiceSize
    jobs: TaskSize
    """Of each scheduled job and of the migration."""
    backup: Backup
    off_hours: OffHours
    budget: Budget
    protection: Protection

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a service that would be bigger off hours than at work."""
        for key, off, usual in (
            ("webMin", self.off_hours.web_min, self.web.min),
            ("workerMin", self.off_hours.worker_min, self.worker.min),
        ):
            if off > usual:
                service = key.removesuffix("Min")
                yield f"offHours.{key}", f"must not be above {service}.min ({usual}), got {off}"
