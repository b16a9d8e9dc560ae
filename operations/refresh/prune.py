"""``refresh prune``: delete old sanitised snapshots, on the side that shares and on the other."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from operations.aws import AwsRefusedError
from operations.backup import instances
from operations.backup.instances import Instance
from operations.backup.mirror import Refusal, vouched
from operations.moments import shown
from operations.place import Place, chosen
from operations.refresh import side, snapshots
from operations.refresh.snapshots import Snapshot
from operations.table import table
from operations.talk import agreed, as_json, nothing, progress, say

FAILED = 1
IN_USE = timedelta(days=1)
"""For so long a database that came from a snapshot may have to be made from it again."""


@dataclass(frozen=True)
class Line:
    """A snapshot, and why it stays; empty where it goes."""

    snapshot: Snapshot
    stays: str


@dataclass(frozen=True)
class Limits:
    """How many stay at least, and how old those are that go."""

    keep: int
    older_than: int | None
    """Days."""


def run(options: argparse.Namespace) -> int:
    """Delete what may go; 1 where AWS refuses a deletion."""
    with chosen(options) as place:
        shares, now = side.shares(place), datetime.now(UTC)
        lines = judged(
            snapshots.own(place),
            Limits(options.keep, options.older_than),
            refusal=vouched(place.root),
            used=in_use(place, now),
            now=now,
        )
        going = [line.snapshot for line in lines if not line.stays]
        if not options.json:
            _show(lines, now)
        if options.dry_run or (going and not agreed(options, "refresh prune", by_name=shares)):
            return _told(lines) if options.json else nothing(options)
        failed = [each.name for each in going if not _deleted(place, each)]
    gone = [each.name for each in going if each.name not in failed]
    if options.json:
        _told(lines, deleted=gone, failed=failed)
    else:
        say(f"{len(gone)} deleted, {len(lines) - len(gone)} left")
    return FAILED if failed else 0


def judged(
    found: Sequence[Snapshot],
    limits: Limits,
    *,
    refusal: Refusal,
    used: Mapping[str, str],
    now: datetime,
) -> list[Line]:
    """Return what becomes of each snapshot; the newest come first, as they are given.

    ``used`` says by a snapshot's name what needs it.
    """
    ready = [each for each in found if each.ready]
    newest = {each.name for each in ready[: limits.keep]}
    restorable = next((each.name for each in ready if refusal(each.name) is None), None)

    def stays(each: Snapshot) -> str:
        if not each.ready and not each.failed:
            return f"is {each.status}"
        if each.name == restorable:
            return "is the newest that a manifest vouches for"
        if each.name in used:
            return used[each.name]
        if each.name in newest:
            return f"is one of the newest {limits.keep}"
        youngest = None if limits.older_than is None else now - timedelta(days=limits.older_than)
        if youngest is not None and each.made > youngest:
            return f"is younger than {limits.older_than} days"
        return ""

    return [Line(each, stays(each)) for each in found]


def in_use(place: Place, now: datetime) -> dict[str, str]:
    """Return by snapshot what needs it: a database that is new, or the stack's settings."""
    found = _made_from(instances.instances(place), now)
    if named := place.settings.identity.restore.snapshot:
        found[named.rpartition(":")[2]] = "identity.restore.snapshot names it"
    return found


def _made_from(databases: Iterable[Instance], now: datetime) -> dict[str, str]:
    found = {}
    for each in databases:
        kind, _, snapshot = each.tags.get(instances.RESTORED_FROM, "").partition(" ")
        # One that is still being made has no time yet.
        if kind == "snapshot" and (each.created is None or each.created > now - IN_USE):
            found[snapshot.rpartition(":")[2]] = f"{each.name} was just made from it"
    return found


def _deleted(place: Place, wanted: Snapshot) -> bool:
    """Delete a snapshot, and tell; False where AWS refuses.

    It is looked at once more: what bears the name now may be another one.
    """
    try:
        found = snapshots.by_name(place, wanted.name)
        if found is not None and found.made != wanted.made:
            progress(f"{wanted.name}: is another one by now; left")
            return False
        place.rds("delete_db_snapshot", DBSnapshotIdentifier=wanted.name)
    except AwsRefusedError as error:
        if error.code != snapshots.GONE:
            progress(str(error))
            return False
    progress(f"{wanted.name}: deleted")
    return True


def _told(lines: Sequence[Line], deleted: Sequence[str] = (), failed: Sequence[str] = ()) -> int:
    told = [{"name": line.snapshot.name, "stays": line.stays} for line in lines]
    return as_json({"snapshots": told, "deleted": deleted, "failed": failed})


def _show(lines: Sequence[Line], now: datetime) -> None:
    rows = [
        (
            "stays" if line.stays else "goes",
            line.snapshot.name,
            shown(line.snapshot.made) if line.snapshot.made < now else "",
            line.stays,
        )
        for line in lines
    ]
    if rows:
        say(table(("", "snapshot", "made", "why"), rows))
