"""What commands say to people and machines, and what they ask before something is changed."""

import argparse
import json
import sys
from typing import Any

from operations.asking import typed
from operations.errors import OperationError
from operations.moments import shown


def agreed(options: argparse.Namespace, command: str, *, by_name: bool) -> bool:
    """Tell whether a person wants it: by ``--yes``, or by the stack's name that must be typed.

    By name only, ``--yes`` is not enough; ``--confirm STACK`` is, where nobody can be asked.
    Raises OperationError where nobody can be asked and nothing was given.
    """
    refuse_if_nobody_agrees(options, command, by_name=by_name)
    return _is_given(options, by_name=by_name) or typed(options.stack, command)


def refuse_if_nobody_agrees(options: argparse.Namespace, command: str, *, by_name: bool) -> None:
    """Raise OperationError where it must be asked for, and nobody can be asked."""
    if not (_is_given(options, by_name=by_name) or sys.stdin.isatty()):
        wanted = f"--confirm {options.stack}" if by_name else "--yes"
        raise OperationError(f"{command}: nobody can be asked here; give {wanted} or --dry-run")


def _is_given(options: argparse.Namespace, *, by_name: bool) -> bool:
    return bool(options.confirm == options.stack if by_name else options.yes)


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
