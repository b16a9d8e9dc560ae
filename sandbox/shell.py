"""A shell, and single commands, in which plain ``pulumi`` and AWS SDKs reach the sandbox."""

import os
import sys

from sandbox import child
from sandbox.session import Session

CHANGING = {"up", "update", "destroy", "down", "import", "refresh", "state"}
"""The engine's commands after which the sandbox's AWS is saved."""


def interactive(session: Session) -> int:
    """Run the user's shell; the sandbox's AWS runs as long as it does."""
    environment = {**session.environment(), "PS1": "(sandbox) \\w $ "}
    print(  # noqa: T201  (this is the shell's greeting)
        "pulumi and AWS SDKs reach the sandbox here: try `pulumi preview -s staging`.\n"
        "AWS_PROFILE=staging or AWS_PROFILE=production chooses the account. `exit` leaves."
    )
    program = os.environ.get("SHELL", "/bin/sh")
    with child.running(
        session, [program], child.SHELL, cwd=session.root, env=environment
    ) as process:
        return process.wait()


def pulumi(session: Session, arguments: list[str]) -> int:
    """Run the engine's CLI as it is, in the sandbox; signals reach it as if it ran alone."""
    # Only who shares the terminal's foreground can read from it.
    passes = child.ON_TERMINAL if sys.stdin.isatty() else child.ALONE
    try:
        with child.running(
            session,
            [session.cli(), *arguments],
            passes,
            cwd=session.project,
            env=session.environment(),
        ) as process:
            code = process.wait()
    finally:
        if CHANGING.intersection(arguments):
            session.tell("save")
    return code if code >= 0 else 128 - code
