"""What the backup commands say to people and machines, and what they ask."""

import argparse
import json
import sys
from typing import Any

from operations.asking import typed
from operations.errors import OperationError
from operations.moments import shown
from settings.stack import REFERENCE


def agreed(options: argparse.Namespace, what: str) -> bool:
    """Ask for the stack's name; production's is asked for even with ``--yes``, save a restore."""
    by_name = options.stack == REFERENCE and what != "restore"
    if by_name and options.confirm == options.stack:
        return True
    if options.yes and not by_name:
        return True
    if not sys.stdin.isatty():
        wanted = f"--confirm {options.stack}" if by_name else "--yes"
        raise OperationError(f"backup {what}: nobody can be asked here; give {wanted} or --dry-run")
    return typed(options.stack, what)


def nothing(options: argparse.Namespace) -> int:
    """Say that nothing was changed; that is well."""
    say("nothing was changed", options)
    return 0


def as_json(told: dict[str, Any]) -> int:
    """Say one line of JSON."""
    say(json.dumps(told, default=shown))
    return 0


def progress(line: str) -> None:
    """Say how far something is, beside what is said to whoever reads the answer."""
    print(f"  {line}", file=sys.stderr)  # noqa: T201


def say(line: str, options: argparse.Namespace | None = None) -> None:
    """Say a line; beside JSON it goes where progress goes."""
    if options is not None and options.json:
        progress(line)
    else:
        print(line)  # noqa: T201
