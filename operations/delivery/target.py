"""Which release a stack goes back to, and whether it may."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.errors import OperationError
from operations.releases.record import Record, last_by_digest
from operations.rollback_gate import Decision, decide
from policies.releases import Release
from settings.stack import REFERENCE


@dataclass(frozen=True)
class Target:
    """A release to go back to."""

    record: Record
    """Of its last good deployment in the stack."""
    instead_of: str
    """The digest of the release that is left."""
    decision: Decision


def target(
    records: Sequence[Record],
    releases: Sequence[Release],
    *,
    stack: str,
    running: str,
    to: str = "",
) -> Target:
    """Return the release that ``to`` names, else the last good one, with what the gate says of it.

    ``records`` are the ledger's of the stack, ``releases`` what the policies know of all stacks,
    each the oldest first; ``running`` is the digest that the stack's outputs name. Raises
    OperationError where there is none.
    """
    left = _left(records, running)
    good = [each for each in last_by_digest(list(records)).values() if each.verdict == "passed"]
    good.sort(key=lambda record: record.time)
    if to:
        found = [each for each in good if to in (each.version, each.digest)]
        if len(found) > 1:
            raise OperationError(f"--to: {to!r} names {len(found)} images; give the digest")
        if not found:
            known = ", ".join(each.version for each in good) or "none"
            raise OperationError(
                f"--to: must be a release that ran well in {stack} last, which are {known}, "
                f"got {to!r}"
            )
    else:
        found = [each for each in good if each.digest != left][-1:]
        if not found:
            raise OperationError(
                f"{stack}: the ledger has no other release that ran well; deploy one instead"
            )
    decision = decide(
        releases, stack=stack, running=left, wanted=found[0].digest, reference=REFERENCE
    )
    return Target(found[0], left, decision)


def _left(records: Sequence[Record], running: str) -> str:
    """Return the release whose schema the database may have.

    A deployment that failed or was broken off has perhaps migrated already, whatever runs.
    """
    if records and records[-1].verdict == "failed":
        return records[-1].digest
    return running
