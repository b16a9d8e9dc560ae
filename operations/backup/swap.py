"""Put a restored database in the live one's place, and take that back.

A swap is two renamings: live to ``<id>-before-<time>``, restored to ``<id>``. What is intended
stands in tags of the one put aside before anything is renamed, so a second call, after a crash at
any moment, sees from names and tags alone how far the first came. Nothing is deleted here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from operations.backup import instances as known
from operations.backup.instances import Instance, Say
from operations.backup.restore import RESTORE
from operations.errors import OperationError
from operations.moments import shown, suffix
from operations.place import Place

KEPT = timedelta(days=1)
MARKS = (known.PURPOSE, known.RESTORED_FROM, known.POINT, known.BEGAN, known.CHECKED)
"""Of a restored database, as long as it is not live."""
CHECKS_HOLD = timedelta(days=1)
"""Older checks say nothing: who knows what has been written since."""


@dataclass(frozen=True)
class Swap:
    """Two instances that change places, and how far that has come."""

    old: Instance
    new: Instance
    name: str
    """The live name."""
    aside: str
    """What the old one is called once it is put aside."""
    restored_name: str
    """What the new one is called before the swap."""

    @property
    def done(self) -> bool:
        """Tell whether the new one bears the live name."""
        return self.new.name == self.name

    @property
    def finished(self) -> bool:
        """Tell whether nothing is left to do for it."""
        marks = [key for key in self.new.tags if key in MARKS]
        return self.done and not marks and known.BACKUP not in self.old.tags

    @property
    def begun(self) -> bool:
        """Tell whether anything has been changed for it."""
        return self.old.tags.get(known.REPLACED_BY) == self.new.id


def find(place: Place, restored: str, now: datetime) -> Swap:
    """Return the swap that is asked for or under way; nothing is changed.

    ``restored`` names one of several restored databases; empty for the only one. Raises
    OperationError where there is none, where it is not clear which, and where its checks have not
    passed.
    """
    under_way = _under_way(place)
    if under_way is not None and known.UNDOING in under_way.old.tags:
        raise OperationError(f"{place.stack}: an undo is under way; `backup undo` finishes it")
    if under_way is not None and (not under_way.finished or not _candidates(place, restored)):
        return under_way
    live = known.live(place)
    found = _candidates(place, restored)
    if not found:
        raise OperationError(
            f"{place.stack}: there is no restored database; `backup restore` first"
        )
    if len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise OperationError(f"--restored: must name one of {names}")
    new = found[0]
    if new.checked is None:
        raise OperationError(f"{new.name}: its checks have not passed; `backup restore` runs them")
    if now - new.checked > CHECKS_HOLD:
        raise OperationError(
            f"{new.name}: its checks passed {shown(new.checked)}, more than a day ago; "
            "run the same `backup restore` again"
        )
    for each in (live, new):
        if each.status != known.READY:
            raise OperationError(f"{each.name}: is {each.status}, must be {known.READY}")
    return Swap(live, new, live.name, f"{live.name}-before-{suffix(now)}", new.name)


def run(place: Place, swap: Swap, now: datetime, say: Say) -> Swap:
    """Bring the swap to its end from wherever it is."""
    if not swap.begun:
        intent = {
            known.REPLACED_BY: swap.new.id,
            known.RESTORED_NAME: swap.restored_name,
            known.DELETE_AFTER: shown(now + KEPT),
        }
        known.tag(place, swap.old, intent)
    old = known.rename(place, swap.old, swap.aside, say)
    new = known.rename(place, swap.new, swap.name, say)
    _hand_over(place, old, new)
    return replace(swap, old=_again(place, old), new=_again(place, new))


def find_undo(place: Place) -> Swap:
    """Return the last swap, to be undone; OperationError where there is none."""
    found = _under_way(place)
    if found is None:
        raise OperationError(f"{place.stack}: there is no swap to undo")
    return found


def undo(place: Place, swap: Swap, say: Say) -> Swap:
    """Give both their names back, from wherever a swap or an undo has come."""
    known.tag(place, swap.old, {known.UNDOING: "yes"})
    new = known.rename(place, swap.new, swap.restored_name, say)
    old = known.rename(place, swap.old, swap.name, say)
    _hand_over(place, new, old)
    if known.PURPOSE not in new.tags:
        # A restored database again, of which nobody knows what was written while it was live.
        known.tag(place, new, {known.PURPOSE: RESTORE, known.RESTORED_FROM: "undone"})
    known.untag(
        place,
        old,
        (known.REPLACED_BY, known.RESTORED_NAME, known.DELETE_AFTER, known.UNDOING),
    )
    return replace(swap, old=_again(place, old), new=_again(place, new))


def _under_way(place: Place) -> Swap | None:
    """Return the latest swap that tags tell of and that has both instances still."""
    everything = list(known.instances(place))
    by_id = {each.id: each for each in everything}
    found = []
    for old in everything:
        new = by_id.get(old.tags.get(known.REPLACED_BY, ""))
        mine = old.name == place.identifier or old.name.startswith(f"{place.identifier}-before-")
        if new is not None and mine:
            found.append((old, new))
    if not found:
        return None
    old, new = max(found, key=lambda pair: pair[0].tags.get(known.DELETE_AFTER, ""))
    begun = datetime.fromisoformat(old.tags[known.DELETE_AFTER]) - KEPT
    aside = f"{place.identifier}-before-{suffix(begun)}"
    return Swap(old, new, place.identifier, aside, old.tags[known.RESTORED_NAME])


def _candidates(place: Place, restored: str) -> list[Instance]:
    found = known.restored(place, RESTORE)
    if restored:
        found = [each for each in found if each.name == restored]
        if not found:
            raise OperationError(f"--restored: {place.stack} has no restored database {restored}")
    return found


def _hand_over(place: Place, leaves: Instance, comes: Instance) -> None:
    """Have the backup plan find the database that is live, and only that."""
    value = {**leaves.tags, **comes.tags}.get(known.BACKUP)
    if value is not None and known.BACKUP not in comes.tags:
        known.tag(place, comes, {known.BACKUP: value})
    if known.BACKUP in leaves.tags:
        known.untag(place, leaves, [known.BACKUP])
    if marks := [key for key in comes.tags if key in MARKS]:
        known.untag(place, comes, marks)


def _again(place: Place, instance: Instance) -> Instance:
    return known.by_id(place, instance.id) or instance


def followers(swap: Swap) -> list[str]:
    """Return the read replicas that follow the database put aside, and go on doing so."""
    return list(swap.old.shown.get("ReadReplicaDBInstanceIdentifiers") or [])
