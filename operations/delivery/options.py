"""Options that deploying and rolling back have alike."""

import argparse

from operations.delivery.verify_command import add_minutes
from operations.options import add_json, add_stack


def add_changing(parser: argparse.ArgumentParser) -> None:
    """Add the stack, and how what changes it is agreed to."""
    add_stack(parser)
    parser.add_argument("--dry-run", action="store_true", help="preview and judge only")
    parser.add_argument("--yes", action="store_true", help="without asking; not for production")
    parser.add_argument(
        "--confirm",
        default="",
        metavar="STACK",
        help="production's name, where nobody is asked",
    )
    add_minutes(parser)
    add_json(parser)
