"""Options that several commands have, and the keys that they read from the environment."""

import argparse
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from operations.errors import OperationError

LEAST_KEY_BYTES = 32
"""As long as the digest (RFC 2104, 3: a shorter key weakens it)."""


def later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Return what loads a command when it is run: AWS's SDK takes longer than ``--help`` may."""

    def run(options: argparse.Namespace) -> int:
        return int(getattr(import_module(module), name)(options))

    return run


def add_stack(step: argparse.ArgumentParser) -> None:
    """Add the stack, whether it is the sandbox's, and the project's folder."""
    step.add_argument("stack", metavar="STACK")
    step.add_argument("--sandbox", action="store_true", help="in the sandbox, not on AWS")
    step.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)


def add_json(step: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    step.add_argument("--json", action="store_true", help="machine-readable, on one line")


def add_database(step: argparse.ArgumentParser) -> None:
    """Add ``--database``."""
    step.add_argument(
        "--database",
        default="",
        metavar="CONNINFO",
        help="as libpq takes it, without a password: that is read from PGPASSWORD, a service "
        "or password file (default: what PGHOST, PGDATABASE and the others say)",
    )


def add_workers(step: argparse.ArgumentParser, about: str) -> None:
    """Add ``--workers``: one for each processor unless another number is given."""
    step.add_argument(
        "--workers",
        type=positive,
        default=os.cpu_count() or 1,
        help=f"{about} (default: %(default)s)",
    )


def at_least_zero(text: str) -> float:
    """Return an option's number; argparse refuses one that is none or below 0."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"must be 0 or more, got {text}")
    return number


def positive(text: str) -> int:
    """Return an option's number; ArgumentTypeError where it is less than 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {number}")
    return number


def key_of(variable: str) -> bytes:
    """Return a key; OperationError where it is too short to keep anything secret."""
    key = os.environ.get(variable, "").encode()
    if len(key) < LEAST_KEY_BYTES:
        raise OperationError(
            f"{variable}: must be set to a key of {LEAST_KEY_BYTES} or more characters, "
            f"got {len(key)}"
        )
    return key
