"""A stack's settings, as a command is given them: what refuses them refuses the command."""

from pathlib import Path

import settings
from operations.errors import OperationError
from settings import Settings, SettingsError


def loaded(root: Path, stack: str) -> Settings:
    """Return what a stack is told; OperationError, a line for each mistake, where it is refused."""
    try:
        return settings.load(root, stack)
    except SettingsError as error:
        raise OperationError(str(error)) from None
