"""``load STACK``: load in proportion to the environment's size, and whether it bears it.

Exit codes: 0 where it does, 1 where it does not or the load was not reached, 2 for what is refused.
"""

import argparse
from importlib import import_module
from pathlib import Path

from operations.environment.options import add_ways

HISTORY = Path(".reports/load.jsonl")
PROFILES = ("smoke", "steady", "peak")
SLOWER_PERCENT = 25


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_ways(parser)
    parser.add_argument("--profile", choices=PROFILES, required=True, help="how much load")
    parser.add_argument(
        "--path", nargs="+", action="extend", default=[], metavar="PATH",
        help="what is asked for, in turn (default: / and the health path)",
    )  # fmt: skip
    parser.add_argument(
        "--url", default="", metavar="URL", help="another name of the same site (default: its own)"
    )
    parser.add_argument(
        "--seconds", type=int, default=0, metavar="N", help="in place of what the profile says"
    )
    parser.add_argument(
        "--baseline",
        type=Path,
        default=HISTORY,
        metavar="FILE",
        help="where runs are written, and the last one like this is found (default: %(default)s)",
    )
    parser.add_argument(
        "--slower-percent", type=int, default=SLOWER_PERCENT, metavar="N",
        help="by how much the p95 may rise from that one (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument(
        "--confirm", default="", metavar="STACK", help="production's name, where nobody is asked"
    )
    parser.set_defaults(run=_load, yes=True)


def _load(options: argparse.Namespace) -> int:
    return int(import_module("operations.environment.loading").load(options))
