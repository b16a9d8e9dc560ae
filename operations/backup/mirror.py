"""Whether a snapshot may be restored into a mirror: production's data must not come there as it is.

The same form of name is what the policy ``rds-mirror-holds-sanitised-data`` takes. A name alone
proves nothing here: a manifest must vouch for the snapshot.
"""

import re
from collections.abc import Callable
from pathlib import Path

from operations.errors import OperationError, refusals
from policies.manifest import NAME, load_sanitised
from settings.stack import REFERENCE

SANITISED = re.compile(NAME)

Refusal = Callable[[str], str | None]
"""Given a snapshot's name, why no manifest vouches for it; None where one does."""


def vouched(root: Path) -> Refusal:
    """Return what knows the manifests of a project; without any it vouches for nothing.

    Raises OperationError where a manifest or the signers' file is refused.
    """
    with refusals():
        sanitised = {each.rpartition(":")[2] for each in load_sanitised(root)}

    def refusal(snapshot: str) -> str | None:
        return None if snapshot in sanitised else f"no manifest vouches for {snapshot}"

    return refusal


def refuse_into_mirror(
    stack: str,
    snapshot: str,
    *,
    taken_of: str,
    identifier: str,
    account_of: str,
    account: str,
    refusal: Refusal,
) -> None:
    """Raise OperationError where a snapshot may not be restored into a stack.

    ``taken_of`` is the database that it is of, ``identifier`` the stack's own; so with the
    accounts. Production takes its own past; a mirror takes its own past and sanitised data.
    """
    own = account_of == account and taken_of == identifier
    if own:
        return
    if stack == REFERENCE:
        raise OperationError(f"{stack}: {snapshot} is of {taken_of}, not of {identifier}")
    if not SANITISED.fullmatch(snapshot):
        raise OperationError(
            f"{stack}: {snapshot} is of {taken_of} and not sanitised; "
            "a mirror takes only snapshots named sanitised-… that a manifest vouches for"
        )
    if why := refusal(snapshot):
        raise OperationError(f"{stack}: {why}; a mirror takes no snapshot without one")
