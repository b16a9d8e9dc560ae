"""``python -m operations rollback``: back to a release that ran well, by default the last one.

Exit codes: 0 where it runs well, 1 where the schema stands in the way or it does not run well, 2
for what is refused before anything was changed.
"""

import argparse

from operations.delivery.options import add_changing

FAILED = 1


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_changing(parser)
    parser.add_argument(
        "--to", default="", metavar="RELEASE", help="a version or digest (default: the last good)"
    )
    parser.add_argument(
        "--configuration",
        action="store_true",
        help="the whole project as of that release's record, not its image alone",
    )
    parser.add_argument(
        "--undone",
        action="store_true",
        help="the migrations since that release have been undone",
    )
    parser.set_defaults(run=_rollback)


def _rollback(options: argparse.Namespace) -> int:
    from operations.delivery.rolling import rollback  # noqa: PLC0415  (boto3 takes time to load)

    return rollback(options)
