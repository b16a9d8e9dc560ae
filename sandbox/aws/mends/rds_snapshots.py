"""Snapshots of another account, which moto 5.2.5 shows as one's own and does not copy."""

import copy
from collections.abc import Iterator
from typing import Any

from moto.rds.exceptions import DBSnapshotNotFoundFault
from moto.rds.models import DBSnapshot, RDSBackend, rds_backends
from moto.rds.utils import split_arn

EVERYBODY = "all"
"""Among the accounts of a public snapshot (RDS API, ModifyDBSnapshotAttribute)."""
BY_OTHERS = ("shared", "public")
"""Types of snapshots by which those of others are asked for."""

_describe_db_snapshots = RDSBackend.describe_db_snapshots
_get_db_snapshot = RDSBackend.get_db_snapshot
_copy_db_snapshot = RDSBackend.copy_db_snapshot


_Shared = type(
    "Shared",
    (DBSnapshot,),
    {
        "resource_id": property(lambda self: self._db_snapshot_identifier),
        "db_snapshot_identifier": property(lambda self: self.arn),
    },
)
"""A snapshot as it is shown to an account that does not own it: it is named by its ARN."""


def describe_db_snapshots(
    self: Any,
    instance: str | None = None,
    snapshot: str | None = None,
    snapshot_type: str | None = None,
    filters: Any = None,
    **more: Any,
) -> Any:
    """List what others share by its ARNs, and the one that is asked for alone.

    moto shows it under its plain name and as its owner's, all of it whatever is asked for, and
    knows no public ones.
    """
    instance = more.get("db_instance_identifier", instance)
    snapshot = more.get("db_snapshot_identifier", snapshot)
    if snapshot_type not in BY_OTHERS:
        return _describe_db_snapshots(self, instance, snapshot, snapshot_type, filters)
    wanted = EVERYBODY if snapshot_type == "public" else self.account_id
    found = [each for each in _shared_with(self, wanted) if snapshot in (None, each.arn)]
    if snapshot and not found:
        raise DBSnapshotNotFoundFault(snapshot)
    for each in found:
        each.snapshot_type = snapshot_type
    return found


def _shared_with(backend: Any, whom: str) -> Iterator[Any]:
    for regions in rds_backends.values():
        for snapshot in regions[backend.region_name].database_snapshots.values():
            if whom in snapshot.attributes["restore"]:
                seen = copy.copy(snapshot)
                seen.__class__ = _Shared
                yield seen


def get_db_snapshot(self: Any, identifier: str) -> Any:
    """Find a snapshot in the account that its ARN names, where that one shares it.

    moto looks in the account that asks, whatever the ARN says.
    """
    if not identifier.startswith("arn:"):
        return _get_db_snapshot(self, identifier)
    region, account, _, name = split_arn(identifier)
    found = rds_backends[account][region].database_snapshots.get(name)
    if found is None or not {account, *found.attributes["restore"]} & {self.account_id, EVERYBODY}:
        raise DBSnapshotNotFoundFault(identifier)
    return found


def copy_db_snapshot(self: Any, **given: Any) -> Any:
    """Say where a copy from another account or region is from; moto does not."""
    copied, source = _copy_db_snapshot(self, **given), given["source_db_snapshot_identifier"]
    if source.startswith("arn:") and split_arn(source)[:2] != (self.region_name, self.account_id):
        copied.source_db_snapshot_identifier = source
    return copied


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    RDSBackend.copy_db_snapshot = copy_db_snapshot
    RDSBackend.describe_db_snapshots = describe_db_snapshots
    RDSBackend.get_db_snapshot = get_db_snapshot
