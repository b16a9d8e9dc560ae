"""``python -m operations rollback-check``: whether a stack may go back to an earlier release.

Exit codes: 0 where it may, 1 where it may not, 2 for what is refused.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from operations import engine
from operations.backup.place import outputs
from operations.errors import refusals
from operations.rollback_gate import Decision, decide
from policies.releases import load_releases
from settings.stack import REFERENCE

NOT_ALLOWED = 1


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    about = "Whether a stack may go back to an earlier release, by the migrations in between."
    own = commands.add_parser("rollback-check", help=about, description=about)
    own.add_argument("stack", metavar="STACK")
    own.add_argument("release", metavar="RELEASE", help="a version or digest of releases.yaml")
    own.add_argument(
        "--running", default="", metavar="RELEASE", help="default: what the stack's outputs say"
    )
    own.add_argument("--json", action="store_true", help="machine-readable, on one line")
    own.add_argument("--sandbox", action="store_true", help="in the sandbox, not on AWS")
    own.add_argument("--root", type=Path, default=Path(), help=argparse.SUPPRESS)
    own.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    with refusals():
        releases = load_releases(options.root)
    found = decide(
        releases,
        stack=options.stack,
        running=options.running or _running(options),
        wanted=options.release,
        reference=REFERENCE,
    )
    _say(options, found)
    return 0 if found.allowed else NOT_ALLOWED


def _running(options: argparse.Namespace) -> str:
    """Return the digest of the image that the stack runs."""
    pulumi = engine.pulumi(sandbox=options.sandbox)
    image = str(outputs(options.root.resolve(), options.stack, pulumi)["releaseImage"])
    return image.rpartition("@")[2]


def _say(options: argparse.Namespace, found: Decision) -> None:
    if options.json:
        told = {**asdict(found), "way": found.way.value, "allowed": found.allowed}
        print(json.dumps(told))  # noqa: T201
        return
    print(f"{found.way.value}: {found.why}")  # noqa: T201
    if found.undo:
        print(f"undo first, in this order: {', '.join(found.undo)}")  # noqa: T201
    if found.restore:
        print(f"the schema of before, with the data of then: {found.restore}")  # noqa: T201
