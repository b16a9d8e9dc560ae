"""What the operations refuse."""

from collections.abc import Iterator
from contextlib import contextmanager

from policies.errors import PolicyError


class OperationError(Exception):
    """A command that is refused before anything was changed: one line, exit code 2."""

    exit_code = 2


class UnfinishedError(OperationError):
    """Work that was begun and did not come to its end: one line, exit code 1."""

    exit_code = 1


@contextmanager
def refusals() -> Iterator[None]:
    """Let what the policies refuse, such as a file of theirs, be what the command refuses."""
    try:
        yield
    except PolicyError as error:
        raise OperationError(str(error)) from None


@contextmanager
def startable(command: str) -> Iterator[None]:
    """Let a command that is not there be what is refused.

    Where the search path has a folder that may not be looked into, one that is nowhere counts as
    not permitted (execve(2), EACCES).
    """
    try:
        yield
    except FileNotFoundError:
        raise OperationError(f"{command}: there is no such command") from None
    except PermissionError:
        raise OperationError(f"{command}: there is no such command that may be run") from None


def one_line(error: Exception) -> str:
    """Return what an error says, however many lines it takes; its kind where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
