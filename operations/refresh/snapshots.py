"""Sanitised snapshots: those of the stack's account, and those that another account shares."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operations.aws import AwsRefusedError, pages
from operations.backup.instances import HOPELESS, LONGEST_WAIT_SECONDS, READY, Say
from operations.backup.mirror import SANITISED
from operations.errors import OperationError
from operations.place import Place
from operations.refresh import side

POLL_SECONDS = 15
FAILED = ("failed", "incompatible")
LIST = "DBSnapshots"
GONE = "DBSnapshotNotFound"
"""AWS's code for a snapshot that is not there."""


@dataclass(frozen=True)
class Snapshot:
    """What RDS shows of a snapshot."""

    shown: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN; of another account's it is the identifier too."""
        return str(self.shown["DBSnapshotArn"])

    @property
    def name(self) -> str:
        """Its name in its own account."""
        return self.arn.rpartition(":")[2]

    @property
    def account(self) -> str:
        """The account that it belongs to."""
        return self.arn.split(":")[4]

    @property
    def status(self) -> str:
        """Its state in RDS's words."""
        return str(self.shown["Status"])

    @property
    def ready(self) -> bool:
        """Whether it can be copied and restored."""
        return self.status == READY

    @property
    def failed(self) -> bool:
        """Whether nothing will come of it any more."""
        return self.status.startswith(FAILED)

    @property
    def key(self) -> str:
        """The ARN of its key; empty where it is not encrypted."""
        return str(self.shown.get("KmsKeyId") or "") if self.shown.get("Encrypted") else ""

    @property
    def source(self) -> str:
        """The ARN of what it was copied from in another account; empty for no such copy."""
        return str(self.shown.get("SourceDBSnapshotIdentifier") or "")

    @property
    def made(self) -> datetime:
        """When it was made; one that is still being made is the newest."""
        return self.shown.get("SnapshotCreateTime") or datetime.max.replace(tzinfo=UTC)


def own(place: Place) -> list[Snapshot]:
    """Return the account's own sanitised snapshots, the newest first."""
    return _sanitised(place, SnapshotType="manual")


def shared(place: Place) -> list[Snapshot]:
    """Return what the account of the stack's ``sharedKey`` shares with it, the newest first."""
    account = side.shared_key(place).split(":")[4]
    found = _sanitised(place, SnapshotType="shared", IncludeShared=True)
    return [each for each in found if each.account == account]


def by_name(place: Place, name: str) -> Snapshot | None:
    """Return the account's own snapshot of that name, or None."""
    return next(_found(place, DBSnapshotIdentifier=name), None)


def is_public(place: Place, snapshot: Snapshot) -> bool:
    """Tell whether a snapshot of another account is shared with everybody."""
    named = {"DBSnapshotIdentifier": snapshot.arn, "SnapshotType": "public", "IncludePublic": True}
    return next(_found(place, **named), None) is not None


def shared_with(place: Place, snapshot: Snapshot) -> list[str]:
    """Return the accounts that may copy a snapshot of one's own; ``all`` stands for everybody."""
    answer = place.rds("describe_db_snapshot_attributes", DBSnapshotIdentifier=snapshot.name)
    return [
        account
        for each in answer["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
        if each["AttributeName"] == "restore"
        for account in each.get("AttributeValues", [])
    ]


def settled(place: Place, name: str, say: Say) -> Snapshot:
    """Wait until a snapshot is there or can't come to that any more; tell how far it is.

    Raises OperationError where it takes too long; the same command waits on.
    """
    told = ""
    for _ in range(LONGEST_WAIT_SECONDS // POLL_SECONDS):
        found = by_name(place, name)
        now = "not shown yet" if found is None else _progress(found)
        if now != told:
            say(f"{name}: {now}")
            told = now
        if found is not None and (found.ready or found.status.startswith(HOPELESS)):
            return found
        time.sleep(POLL_SECONDS)
    hours = LONGEST_WAIT_SECONDS // 3600
    raise OperationError(f"{name}: is still {told} after {hours} hours")


def _progress(found: Snapshot) -> str:
    percent = found.shown.get("PercentProgress")
    return found.status if found.ready or percent is None else f"{found.status}, {percent} %"


def _sanitised(place: Place, **only: Any) -> list[Snapshot]:
    begins = side.prefix(place)
    found = [
        each
        for each in map(Snapshot, pages(place.client("rds"), "describe_db_snapshots", LIST, **only))
        if SANITISED.fullmatch(each.name) and each.name.startswith(begins)
    ]
    return sorted(found, key=lambda each: each.made, reverse=True)


def _found(place: Place, **only: Any) -> Iterator[Snapshot]:
    try:
        yield from map(Snapshot, place.rds("describe_db_snapshots", **only)[LIST])
    except AwsRefusedError as error:
        if error.code != GONE:
            raise
