"""``python -m operations refresh``: run production's data refresh, and take its snapshots over.

Exit codes: 0 for well, 1 where a run, a copy or a deletion failed, 2 for what is refused.
"""

import argparse
from typing import Any

from operations.backup.parser import add_reach
from operations.options import add_json, add_stack, later, positive

KEPT = 2
"""How many snapshots stay at least."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    about = "Start the data refresh, wait for its end, and fetch its manifest."
    start = _changing(_step(steps, "start", about))
    start.add_argument(
        "--snapshot", default="", metavar="NAME", help="of production (default: its newest backup)"
    )
    start.add_argument("--no-wait", action="store_true", help="leave it once it is started")
    about = "Wait for the run that is under way, and fetch the manifest of the last one."
    _step(steps, "fetch", about).add_argument(
        "--snapshot", default="", metavar="NAME", help="whose manifest (default: the last run's)"
    )
    _step(steps, "status", "The last run, and which sanitised snapshots there are.")
    _add_take_over(steps)
    about = "Delete old sanitised snapshots of the stack's account, and nothing else."
    prune = _changing(_step(steps, "prune", about))
    prune.add_argument(
        "--keep",
        type=positive,
        default=KEPT,
        metavar="N",
        help="the newest stay (default: %(default)s)",
    )
    prune.add_argument("--older-than", type=positive, metavar="DAYS", help="younger ones stay too")


def _add_take_over(steps: Any) -> None:
    about = "Copy the newest shared snapshot that a manifest vouches for, with the stack's own key."
    step = _changing(_step(steps, "take-over", about), production=False)
    step.add_argument("--snapshot", default="", metavar="NAME", help="another one, by name or ARN")
    step.add_argument(
        "--restore", action="store_true", help="then restore it, as `backup restore` does"
    )
    add_reach(step)


def _step(steps: Any, name: str, about: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=about, description=about)
    add_stack(step)
    add_json(step)
    step.set_defaults(run=later(f"operations.refresh.{name.replace('-', '_')}", "run"))
    return step


def _changing(step: argparse.ArgumentParser, *, production: bool = True) -> argparse.ArgumentParser:
    """Add how a step is tried and agreed to, where it may meet production by its name."""
    step.add_argument("--dry-run", action="store_true", help="only say what would be done")
    asked = "; production is asked for all the same" if production else ""
    step.add_argument("--yes", action="store_true", help=f"without asking{asked}")
    if production:
        step.add_argument(
            "--confirm",
            default="",
            metavar="STACK",
            help="production's name, where nobody is asked",
        )
    return step
