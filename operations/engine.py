"""The engine's command line, on AWS or in the sandbox."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from operations.errors import OperationError, startable

SANDBOX = (sys.executable, "-m", "sandbox", "pulumi", "--")


def pulumi(*, sandbox: bool) -> Sequence[str]:
    """Return how ``pulumi`` is called."""
    return SANDBOX if sandbox else ("pulumi",)


def refuse_unknown_stack(root: Path, stack: str) -> None:
    """Raise OperationError for a stack without a file."""
    if not (root / f"Pulumi.{stack}.yaml").is_file():
        raise OperationError(f"{stack}: there is no Pulumi.{stack}.yaml")


def run(
    root: Path, command: Sequence[str], *, timeout: float | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the engine, the sandbox or git to its end in a project; what it says is not shown.

    Raises OperationError where there is no such command, and subprocess.TimeoutExpired after
    ``timeout`` seconds.
    """
    with startable(command[0]):
        return subprocess.run(  # noqa: S603  (the engine, this interpreter or git)
            command, cwd=root, capture_output=True, text=True, check=False, timeout=timeout
        )


def outputs(root: Path, stack: str, command: Sequence[str]) -> dict[str, Any]:
    """Return a stack's outputs, none where it was never updated.

    ``command`` calls ``pulumi``. OperationError where the engine does not tell them.
    """
    done = run(root, [*command, "stack", "output", "--json", "--stack", stack])
    with suppress(ValueError):
        found = json.loads(done.stdout)
        if done.returncode == 0 and isinstance(found, dict):
            return found
    raise OperationError(f"{stack}: no outputs: {last_line(done.stderr, 'the engine failed')}")


def last_line(said: str, otherwise: str) -> str:
    """Return the last line of what the engine says, in which it tells what is wrong."""
    lines = said.strip().splitlines()
    return lines[-1] if lines else otherwise


@contextmanager
def held(root: Path, *, sandbox: bool) -> Iterator[Sequence[str]]:
    """Give how ``pulumi`` is called; the sandbox's AWS then runs on between the calls."""
    if not sandbox:
        yield pulumi(sandbox=False)
        return
    from sandbox.errors import SandboxError  # noqa: PLC0415  (heavy, and `--help` needs none of it)
    from sandbox.session import Session  # noqa: PLC0415

    try:
        with Session(root, engine_first=True):
            yield pulumi(sandbox=True)
    except SandboxError as error:
        raise OperationError(str(error)) from None
