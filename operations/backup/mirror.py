"""Whether a snapshot may be restored into a mirror: production's data must not come there as it is.

The same form of name is what the policy ``rds-mirror-holds-sanitised-data`` takes. A name alone
proves nothing here: a manifest must vouch for the snapshot.
"""

import re
from collections.abc import Callable

from operations.errors import OperationError
from settings.stack import REFERENCE

SANITISED = re.compile(r"sanitised-[a-z0-9-]+")

Refusal = Callable[[str], str | None]
"""Given a snapshot's name, why no manifest vouches for it; None where one does."""


def no_manifest(snapshot: str) -> str | None:
    """Vouch for nothing: what the manifests say is not read yet, so none is taken."""
    return f"no manifest vouches for {snapshot}"


def refuse_into_mirror(
    stack: str,
    snapshot: str,
    *,
    taken_of: str,
    identifier: str,
    account_of: str,
    account: str,
    refusal: Refusal = no_manifest,
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
