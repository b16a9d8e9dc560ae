"""What backups of a database there are, and where: RDS's own, and AWS Backup's recovery points.

Left out: the vault in the archive account, which this account's credentials can't look into, and
the backups of databases that are gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.aws import AwsRefusedError, pages
from operations.backup.instances import Instance, live
from operations.place import Place

GIB = 1024**3
NOT_CARRIED = ("404", "500")
"""How a stand-in for AWS says that it has no such request; AWS itself never does."""


@dataclass(frozen=True)
class Backup:
    """One backup, whoever made it."""

    kind: str
    """``manual``, ``automated``, ``awsbackup`` (a snapshot) or ``recovery point``."""
    name: str
    made: datetime | None
    """None while it is being made."""
    gib: float | None
    """As far as AWS says: of a snapshot the storage that it covers."""
    encrypted: bool
    key: str | None
    """The ARN of its key."""
    place: str
    """The region, or the vault and its region."""
    account: str
    usable: bool
    keep_days: int | None = None
    """For how many days it is kept; None where nothing ends it, or RDS's own rules do."""
    continuous: bool = False
    """It grows with the database, and reaches as far as the latest restorable time."""


@dataclass(frozen=True)
class Inventory:
    """The database, the window of its point-in-time recovery, and its backups, newest first."""

    instance: Instance
    earliest: datetime | None
    latest: datetime | None
    backups: list[Backup]
    vaults: dict[str, bool]
    """By the vault looked for, whether its recovery points could be listed."""


def inventory(place: Place) -> Inventory:
    """Return every backup of the stack's database; OperationError where AWS can't be asked."""
    instance = live(place)
    backups = list(_snapshots(place, instance))
    vaults = {}
    for vault, region in _vaults(place):
        points = _recovery_points(place, instance, vault, region)
        vaults[f"{vault}, {region}"] = points is not None
        backups += points or []
    oldest = datetime.min.replace(tzinfo=instance.shown["InstanceCreateTime"].tzinfo)
    backups.sort(key=lambda each: each.made or oldest, reverse=True)
    return Inventory(
        instance,
        _earliest(place, instance),
        instance.shown.get("LatestRestorableTime"),
        backups,
        vaults,
    )


def _snapshots(place: Place, instance: Instance) -> Iterator[Backup]:
    found = pages(
        place.client("rds"),
        "describe_db_snapshots",
        "DBSnapshots",
        DBInstanceIdentifier=instance.name,
    )
    for shown in found:
        yield snapshot(place, shown)


def snapshot(place: Place, shown: dict[str, Any]) -> Backup:
    """Return what RDS shows of a snapshot."""
    return Backup(
        kind=str(shown.get("SnapshotType", "manual")),
        name=str(shown["DBSnapshotIdentifier"]),
        made=shown.get("SnapshotCreateTime"),
        gib=shown.get("AllocatedStorage"),
        encrypted=shown.get("Encrypted") is True,
        key=shown.get("KmsKeyId"),
        place=place.region,
        account=str(place.outputs["account"]),
        usable=shown.get("Status") == "available",
    )


def _vaults(place: Place) -> list[tuple[str, str]]:
    """Return the vaults of this account with their regions."""
    copy = str(place.outputs["backupCopyVaultArn"]).split(":")
    return [(str(place.outputs["backupVaultName"]), place.region), (copy[6], copy[3])]


def _recovery_points(
    place: Place, instance: Instance, vault: str, region: str
) -> list[Backup] | None:
    """Return a vault's recovery points of the database; None where AWS Backup can't be asked."""
    client = place.client("backup", region)
    try:
        found = list(
            pages(
                client,
                "list_recovery_points_by_backup_vault",
                "RecoveryPoints",
                BackupVaultName=vault,
                ByResourceArn=instance.arn,
            )
        )
    except AwsRefusedError as error:
        if error.code in NOT_CARRIED:
            return None
        raise
    return [_recovery_point(place, shown, f"{vault}, {region}") for shown in found]


def _recovery_point(place: Place, shown: dict[str, Any], where: str) -> Backup:
    size, arn = shown.get("BackupSizeInBytes"), str(shown["RecoveryPointArn"])
    return Backup(
        kind="recovery point",
        name=arn.rpartition(":")[2],
        made=shown.get("CreationDate"),
        gib=None if size is None else round(size / GIB, 1),
        encrypted=shown.get("IsEncrypted") is True,
        key=shown.get("EncryptionKeyArn"),
        place=where,
        account=str(place.outputs["account"]),
        usable=shown.get("Status") in ("COMPLETED", "AVAILABLE"),
        keep_days=(shown.get("Lifecycle") or {}).get("DeleteAfterDays"),
        # AWS Backup Developer Guide, "Recovery point ARN formats".
        continuous=":auto-backup:" in arn or ":continuous:" in arn,
    )


def _earliest(place: Place, instance: Instance) -> datetime | None:
    """Return from when on the database can be restored; None where RDS does not say."""
    request = "describe_db_instance_automated_backups"
    only = {"DBInstanceIdentifier": instance.name}
    try:
        found = list(pages(place.client("rds"), request, "DBInstanceAutomatedBackups", **only))
    except AwsRefusedError as error:
        if error.code == "DBInstanceAutomatedBackupNotFound":
            return None
        raise
    windows = [each.get("RestoreWindow") or {} for each in found]
    earliest = [each["EarliestTime"] for each in windows if each.get("EarliestTime")]
    return min(earliest, default=None)
