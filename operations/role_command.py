"""The options of ``python -m operations role``."""

import argparse

from operations.options import add_stack, later


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    parser.add_argument("role", metavar="ROLE", help="its name in each account")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be changed")
    parser.set_defaults(run=later("operations.role", "run"))
