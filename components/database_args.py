"""What a database must be told: its settings, its size, and where its data comes from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pulumi import Input

from components.database_parameters import check_parameters

# AWS docs "CreateDBInstance": 1 to 63 letters, digits and hyphens. A replica's name is longer by
# ten characters, and a restored database's by its suffix.
IDENTIFIER = re.compile(r"[a-z](?:-?[a-z0-9]){0,40}")
SUFFIX = re.compile(r"[a-z0-9]{1,11}")
RESOURCE_ID = re.compile(r"db-[A-Z0-9]{8,}")
USER_NAME = re.compile(r"[a-z][a-z0-9_]{2,62}")
# The first two are what every scanner tries; RDS keeps the others for itself.
COMMON_USER_NAMES = frozenset({"postgres", "admin", "root", "master", "rdsadmin"})
ENGINE_VERSION = re.compile(r"[1-9][0-9]\.[0-9]+")
MONITORING_SECONDS = (1, 5, 10, 15, 30, 60)
SMALLEST_STORAGE_GIB = 20  # AWS docs "Amazon RDS DB instance storage": gp3 for PostgreSQL
SUBNETS_AT_LEAST = 2  # RDS refuses a subnet group in one zone
KEEPS_AT_MOST_DAYS = 35
REPLICAS_AT_MOST = 5  # AWS allows 15; beyond five, ask whether one writer is the right design


@dataclass(frozen=True, kw_only=True)
class RestoreFrom:
    """Where a new database takes its data from: a snapshot, or a moment of another database.

    Name one source. ``snapshot`` is a snapshot's name or ARN; it must be encrypted with the key of
    the new database, so copy it with that key first: a restore keeps the snapshot's key (AWS docs
    "RestoreDBInstanceFromDBSnapshot"). ``source`` is the identifier of a living database,
    ``source_resource_id`` the ``db-...`` id of one already deleted whose automated backups were
    kept. ``time`` is the moment in UTC, as in ``2025-01-31T09:00:00Z``; ``None`` is the latest.

    ``suffix`` ends the new identifier: a restored database is another database, and stands beside
    the one that it replaces until everything has moved. Leave the restore in the settings as long
    as the database lives. Taking it away asks for a new, empty database.
    """

    suffix: str
    snapshot: str | None = None
    source: str | None = None
    source_resource_id: str | None = None
    time: str | None = None

    def __post_init__(self) -> None:
        """Refuse a restore with no source, two sources or a moment that is not in UTC."""
        if not SUFFIX.fullmatch(self.suffix):
            raise ValueError(
                f"restore.suffix must be 1 to 11 lower-case letters or digits, got {self.suffix!r}"
            )
        named = [name for name in ("snapshot", "source", "source_resource_id") if self._has(name)]
        if len(named) != 1:
            raise ValueError(
                "restore must name one of snapshot, source and source_resource_id, "
                f"got {', '.join(named) or 'none'}"
            )
        if self.source_resource_id is not None and not RESOURCE_ID.fullmatch(
            self.source_resource_id
        ):
            raise ValueError(
                "restore.source_resource_id must look like db-ABCDEFGHIJKL, "
                f"got {self.source_resource_id!r}"
            )
        if self.time is not None and (self.snapshot is not None or not _is_utc(self.time)):
            raise ValueError(
                "restore.time must be a moment in UTC such as 2025-01-31T09:00:00Z, "
                f"and only beside a source that is a database, got {self.time!r}"
            )

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What a caller must say; encryption, privacy, TLS and logging are decided in the component.

    ``storage_gib`` and ``max_storage_gib`` are GiB, ``backup_days`` and ``log_retention_days``
    days, ``monitoring_seconds`` the interval of enhanced monitoring. ``password_rotation`` names
    the present password of the master user; ``secret_recovery_days`` is how long its secret can be
    had back once deleted. ``account`` is the account's twelve digits. ``backup_tag`` is the value
    of the tag by which the backup plan finds the database. ``protect`` guards it against deletion
    by the engine and by AWS; ``keep_final_snapshot`` keeps its data when it is deleted all the
    same.
    """

    identifier: str
    account: str
    engine_version: str
    database_name: str
    master_username: str
    port: int
    parameters: Mapping[str, str]
    backup_window: str
    maintenance_window: str
    ca_certificate: str
    instance_class: str
    storage_gib: int
    max_storage_gib: int
    multi_az: bool
    read_replicas: int
    backup_days: int
    monitoring_seconds: int
    log_retention_days: int
    subnet_ids: Sequence[Input[str]]
    security_group_ids: Sequence[Input[str]]
    kms_key_arn: Input[str]
    topic_arn: Input[str]
    password_rotation: str
    secret_recovery_days: int
    backup_tag: str
    protect: bool
    keep_final_snapshot: bool
    tags: Mapping[str, str]
    restore: RestoreFrom | None = None

    def __post_init__(self) -> None:
        """Refuse names and sizes that RDS would refuse, and a database that can't be recovered."""
        self._check_names()
        self._check_sizes()
        check_parameters(self.parameters)
        if self.protect and not self.keep_final_snapshot:
            raise ValueError(
                "keep_final_snapshot must be true where protect is: "
                "data worth protecting is worth a last copy"
            )
        if self.restore is not None and self.restore.source == self.instance_identifier:
            raise ValueError(
                f"restore.source must be another database, got {self.restore.source!r}, "
                "which is the new one's own identifier; choose another suffix"
            )

    @property
    def instance_identifier(self) -> str:
        """The name of the instance in RDS: a restored database has one of its own."""
        return (
            self.identifier if self.restore is None else f"{self.identifier}-{self.restore.suffix}"
        )

    @property
    def family(self) -> str:
        """The family of its parameter group, such as ``postgres16``."""
        return f"postgres{self.engine_version.split('.')[0]}"

    def _check_names(self) -> None:
        if not IDENTIFIER.fullmatch(self.identifier):
            raise ValueError(
                "identifier must be at most 41 lower-case letters, digits and single hyphens, "
                f"starting with a letter, got {self.identifier!r}"
            )
        if not ENGINE_VERSION.fullmatch(self.engine_version):
            raise ValueError(
                f"engine_version must be major.minor, such as 16.8, got {self.engine_version!r}"
            )
        if self.master_username in COMMON_USER_NAMES or not USER_NAME.fullmatch(
            self.master_username
        ):
            raise ValueError(
                "master_username must be a name of your own of 3 to 63 lower-case letters, digits "
                f"and underscores, got {self.master_username!r}"
            )
        if len(self.subnet_ids) < SUBNETS_AT_LEAST:
            raise ValueError(
                f"subnet_ids must name subnets in at least two zones, got {len(self.subnet_ids)}"
            )

    def _check_sizes(self) -> None:
        _check_between("port", self.port, 1150, 65535)
        _check_between("backup_days", self.backup_days, 1, KEEPS_AT_MOST_DAYS)
        _check_between("read_replicas", self.read_replicas, 0, REPLICAS_AT_MOST)
        if self.monitoring_seconds not in MONITORING_SECONDS:
            raise ValueError(
                f"monitoring_seconds must be one of {', '.join(map(str, MONITORING_SECONDS))}, "
                f"got {self.monitoring_seconds}"
            )
        if self.storage_gib < SMALLEST_STORAGE_GIB:
            raise ValueError(
                f"storage_gib must be at least {SMALLEST_STORAGE_GIB}, got {self.storage_gib}"
            )
        # AWS docs "Managing capacity automatically with Amazon RDS storage autoscaling".
        if self.max_storage_gib * 10 < self.storage_gib * 11:
            raise ValueError(
                f"max_storage_gib must be at least a tenth above storage_gib ({self.storage_gib}), "
                f"got {self.max_storage_gib}"
            )


def _check_between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} must be between {least} and {most}, got {value}")


def _is_utc(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return text.endswith("Z") and moment.utcoffset() == timedelta(0)
