"""Whether the running release may be exchanged for an earlier one, by what migrations it crosses.

Code goes back in a minute; a schema goes back only by steps that can be undone. What is not
recorded counts as a step that can't be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from operations.errors import OperationError
from operations.moments import shown
from policies.releases import Migration, Release, verified


class Way(Enum):
    """What a rollback asks for."""

    CODE = "code only"
    DOWN = "with down-migrations"
    NONE = "refused"


@dataclass(frozen=True)
class Decision:
    """What may be done, and what must be done for it."""

    way: Way
    why: str
    undo: tuple[str, ...] = ()
    """The steps to undo, in this order; only where the way is by down-migrations."""
    restore: str = ""
    """The command that brings the schema back all the same, with the data of that time."""

    @property
    def allowed(self) -> bool:
        """Tell whether the release may be rolled back to."""
        return self.way is not Way.NONE


def decide(
    releases: Sequence[Release], *, stack: str, running: str, wanted: str, reference: str
) -> Decision:
    """Return whether ``stack`` may go from one release to another, each a version or a digest.

    ``releases`` are the ledger's records, the oldest first. Raises OperationError for a release
    that the ledger does not have, or has twice under one version.
    """
    there, here = _steps(releases, wanted), _steps(releases, running)
    digest = _digest(releases, wanted)
    if digest not in verified(list(releases), reference):
        return _no(f"{wanted} is not verified: its last record in a mirror has not passed")
    if there is None or here is None:
        name = wanted if there is None else running
        return _no(f"the migrations of {name} are not recorded, or its records differ")
    names = [step.id for step in there]
    if names != [step.id for step in here[: len(there)]]:
        return _no(
            f"{wanted} needs steps that {running} has not, or in another order: "
            "that is no way back; deploy it as a release"
        )
    crossed = here[len(there) :]
    if not crossed:
        return Decision(Way.CODE, f"{wanted} and {running} have the same schema")
    stuck = [step.id for step in crossed if not _reversible(releases, step)]
    if stuck:
        return Decision(
            Way.NONE,
            f"{', '.join(stuck)} can't be undone",
            restore=_restore(releases, stack, stuck[0], [step.id for step in crossed]),
        )
    undo = tuple(step.id for step in reversed(crossed))
    return Decision(Way.DOWN, f"every step of {running} since {wanted} can be undone", undo)


def _no(why: str) -> Decision:
    return Decision(Way.NONE, why)


def _records(releases: Sequence[Release], name: str) -> list[Release]:
    found = [each for each in releases if name in (each.version, each.digest)]
    if not found:
        raise OperationError(f"policies/releases.yaml: has no release {name!r}")
    return found


def _digest(releases: Sequence[Release], name: str) -> str:
    digests = {each.digest for each in _records(releases, name)}
    if len(digests) > 1:
        raise OperationError(
            f"policies/releases.yaml: {name!r} names {len(digests)} images; give the digest"
        )
    return digests.pop()


def _steps(releases: Sequence[Release], name: str) -> tuple[Migration, ...] | None:
    """Return the steps of a release; None where no record has them or two say otherwise."""
    digest = _digest(releases, name)
    told = [each.migrations for each in releases if each.digest == digest]
    known = [steps for steps in told if steps is not None]
    if len({tuple(step.id for step in steps) for steps in known}) != 1:
        return None
    return known[0]


def _reversible(releases: Sequence[Release], step: Migration) -> bool:
    """Return whether a step can be undone by the word of every record that has it."""
    return all(
        each.reversible
        for release in releases
        for each in release.migrations or ()
        if each.id == step.id
    )


def _restore(releases: Sequence[Release], stack: str, first: str, crossed: list[str]) -> str:
    """Return the command that restores the moment before the first crossed step was taken.

    Earlier than the irreversible one: the wanted release has none of the crossed steps. Of several
    times that the stack took them, the last counts.
    """
    since: Release | None = None
    for each in releases:
        if each.stack == stack:
            crosses = any(step.id in crossed for step in each.migrations or ())
            since = (since or each) if crosses else None
    command = f"python -m operations backup restore {stack}"
    if since is None or since.migrated is None:
        return f"{command} --to-time <before {first} ran: releases.yaml has no `migrated` for it>"
    return f"{command} --to-time {before(since.migrated)}"


def before(moment: datetime) -> str:
    """Return the whole second before a moment, as ``--to-time`` takes it."""
    return shown(moment - timedelta(seconds=1))
