"""Every check of a deployed environment, in the order in which a person would ask."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from operations.environment.check import Check
from operations.environment.checks import (
    database,
    dns,
    entrance,
    health,
    secrets,
    services,
    site,
    tls,
    watch,
)
from operations.errors import OperationError

CHECKS: tuple[Check, ...] = (
    *health.CHECKS,
    *dns.CHECKS,
    *tls.CHECKS,
    *site.CHECKS,
    *entrance.CHECKS,
    *services.CHECKS,
    *secrets.CHECKS,
    *database.CHECKS,
    *watch.CHECKS,
)


def quick() -> list[Check]:
    """Return what ``health`` asks."""
    return [check for check in CHECKS if check.quick]


def chosen(patterns: Sequence[str]) -> list[Check]:
    """Return the checks of some names, which may hold ``*``; all where none is given.

    OperationError for a name that no check has.
    """
    for pattern in patterns:
        if not any(fnmatchcase(check.id, pattern) for check in CHECKS):
            raise OperationError(
                f"--only: must be the name of a check, or one with *, got {pattern!r}; "
                "`test-staging --list` shows them"
            )
    return [
        check
        for check in CHECKS
        if not patterns or any(fnmatchcase(check.id, pattern) for pattern in patterns)
    ]
