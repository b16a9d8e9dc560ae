"""The database and its backups: instance-hours by class, storage, what the vaults hold.

A standby in another zone counts as an instance with storage of its own: AWS prices Multi-AZ at
twice Single-AZ, storage too (Amazon RDS for PostgreSQL Pricing). gp3 comes with 3,000 IOPS and
with 12,000 from 400 GiB on; only what is provisioned beyond is billed (Amazon RDS User Guide,
"Amazon RDS DB instance storage"). Automated backups up to the size of the storage are in its price.
"""

from collections.abc import Iterator

from operations.cost.awake import START
from operations.cost.line import HOURS, Line, steady
from operations.cost.where import Where
from operations.errors import OperationError
from policies.graph import Graph, Resource
from policies.place import Place
from settings.catalogue import DatabaseClass, database_class
from settings.cron import moments

INSTANCE = "aws:rds/instance:Instance"
PLAN = "aws:backup/plan:Plan"
SIZE = "database.instanceClass"


def databases(graph: Graph, where: Where) -> Iterator[Line]:
    """Yield instance-hours, storage and provisioned IOPS of each instance."""
    for instance in graph.of(INSTANCE):
        copies = 2 if instance["multiAz"].value is True else 1
        kind = _class(instance)
        names = (instance.name,)
        many = "database.readReplicas" if _source(graph, instance) else "database.multiAz"
        yield steady(
            f"rds-hours.{kind.name}",
            copies * HOURS,
            names,
            where.scale(SIZE, many),
            {"vCPU-hours": float(kind.vcpu), "memory GiB-hours": float(kind.memory_gib)},
        )
        yield steady(
            "rds-storage-gib-months",
            copies * storage(graph, instance),
            names,
            where.scale("database.storageGib", many),
            {"storage GiB-months": 1.0},
        )
        if iops := instance["iops"].number:
            yield steady(
                "rds-iops-months", copies * iops, names, where.scale("database.storageGib")
            )


def backups(graph: Graph, where: Where) -> Iterator[Line]:
    """Yield what the vaults hold: one whole copy at least, at most one for each point kept.

    Points after the first hold what changed (AWS Backup Developer Guide, "Metering"), and how
    much that is depends on the use.
    """
    size = sum(storage(graph, each) for each in graph.of(INSTANCE) if not _source(graph, each))
    for plan in graph.of(PLAN):
        rules = plan["rules"].items()
        kept = [_kept(rule) for rule in rules]
        vaults = max((len(each["copyActions"].items()) + 1 for each in rules), default=0)
        yield Line(
            key="backup-gib-months",
            always=vaults * size,
            scheduled=vaults * size,
            most=sum(kept) * size,
            resources=(plan.name,),
            setting=where.scale("database.storageGib", "backup.*Days"),
            measures={"storage GiB-months": 1.0},
        )


def storage(graph: Graph, instance: Resource) -> float:
    """Return the GiB of an instance; a replica's are its source's."""
    source = _source(graph, instance)
    found = (source or instance)["allocatedStorage"].number
    if found is None:
        raise OperationError(f"{instance}: allocatedStorage must be a number, got none")
    return found


def _kept(rule: Place) -> float:
    """Return how many points a rule keeps on average, in all vaults together."""
    fired = sum(
        1 for _ in moments(rule["schedule"].text, START, START.replace(year=START.year + 1))
    )
    days = rule["lifecycle"]["deleteAfter"].number or 0
    days += sum(
        each["lifecycle"]["deleteAfter"].number or 0 for each in rule["copyActions"].items()
    )
    return fired / 365 * days


def _source(graph: Graph, instance: Resource) -> Resource | None:
    named = instance["replicateSourceDb"].text
    linked = graph.linked(instance, "replicateSourceDb", INSTANCE)
    if linked or not named:
        return linked[0] if linked else None
    return next((each for each in graph.of(INSTANCE) if each["identifier"].text == named), None)


def _class(instance: Resource) -> DatabaseClass:
    name = instance["instanceClass"].text
    found = database_class(name)
    if found is None:
        raise OperationError(f"{instance}: instanceClass must be one that is known, got {name!r}")
    return found
