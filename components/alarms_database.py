"""Alarms of a PostgreSQL database on RDS and of its read replicas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pulumi import Input, ResourceOptions

from components.alarm import (
    Alarm,
    AlarmArgs,
    AlarmSet,
    Comparison,
    Metric,
    Silence,
    check_keys,
    check_positive,
    check_share,
    failing_silence,
    healthy_silence,
    unknown_silence,
)
from components.instance_class import GIB, InstanceClass, instance_class

WRAPAROUND_WARNING = 1_000_000_000
"""Transaction ids in use, of some 2.1 thousand million (Amazon RDS User Guide, "Common DBA tasks
for RDS for PostgreSQL": autovacuum is far behind from 1,000 million on)."""

CREDITS_SECONDS = 300
"""How often RDS reports credits (Amazon RDS User Guide, "Amazon CloudWatch instance-level metrics
for Amazon RDS"): of shorter periods most would be empty, and what is empty counts as healthy."""

ABSENT = healthy_silence(
    "the database reports it every minute while it is there, and the alarm on its silence rings "
    "when it is not"
)


@dataclass(frozen=True, kw_only=True)
class DatabaseAlarmsArgs(AlarmArgs):
    """The database, its size, and what is still good."""

    identifier: Input[str]
    instance_class: str
    """``db.t4g.medium``: connections, memory and CPU credits are taken from it."""
    storage_gib: int
    replica_identifiers: Mapping[str, Input[str]] = field(default_factory=dict)
    """Identifier of each read replica, by a short name (``1``)."""
    max_connections: int | None = None
    """Where a parameter sets it; None: what RDS takes from the class's memory."""
    cpu_percent: float = 85
    connections_percent: float = 70
    """Lower than one would think: RDS keeps back some memory, so the true maximum is lower."""
    free_storage_percent: float = 15
    """More than the 10 at which RDS enlarges the storage by itself, if it still may."""
    free_memory_percent: float = 5
    """PostgreSQL leaves little: the rest is the cache."""
    replica_lag_seconds: float = 60

    def __post_init__(self) -> None:
        """Refuse a size that no threshold can be computed from."""
        super().__post_init__()
        instance_class(self.instance_class)
        check_positive("storage_gib", self.storage_gib)
        check_positive("replica_lag_seconds", self.replica_lag_seconds)
        if self.max_connections is not None:
            check_positive("max_connections", self.max_connections)
        for name in ("cpu", "connections", "free_storage", "free_memory"):
            check_share(f"{name}_percent", getattr(self, f"{name}_percent"))
        check_keys("replica_identifiers", self.replica_identifiers)


class DatabaseAlarms(AlarmSet):
    """The same alarms for every instance class, with limits that are shares of what it has.

    Scale: for each read replica the alarms on lag, on silence and on what may run out.

    The alarms on CPU and disk credits are there for every class: only burstable classes report CPU
    credits and only smaller ones disk credits (Amazon RDS User Guide, "Amazon CloudWatch instance-
    level metrics for Amazon RDS"), so that for the others they stay silent, and silence is health.
    The day the class shrinks they work.
    """

    def __init__(
        self, name: str, args: DatabaseAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        size = instance_class(args.instance_class)
        primary = _Instance("", args.identifier)
        alarms = [
            _silent(primary),
            *_limits(args, size, primary),
            _transaction_ids(primary),
            *_credits(size, primary),
        ]
        for key, identifier in args.replica_identifiers.items():
            replica = _Instance(f"replica-{key}-", identifier)
            alarms += [
                _silent(replica),
                *_limits(args, size, replica),
                _lag(args, replica),
            ]
        super().__init__("understudy:monitoring:DatabaseAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


@dataclass(frozen=True)
class _Instance:
    """What is watched, and how the keys of its alarms begin."""

    begins: str
    identifier: Input[str]


def _silent(instance: _Instance) -> Alarm:
    return _alarm(
        instance,
        key="silent",
        says="The database reports nothing: it is stopped, failing over or gone.",
        first="read the instance's RDS events, then its status.",
        metric="CPUUtilization",
        statistic="SampleCount",
        comparison="LessThanThreshold",
        threshold=1,
        minutes=10,
        silence=failing_silence("a database that is up reports every minute"),
    )


def _limits(args: DatabaseAlarmsArgs, size: InstanceClass, instance: _Instance) -> Iterator[Alarm]:
    """Yield the alarms on what an instance may run out of."""
    most = args.max_connections or size.default_connections
    yield _alarm(
        instance,
        key="cpu",
        says="The database uses nearly all of its CPU.",
        first="look for the statements with the highest load in Performance Insights.",
        metric="CPUUtilization",
        threshold=args.cpu_percent,
        minutes=15,
    )
    yield _alarm(
        instance,
        key="connections",
        says="The database has nearly as many connections as it accepts.",
        first="compare the number of tasks with the size of each one's connection pool.",
        metric="DatabaseConnections",
        statistic="Maximum",
        threshold=most * args.connections_percent // 100,
        minutes=5,
    )
    yield _alarm(
        instance,
        key="storage",
        says="The database's storage is nearly full; when it is, the database stops.",
        first="see whether RDS may still enlarge it, then look for replication slots and logs.",
        metric="FreeStorageSpace",
        statistic="Minimum",
        comparison="LessThanThreshold",
        threshold=args.storage_gib * GIB * args.free_storage_percent // 100,
        minutes=5,
    )
    yield _alarm(
        instance,
        key="memory",
        says="The database has nearly no memory left.",
        first="look for many connections or for large sorts; then consider a larger class.",
        metric="FreeableMemory",
        comparison="LessThanThreshold",
        threshold=size.memory_bytes * args.free_memory_percent // 100,
        minutes=15,
    )


def _transaction_ids(instance: _Instance) -> Alarm:
    return _alarm(
        instance,
        key="transaction-ids",
        says="Vacuum is far behind: PostgreSQL stops writing when transaction ids run out.",
        first="look for old open transactions, prepared transactions and replication slots.",
        metric="MaximumUsedTransactionIDs",
        statistic="Maximum",
        threshold=WRAPAROUND_WARNING,
        minutes=5,
    )


def _credits(size: InstanceClass, instance: _Instance) -> Iterator[Alarm]:
    """Yield the alarms on CPU and disk credits.

    On CPU the credits that are *owed* count: a db.t3 or db.t4g is never slowed down but bills what
    it owes beyond a day's earnings, and a new one begins with no credits and owes none.
    """
    yield _alarm(
        instance,
        key="cpu-credits",
        says="The database owes half a day of CPU credits: its class is too small for its load.",
        first="look for a new load; if it is meant to last, take a larger class.",
        metric="CPUSurplusCreditBalance",
        comparison="GreaterThanThreshold",
        threshold=size.credits_per_day / 2,
        minutes=15,
        period=CREDITS_SECONDS,
        silence=healthy_silence("only burstable classes have credits"),
    )
    for key, metric, what in (
        ("disk-requests", "EBSIOBalance%", "requests"),
        ("disk-bytes", "EBSByteBalance%", "throughput"),
    ):
        yield _alarm(
            instance,
            key=key,
            says=f"The instance has nearly used up its burst of disk {what}.",
            first="look for a batch or a backup; if it is meant to last, take a larger class.",
            metric=metric,
            comparison="LessThanThreshold",
            threshold=20,
            minutes=15,
            period=CREDITS_SECONDS,
            silence=healthy_silence("only classes whose disk throughput may burst have credits"),
        )


def _lag(args: DatabaseAlarmsArgs, replica: _Instance) -> Alarm:
    return _alarm(
        replica,
        key="lag",
        says="The read replica answers with old data.",
        first="compare writes on the primary with the replica's CPU and disk.",
        metric="ReplicaLag",
        statistic="Maximum",
        threshold=args.replica_lag_seconds,
        minutes=10,
        silence=unknown_silence("replication that has ended reports no lag"),
    )


def _alarm(
    instance: _Instance,
    *,
    key: str,
    says: str,
    first: str,
    metric: str,
    threshold: float,
    minutes: int,
    period: int = 60,
    statistic: str = "Average",
    comparison: Comparison = "GreaterThanThreshold",
    silence: Silence = ABSENT,
) -> Alarm:
    """Return an alarm on one metric of one instance that breaches for as many minutes."""
    return Alarm(
        key=f"{instance.begins}{key}",
        says=says,
        first=first,
        metrics={
            "value": Metric(
                namespace="AWS/RDS",
                name=metric,
                dimensions={"DBInstanceIdentifier": instance.identifier},
                statistic=statistic,
            )
        },
        period=period,
        comparison=comparison,
        threshold=threshold,
        periods=minutes * 60 // period,
        silence=silence,
    )
