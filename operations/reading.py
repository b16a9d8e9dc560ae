"""The role that only reads, where the environment names one for the program's providers."""

from operations.errors import OperationError
from settings import SettingsError
from settings.provider_roles import VARIABLE, reading_role


def reading() -> str:
    """Return that role, or nothing; OperationError where it is no role's name."""
    try:
        return reading_role()
    except SettingsError as error:
        raise OperationError(str(error)) from None


def refuse_to_change() -> None:
    """Raise OperationError where there is one: the update would fail in its middle."""
    if role := reading():
        raise OperationError(
            f"{VARIABLE}: must not be set where something is changed, got {role}, which only reads"
        )
