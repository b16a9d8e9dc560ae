"""A shell, and single commands, in which plain ``pulumi`` and AWS SDKs reach the sandbox."""

import os
import signal
import subprocess

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
    return subprocess.run(  # noqa: S603
        [program], cwd=session.root, env=environment, check=False
    ).returncode


def pulumi(session: Session, arguments: list[str]) -> int:
    """Run the engine's CLI as it is, in the sandbox; signals reach it as if it ran alone."""
    process = subprocess.Popen(  # noqa: S603
        [session.cli(), *arguments], cwd=session.project, env=session.environment()
    )
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
    if CHANGING.intersection(arguments):
        session.tell("save")
    return code if code >= 0 else 128 - code
