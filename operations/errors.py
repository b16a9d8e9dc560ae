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


def one_line(error: Exception) -> str:
    """Return what an error says, however many lines it takes; its kind where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
