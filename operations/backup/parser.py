"""The options of ``python -m operations backup``."""

import argparse
from pathlib import Path

from operations.options import add_json, add_stack, later

HISTORY = Path(".reports/backup-drills.jsonl")


RUNS = {
    "list": "run_list",
    "verify": "run_verify",
    "restore": "restore",
    "swap": "run_swap",
    "undo": "run_undo",
    "drill": "run_drill",
}
"""By step, what runs it."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    for name, step in add_steps(parser).items():
        step.set_defaults(run=later("operations.backup.command", RUNS[name]))


def add_steps(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Add the command's steps to its parser; return them by name."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    made = {}
    for name, about in (
        ("list", "Every backup of the database, and the window of its recovery."),
        ("verify", "Whether the backups are what the settings promise."),
        ("restore", "Restore beside the live database, and check it by SQL."),
        ("swap", "Put the restored database in the live one's place."),
        ("undo", "Take the last swap back."),
        ("drill", "Restore, check, measure, write down, and delete what was restored."),
    ):
        step = steps.add_parser(name, help=about, description=about)
        add_stack(step)
        add_json(step)
        made[name] = step
    for name in ("restore", "swap", "undo", "drill"):
        made[name].add_argument(
            "--dry-run", action="store_true", help="only say what would be done"
        )
    for name in ("restore", "swap", "undo"):
        made[name].add_argument(
            "--yes",
            action="store_true",
            help="without asking; production is asked for all the same",
        )
    for name in ("restore", "drill"):
        _add_source(made[name])
    made["swap"].add_argument(
        "--restored", default="", metavar="NAME", help="which restored database, where several are"
    )
    for name in ("swap", "undo"):
        made[name].add_argument(
            "--confirm",
            default="",
            metavar="STACK",
            help="production's name, where nobody is asked",
        )
    _add_drill(made["drill"])
    return made


def _add_source(step: argparse.ArgumentParser) -> None:
    step.add_argument("--to-time", metavar="TIME", help="a moment in UTC: 2026-01-31T09:00:00Z")
    step.add_argument("--snapshot", default="", metavar="NAME", help="name or ARN of a snapshot")
    add_reach(step)


def add_reach(step: argparse.ArgumentParser) -> None:
    """Add how a restored and the live database are reached, and what their data must fit."""
    for name, which in (("--connect", "restored"), ("--connect-live", "live")):
        step.add_argument(
            name,
            default="",
            metavar="CONNINFO",
            help=f"how the {which} database is reached where not at its own address (a tunnel); no "
            "password: that is read from PGPASSWORD, a service or password file",
        )
    step.add_argument(
        "--release", default="", metavar="VERSION", help="that the data must fit (default: running)"
    )


def _add_drill(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--history", type=Path, default=HISTORY, metavar="FILE", help="default: %(default)s"
    )
    step.add_argument(
        "--base-backup",
        type=Path,
        metavar="DIR",
        help="on this machine instead: what pg_basebackup wrote; needs --archive, --connect-live",
    )
    step.add_argument("--archive", type=Path, metavar="DIR", help="the WAL that was archived")
