"""Whether a stack may go back to an earlier release, as ``rollback-check`` tells it.

Exit codes: 0 where it may, 1 where it may not, 2 for what is refused.
"""

import argparse
import json
from dataclasses import asdict

from operations import engine
from operations.place import outputs
from operations.releases.merge import known_releases
from operations.rollback_gate import Decision, decide
from settings.stack import REFERENCE

NOT_ALLOWED = 1


def run(options: argparse.Namespace) -> int:
    """Decide, and say it."""
    found = decide(
        known_releases(options.root.resolve(), sandbox=options.sandbox),
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
