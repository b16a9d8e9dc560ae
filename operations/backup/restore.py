"""A restore beside the live database: from a moment or a snapshot, under another name.

The live database is read and never touched. What is restored is told by its tags; the same command
after a crash goes on with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.backup import instances as known
from operations.backup.instances import Instance, Say
from operations.backup.mirror import refuse_into_mirror, vouched
from operations.errors import OperationError
from operations.moments import shown, suffix
from operations.place import Place

RESTORE = "restore"
DRILL = "drill"
ENDINGS = {RESTORE: "restored", DRILL: "drill"}
"""What stands in the name before the time."""
LONGEST_NAME = 63
ABANDONED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """What to restore: a snapshot, a moment, or with neither the latest."""

    purpose: str
    moment: datetime | None = None
    snapshot: str = ""

    def __post_init__(self) -> None:
        if self.moment is not None and self.snapshot:
            raise OperationError("--to-time and --snapshot: give one of them, got both")

    @property
    def told(self) -> str:
        """How a tag says it."""
        if self.snapshot:
            return f"snapshot {self.snapshot}"
        return "latest" if self.moment is None else f"time {shown(self.moment)}"


@dataclass(frozen=True)
class Step:
    """What a restore would do, before it does it."""

    name: str
    request: str
    params: Mapping[str, Any]
    going_on: Instance | None
    """What an earlier run began, where there is such."""
    point: datetime


def plan(place: Place, wanted: Wanted, now: datetime) -> Step:
    """Return what to do; nothing is changed.

    Raises OperationError for a moment outside the window, a snapshot that may not come here, and a
    name that would be too long.
    """
    live, begun = known.live(place), _begun(place, wanted)
    if begun:
        # What was possible when it began is under way; the window has moved on since.
        return Step(begun.name, "", {}, begun, datetime.fromisoformat(begun.tags[known.POINT]))
    name = _free_name(place, f"{live.name}-{ENDINGS[wanted.purpose]}", now)
    if len(name) > LONGEST_NAME:
        raise OperationError(f"{name}: is longer than the {LONGEST_NAME} characters that RDS takes")
    if wanted.snapshot:
        point, source = _from_snapshot(place, live, wanted.snapshot, name)
        request = "restore_db_instance_from_db_snapshot"
    else:
        point, source = _from_time(live, wanted.moment, name)
        request = "restore_db_instance_to_point_in_time"
    tags = {
        **{key: value for key, value in live.tags.items() if not key.startswith(known.OWN)},
        known.PURPOSE: wanted.purpose,
        known.RESTORED_FROM: wanted.told,
        known.POINT: shown(point),
        known.BEGAN: shown(now),
    }
    # What lies in the plan's vaults can't be deleted before its time; and a drill is soon gone.
    tags.pop(known.BACKUP, None)
    return Step(name, request, {**source, **_alike(live, wanted), **_tags(tags)}, None, point)


def run(place: Place, step: Step, say: Say) -> Instance:
    """Restore, wait until it is there, and make it like the live one; return what was restored."""
    if step.going_on is None:
        place.rds(step.request, **step.params)
    else:
        say(f"{step.name}: goes on with what {step.going_on.tags[known.BEGAN]} began")
    found = known.wait(lambda: known.by_name(place, step.name), step.name, say)
    changes = _rest(known.live(place), found, place)
    if changes:
        place.rds(
            "modify_db_instance", DBInstanceIdentifier=found.name, ApplyImmediately=True, **changes
        )
        found = known.wait(
            lambda: known.by_id(place, found.id), step.name, say, wanted=known.settled
        )
    return found


def abandoned(place: Place, now: datetime) -> list[Instance]:
    """Return what drills made and did not delete, once no drill can still be at it."""
    return [
        each
        for each in known.restored(place, DRILL)
        if datetime.fromisoformat(each.tags[known.BEGAN]) < now - ABANDONED_AFTER
    ]


def remove(place: Place, instance: Instance) -> None:
    """Delete what a drill made, without a snapshot; OperationError for anything else.

    It is looked at once more by its resource id: what bears the name now may be another one.
    """
    found = known.by_id(place, instance.id)
    if found is None:
        return
    made = found.tags.get(known.PURPOSE) == DRILL and f"-{ENDINGS[DRILL]}-" in found.name
    if not made or found.name == place.identifier:
        raise OperationError(f"{found.name}: is no drill's, so it is not deleted")
    if found.status == "deleting":
        return
    place.rds(
        "delete_db_instance",
        DBInstanceIdentifier=found.name,
        SkipFinalSnapshot=True,
        DeleteAutomatedBackups=True,
    )


def _free_name(place: Place, beginning: str, now: datetime) -> str:
    """Return a name that ends in the time, or in the next second that is not taken."""
    taken = {each.name for each in known.instances(place)}
    while (name := f"{beginning}-{suffix(now)}") in taken:
        now += timedelta(seconds=1)
    return name


def _begun(place: Place, wanted: Wanted) -> Instance | None:
    """Return what an earlier run began for the same wish and has not checked yet."""
    same = [
        each
        for each in known.restored(place, wanted.purpose)
        if each.tags.get(known.RESTORED_FROM) == wanted.told
        and (wanted.told != "latest" or each.checked is None)
    ]
    return same[-1] if same else None


def _from_time(
    live: Instance, moment: datetime | None, name: str
) -> tuple[datetime, dict[str, Any]]:
    latest, created = live.shown.get("LatestRestorableTime"), live.created
    if not live.shown.get("BackupRetentionPeriod") or latest is None or created is None:
        raise OperationError(f"{live.name}: has no automated backups, so no time to restore")
    source = {"SourceDBInstanceIdentifier": live.name, "TargetDBInstanceIdentifier": name}
    if moment is None:
        return latest, {**source, "UseLatestRestorableTime": True}
    if not created <= moment <= latest:
        raise OperationError(
            f"--to-time: must be between {shown(created)} and {shown(latest)}, got {shown(moment)}"
        )
    return moment, {**source, "RestoreTime": moment}


def _from_snapshot(
    place: Place, live: Instance, snapshot: str, name: str
) -> tuple[datetime, dict[str, Any]]:
    found = place.rds("describe_db_snapshots", DBSnapshotIdentifier=snapshot)["DBSnapshots"][0]
    account = str(found.get("DBSnapshotArn", "::::")).split(":")[4]
    refuse_into_mirror(
        place.stack,
        str(found["DBSnapshotIdentifier"]),
        taken_of=str(found["DBInstanceIdentifier"]),
        identifier=live.name,
        account_of=account,
        account=str(place.outputs["account"]),
        refusal=vouched(place.root),
    )
    if not found.get("Encrypted") or found.get("KmsKeyId") != live.shown.get("KmsKeyId"):
        raise OperationError(
            f"--snapshot: {snapshot} is not encrypted with the environment's key; copy it with "
            "that key first: a restored database keeps the snapshot's"
        )
    source = {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": snapshot}
    return found["SnapshotCreateTime"].astimezone(UTC), source


def _alike(live: Instance, wanted: Wanted) -> dict[str, Any]:
    """Return the parameters that make the new instance like the live one from the start.

    A drill's is in one zone, unprotected and without a history of its own: it is soon deleted.
    """
    source, drill = live.shown, wanted.purpose == DRILL
    params = {
        "DBInstanceClass": source["DBInstanceClass"],
        "DBSubnetGroupName": source["DBSubnetGroup"]["DBSubnetGroupName"],
        "VpcSecurityGroupIds": [each["VpcSecurityGroupId"] for each in source["VpcSecurityGroups"]],
        "DBParameterGroupName": source["DBParameterGroups"][0]["DBParameterGroupName"],
        "Port": (source.get("Endpoint") or {}).get("Port"),
        "StorageType": source.get("StorageType"),
        "MultiAZ": source["MultiAZ"] and not drill,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": source["AutoMinorVersionUpgrade"],
        "CopyTagsToSnapshot": source["CopyTagsToSnapshot"],
        "EnableIAMDatabaseAuthentication": source.get("IAMDatabaseAuthenticationEnabled"),
        "EnableCloudwatchLogsExports": source.get("EnabledCloudwatchLogsExports"),
        "DeletionProtection": source["DeletionProtection"] and not drill,
    }
    return {name: value for name, value in params.items() if value is not None}


def _rest(live: Instance, found: Instance, place: Place) -> dict[str, Any]:
    """Return the changes that no restore request takes, where they are still to be made.

    The password is the present one: the secret has no older, and a restored database has that of
    its time. A drill needs only this.
    """
    changes: dict[str, Any] = {}
    if not found.tags.get(known.CHECKED):
        changes["MasterUserPassword"] = place.secret()["password"]
    if found.tags.get(known.PURPOSE) == DRILL:
        return changes
    for name in (
        "BackupRetentionPeriod",
        "PreferredBackupWindow",
        "PreferredMaintenanceWindow",
        "CACertificateIdentifier",
        "MaxAllocatedStorage",
        "MonitoringInterval",
        "MonitoringRoleArn",
        "DatabaseInsightsMode",
    ):
        wanted = live.shown.get(name)
        if wanted is not None and found.shown.get(name) != wanted:
            changes[name] = wanted
    if live.shown.get("PerformanceInsightsEnabled") and not found.shown.get(
        "PerformanceInsightsEnabled"
    ):
        changes["EnablePerformanceInsights"] = True
        for shown_as in ("PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod"):
            if live.shown.get(shown_as):
                changes[shown_as] = live.shown[shown_as]
    return changes


def _tags(wanted: Mapping[str, str]) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(wanted.items())]}
