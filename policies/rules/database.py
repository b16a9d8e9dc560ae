"""Rules for RDS instances: how they are encrypted, backed up, kept and brought up to date."""

import re
from collections.abc import Callable

from policies.graph import Graph, Resource
from policies.place import ABSENT, UNKNOWN, Place, every, one_of, some
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, PASS, Verdict, all_of, any_of, fail

INSTANCE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SELECTION = "aws:backup/selection:Selection"

OLDEST_MAJOR = 14
"""AWS's standard support of 13 ended in February 2026, that of 14 ends in February 2027 (AWS docs
"Release calendars for Amazon RDS for PostgreSQL")."""
MAJOR = re.compile(r"([0-9]{2})(?:\.|$)")


def is_replica(instance: Resource) -> bool:
    """Tell whether it copies another: it takes key, user, subnets, engine and data from there."""
    return instance["replicateSourceDb"].given() is PASS


def parameter(
    instance: Resource, graph: Graph, name: str, check: Callable[[Place], Verdict]
) -> Verdict:
    """Hold a check against a parameter of a database, as its own parameter group sets it."""
    groups = graph.linked(instance, "parameterGroupName", PARAMETERS)
    if not groups:
        return fail("parameterGroupName", "must be a parameter group of this stack")
    return every(groups, lambda group: every(_values(group, name), check))


def _values(group: Resource, name: str) -> list[Place]:
    at = f"{group.name}.{name}"
    listed = group["parameters"].items()
    found = [Place(at, each["value"].value) for each in listed if each["name"].value == name]
    missing = ABSENT if all(each["name"].is_known for each in listed) else UNKNOWN
    return found or [Place(at, missing)]


@rule(
    "rds-instance-storage-encrypted",
    INSTANCE,
    severity=Severity.HIGH,
    why="Whoever gets at a disk or a snapshot that is not encrypted reads the data.",
    fix="Set storageEncrypted; an instance that exists must be restored from an encrypted copy.",
    controls=["FSBP RDS.3", "CIS 2.3.1"],
)
def storage_encrypted(instance: Resource, _: Graph) -> Verdict:
    """The storage of a database is encrypted."""
    return instance["storageEncrypted"].or_else(False).is_(True)


@rule(
    "rds-instance-own-key",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="With AWS's own key nobody can say who may decrypt, nor share a snapshot with an account.",
    fix="Set kmsKeyId to the environment's key.",
    controls=["PCP rds-instance-configure-cmk"],
)
def own_key(instance: Resource, _: Graph) -> Verdict:
    """A database is encrypted with a key of our own."""
    if is_replica(instance):
        return NOT_APPLICABLE
    return instance["kmsKeyId"].given()


@rule(
    "rds-instance-multi-az",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="When the only zone fails, the database is gone until somebody restores it.",
    fix="Set multiAz.",
    controls=["FSBP RDS.5"],
)
def multi_az(instance: Resource, graph: Graph) -> Verdict:
    """In the reference environment a database has a standby in another zone."""
    # Nothing is lost with a replica: its source answers reads too.
    if not graph.reference or is_replica(instance):
        return NOT_APPLICABLE
    return instance["multiAz"].or_else(False).is_(True)


@rule(
    "rds-instance-backups-kept-a-week",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="An error found after the weekend can only be undone from a backup older than it.",
    fix="Set backupRetentionPeriod to 7 days or more.",
    controls=["FSBP RDS.11"],
)
def backups_kept_a_week(instance: Resource, _: Graph) -> Verdict:
    """A database is backed up automatically, and the backups are kept for a week or longer."""
    if is_replica(instance):
        return NOT_APPLICABLE
    return instance["backupRetentionPeriod"].at_least(7)


@rule(
    "rds-instance-in-backup-plan",
    INSTANCE,
    severity=Severity.HIGH,
    why="Automated backups go with the instance; those of a plan lie in a vault with a lock.",
    fix="Tag the instance as a backup selection of the stack asks for.",
    controls=["FSBP RDS.26"],
)
def in_backup_plan(instance: Resource, graph: Graph) -> Verdict:
    """A database is backed up by a plan."""
    if is_replica(instance):
        return NOT_APPLICABLE
    return one_of(
        graph.of(SELECTION),
        lambda selection: _selects(selection, instance),
        "tags",
        "must be those that a backup selection asks for",
    )


def _selects(selection: Resource, instance: Resource) -> Verdict:
    # One tag of the list is enough (AWS Backup API reference, BackupSelection, ListOfTags).
    by_tag = some(selection["selectionTags"].items(), lambda tag: _has_tag(instance, tag))
    named = instance.key in selection.links.get("resources", ())
    return any_of(by_tag, PASS if named else fail("resources", "must name it"))


def _has_tag(instance: Resource, tag: Place) -> Verdict:
    key = tag["key"]
    has = instance["tags"][key.text] if key.is_known else Place("tags", UNKNOWN)
    return all_of(
        tag["type"].is_("STRINGEQUALS"),
        has.satisfies(lambda value: isinstance(value, str), "must be text"),
        tag["value"].satisfies(
            lambda value: not has.is_known or value == has.value, "must be the instance's"
        ),
    )


@rule(
    "rds-instance-deletion-protected",
    INSTANCE,
    # Security Hub says low; here nothing guards production that only advises.
    severity=Severity.HIGH,
    why="One wrong call, by this program or by hand, deletes the database.",
    fix="Set deletionProtection.",
    controls=["FSBP RDS.8"],
)
def deletion_protected(instance: Resource, graph: Graph) -> Verdict:
    """In the reference environment AWS refuses to delete a database."""
    # The others are meant to be taken down whole (docs/decisions/0013).
    if not graph.reference:
        return NOT_APPLICABLE
    return instance["deletionProtection"].or_else(False).is_(True)


@rule(
    "rds-instance-final-snapshot-kept",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="What was written since the last backup is lost with a database that is deleted.",
    fix="Leave skipFinalSnapshot false and set finalSnapshotIdentifier.",
)
def final_snapshot_kept(instance: Resource, graph: Graph) -> Verdict:
    """In the reference environment a database that is deleted leaves a last snapshot."""
    # RDS refuses one of a replica, whose data is in its source.
    if not graph.reference or is_replica(instance):
        return NOT_APPLICABLE
    return all_of(
        instance["skipFinalSnapshot"].or_else(False).is_(False),
        instance["finalSnapshotIdentifier"].given(),
    )


@rule(
    "rds-instance-tags-on-snapshots",
    INSTANCE,
    severity=Severity.LOW,
    why="Nobody can tell whose data an untagged snapshot holds, nor grant rights on it by tag.",
    fix="Set copyTagsToSnapshot.",
    controls=["FSBP RDS.17"],
)
def tags_on_snapshots(instance: Resource, _: Graph) -> Verdict:
    """A database's snapshots have its tags."""
    return instance["copyTagsToSnapshot"].or_else(False).is_(True)


@rule(
    "rds-instance-minor-upgrades-on",
    INSTANCE,
    severity=Severity.HIGH,
    why="Known holes stay open until somebody remembers to upgrade.",
    fix="Leave autoMinorVersionUpgrade true.",
    controls=["FSBP RDS.13", "CIS 2.3.2"],
)
def minor_upgrades_on(instance: Resource, _: Graph) -> Verdict:
    """A database takes its minor upgrades by itself."""
    return instance["autoMinorVersionUpgrade"].or_else(True).is_(True)


@rule(
    "rds-instance-engine-supported",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="For a version past its support there are no fixes, or only paid ones.",
    fix=f"Set engine to postgres and engineVersion to {OLDEST_MAJOR} or later.",
    controls=["CKV_AWS_250"],
)
def engine_supported(instance: Resource, _: Graph) -> Verdict:
    """A database runs a PostgreSQL that AWS still supports, and says which."""
    if is_replica(instance):
        return NOT_APPLICABLE
    return all_of(
        instance["engine"].is_("postgres"),
        # Left out it is AWS's choice of the day, or the version of the snapshot restored from.
        instance["engineVersion"].satisfies(_is_supported, f"must be {OLDEST_MAJOR} or later"),
    )


def _is_supported(version: object) -> bool:
    found = MAJOR.match(version) if isinstance(version, str) else None
    return found is not None and int(found[1]) >= OLDEST_MAJOR
