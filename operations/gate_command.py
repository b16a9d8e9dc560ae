"""The options of ``python -m operations gate``."""

import argparse

from operations.options import add_stack, later


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    parser.add_argument("--dry-run", action="store_true", help="preview and judge only")
    parser.add_argument("--yes", action="store_true", help="update without asking")
    parser.set_defaults(run=later("operations.gate", "run"))
