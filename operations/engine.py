"""The engine's command line, on AWS or in the sandbox."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from operations.errors import OperationError

SANDBOX = (sys.executable, "-m", "sandbox", "pulumi", "--")


def pulumi(*, sandbox: bool) -> Sequence[str]:
    """Return how ``pulumi`` is called."""
    return SANDBOX if sandbox else ("pulumi",)


@contextmanager
def held(root: Path, *, sandbox: bool) -> Iterator[Sequence[str]]:
    """Give how ``pulumi`` is called; the sandbox's AWS then runs on between the calls."""
    if not sandbox:
        yield pulumi(sandbox=False)
        return
    from sandbox.errors import SandboxError  # noqa: PLC0415  (heavy, and `--help` needs none of it)
    from sandbox.session import Session  # noqa: PLC0415

    try:
        with Session(root):
            yield pulumi(sandbox=True)
    except SandboxError as error:
        raise OperationError(str(error)) from None
