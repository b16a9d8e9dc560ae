"""``validate [STACK]``: whether an update can begin. Nothing is changed anywhere.

Exit codes: 0 where it can, 1 where a check failed or nobody can tell, 2 for what is refused.
"""

import argparse
from importlib import import_module
from pathlib import Path

from operations.options import add_json


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    parser.add_argument(
        "stack",
        metavar="STACK",
        nargs="?",
        default="",
        help="asks its account and its state too; without it, settings and tools alone",
    )
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--junit", type=Path, metavar="FILE", help="JUnit XML, for CI")
    add_json(parser)
    parser.set_defaults(run=_validate)


def _validate(options: argparse.Namespace) -> int:
    return int(import_module("operations.environment.validating").validate(options))
