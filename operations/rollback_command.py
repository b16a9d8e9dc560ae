"""``python -m operations rollback-check``: what it takes."""

import argparse

from operations.options import add_json, add_stack, later


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    parser.add_argument("release", metavar="RELEASE", help="a version or digest of releases.yaml")
    parser.add_argument(
        "--running", default="", metavar="RELEASE", help="default: what the stack's outputs say"
    )
    add_json(parser)
    parser.set_defaults(run=later("operations.rollback_check", "run"))
