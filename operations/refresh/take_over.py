"""``refresh take-over``: make a shared sanitised snapshot the account's own, with its own key.

Taken is only what the sharing account made with the key for sharing, what a manifest in the project
vouches for, and what is shared with this account and not with everybody.
"""

import argparse
from collections.abc import Iterator

from operations.aws import AwsRefusedError
from operations.backup import command as backup
from operations.backup import instances
from operations.backup.instances import HOPELESS, Say
from operations.backup.mirror import Refusal, vouched
from operations.errors import OperationError
from operations.place import Place, chosen
from operations.refresh import side, snapshots
from operations.refresh.snapshots import Snapshot
from operations.talk import agreed, as_json, nothing, progress, say

FAILED = 1
THERE_ALREADY = "DBSnapshotAlreadyExists"


def run(options: argparse.Namespace) -> int:
    """Copy a snapshot, or go on with a copy; then restore it or say how."""
    if not options.restore and (given := _of_restore(options)):
        raise OperationError(f"{given}: is for --restore, which was not given")
    with chosen(options) as place:
        taker = side.taker(place)
        found = choose(place, options.snapshot, vouched(place.root), progress)
        copy = snapshots.by_name(place, found.name)
        if copy is not None and (problem := _unlike(place, copy, found)):
            raise OperationError(f"{place.stack}: {problem}")
        if copy is None or not copy.ready:
            say(f"{'copies' if copy is None else 'goes on with'} {found.name}", options)
            if options.dry_run or not agreed(options, "refresh take-over", by_name=False):
                return nothing(options)
            if copy is None:
                _ask_for_copy(place, taker, found)
            if not _waited_for(place, found):
                return FAILED
    return _afterwards(options, found.name)


def choose(place: Place, wanted: str, refusal: Refusal, tell: Say) -> Snapshot:
    """Return the newest shared snapshot that is vouched for, or the one that is wanted.

    Raises OperationError where there is none, and for one that must not be taken.
    """
    shared = snapshots.shared(place)
    names = ", ".join(each.name for each in shared) or "none"
    if wanted:
        found = next((each for each in shared if wanted in (each.name, each.arn)), None)
        missing = f"--snapshot: must be one that is shared ({names}), got {wanted}"
    else:
        found = _newest_vouched(shared, refusal, tell)
        missing = f"{place.stack}: no manifest vouches for any that is shared ({names})"
    if found is None:
        raise OperationError(missing)
    if problem := next(_problems(place, found, refusal), None):
        raise OperationError(f"{place.stack}: {found.name}: {problem}")
    return found


def _newest_vouched(shared: list[Snapshot], refusal: Refusal, tell: Say) -> Snapshot | None:
    for each in shared:
        why = refusal(each.name)
        if why is None:
            return each
        tell(f"{why}: passed over")
    return None


def _problems(place: Place, found: Snapshot, refusal: Refusal) -> Iterator[str]:
    """Yield why a snapshot must not be taken over."""
    key = side.shared_key(place)
    if why := refusal(found.name):
        yield why
    # Neither an account's default key, nor none: what has none may be everybody's.
    if found.key != key:
        yield f"its key must be {key}, got {found.key or 'none'}"
    if not found.ready:
        yield f"must be available, is {found.status}"
    if snapshots.is_public(place, found):
        yield "must be shared with this account, is shared with everybody"


def _unlike(place: Place, copy: Snapshot, found: Snapshot) -> str:
    """Return why what bears the name can't be the copy; empty where it is, or becomes it.

    What is still being made need not show yet what it is made from and with.
    """
    if copy.status.startswith(HOPELESS):
        return f"the copy {copy.name} is {copy.status}; refresh prune deletes it"
    if copy.source != found.arn and (copy.source or copy.ready):
        return f"{copy.name} must be a copy of {found.arn}, is of {copy.source or 'nothing'}"
    if copy.key != place.key and (copy.key or copy.ready):
        return f"the copy {copy.name} must have the key {place.key}, has {copy.key or 'none'}"
    return ""


def _waited_for(place: Place, found: Snapshot) -> bool:
    """Wait for the copy; False where it came to nothing, or takes too long."""
    try:
        copy = snapshots.settled(place, found.name, progress)
    except OperationError as error:
        progress(f"{error}; the same command waits on")
        return False
    problem = _unlike(place, copy, found)
    if problem:
        progress(problem)
    return not problem


def _ask_for_copy(place: Place, taker: Place, found: Snapshot) -> None:
    tags = {
        key: value
        for key, value in instances.live(place).tags.items()
        if key != instances.BACKUP and not key.startswith((instances.OWN, "aws:"))
    }
    try:
        taker.rds(
            "copy_db_snapshot",
            SourceDBSnapshotIdentifier=found.arn,
            TargetDBSnapshotIdentifier=found.name,
            KmsKeyId=place.key,
            Tags=[{"Key": key, "Value": value} for key, value in sorted(tags.items())],
        )
    except AwsRefusedError as error:
        # Another run was faster; what it copies is looked at as what was there before.
        if error.code != THERE_ALREADY:
            raise


def _afterwards(options: argparse.Namespace, name: str) -> int:
    if options.restore:
        given = {**vars(options), "snapshot": name, "to_time": None}
        return backup.restore(argparse.Namespace(**given))
    more = " --sandbox" if options.sandbox else ""
    after = [
        f"python -m operations backup restore {options.stack} --snapshot {name}{more}",
        f"python -m operations backup swap {options.stack}{more}",
    ]
    if options.json:
        return as_json({"snapshot": name, "next": after})
    say(f"{name}: is {options.stack}'s own; next, once {options.stack} may lose its data:")
    say("\n".join(f"  {line}" for line in after))
    return 0


def _of_restore(options: argparse.Namespace) -> str:
    """Return the first option that only a restore reads."""
    for name in ("connect", "connect_live", "release"):
        if getattr(options, name):
            return f"--{name.replace('_', '-')}"
    return ""
