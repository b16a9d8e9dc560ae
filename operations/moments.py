"""Moments as commands, names and tags hold them: UTC, to the second."""

from datetime import UTC, datetime

from operations.errors import OperationError

FORM = "%Y-%m-%dT%H:%M:%SZ"


def moment(text: str, option: str = "--to-time") -> datetime:
    """Return the moment that an option names; OperationError where it is not one in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not text.endswith("Z"):
        raise OperationError(
            f"{option}: must be a moment in UTC such as 2026-01-31T09:00:00Z, got {text!r}"
        )
    return found.astimezone(UTC)


def shown(when: datetime) -> str:
    """Return a moment as text: ``2026-01-31T09:00:00Z``."""
    return when.astimezone(UTC).strftime(FORM)


def suffix(when: datetime) -> str:
    """Return a moment as the end of an identifier: ``20260131t090000z``."""
    return when.astimezone(UTC).strftime("%Y%m%dt%H%M%Sz")
