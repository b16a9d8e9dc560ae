"""``python -m operations deploy``: one release brought out, looked at, and recorded.

Exit codes: 0 where it runs well, 1 where it was stopped, failed or was taken back, 2 for what is
refused before anything was changed.
"""

import argparse
from pathlib import Path

from operations.delivery.options import add_changing
from operations.options import at_least_zero

MIGRATION_MINUTES = 30.0


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_changing(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--image", default="", metavar="REF", help="by digest; default: the stack file's"
    )
    which.add_argument(
        "--from",
        dest="source",
        default="",
        metavar="STACK",
        help="the newest release that was tested there",
    )
    which.add_argument(
        "--plan", type=Path, metavar="FILE", help="apply what --plan-only wrote, and was reviewed"
    )
    parser.add_argument("--version", default="", metavar="V", help="of --image")
    parser.add_argument(
        "--migrations",
        type=Path,
        metavar="FILE",
        help="the steps of the release's schema, for the ledger: `migrations: [{id, reversible}]` "
        "(default: the project's migrations.yaml, for the release of the stack file)",
    )
    parser.add_argument(
        "--migration-minutes",
        type=at_least_zero,
        default=MIGRATION_MINUTES,
        metavar="N",
        help="how long the migration may take (default: %(default)g)",
    )
    parser.add_argument(
        "--no-rollback", action="store_true", help="leave a release that fails as it is"
    )
    parser.add_argument(
        "--plan-only", type=Path, metavar="FILE", help="write a plan to review; change nothing"
    )
    parser.set_defaults(run=_deploy)


def _deploy(options: argparse.Namespace) -> int:
    from operations.delivery.deploy import deploy  # noqa: PLC0415  (boto3 takes time to load)

    return deploy(options)
