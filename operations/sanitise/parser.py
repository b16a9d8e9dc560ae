"""The options of ``python -m operations sanitise``."""

import argparse
from pathlib import Path

from operations.data_files import RULES
from operations.options import add_database, add_workers, later
from operations.stopping import stoppable


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    for name, about in (
        ("init", "Draft the rules from a database; a person confirms each guess."),
        ("check", "Hold the rules against a database; no row is read."),
        ("copy", "Copy a database, masked, into an empty one; goes on after a break."),
    ):
        step = steps.add_parser(name, help=about, description=about)
        add_database(step)
        step.add_argument(
            "--rules", type=Path, default=Path(RULES), metavar="FILE", help="default: %(default)s"
        )
        step.set_defaults(run=stoppable()(later("operations.sanitise.command", name)))
    step.add_argument(
        "--target", required=True, metavar="CONNINFO", help="the empty database, as --database"
    )
    add_workers(step, "parts at once")
