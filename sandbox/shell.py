"""A shell, and single commands, in which plain ``pulumi`` and AWS SDKs reach the sandbox."""

import os
import sys
from pathlib import Path

from sandbox import child, operator
from sandbox.errors import SandboxError
from sandbox.session import Session

CHANGING = {"up", "update", "destroy", "down", "import", "refresh", "state"}
"""The engine's commands after which the sandbox's AWS is saved."""
PATHS = {"--event-log", "--file", "--plan", "--save-plan"}
"""The engine's options that name a file: as seen from the folder of whoever asks."""
CREATING = {"--create", "-c"}
"""The options of ``pulumi stack select`` that make a stack where there is none."""
PROVIDER = "--secrets-provider"
SETTING = {"cp", "refresh", "rm", "rm-all", "set", "set-all"}
"""What ``pulumi config`` would write into a copy of the stack file that is made anew each time."""


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
    """Run the engine's CLI as it is, in the sandbox; signals reach it as if it ran alone.

    Raises SandboxError for a change of settings other than by their files.
    """
    if arguments[:1] == ["config"] and SETTING.intersection(arguments[1:2]):
        raise SandboxError(f"config {arguments[1]}: settings live in Pulumi.<stack>.yaml, edit it")
    # Only who shares the terminal's foreground can read from it.
    passes = child.ON_TERMINAL if sys.stdin.isatty() else child.ALONE
    try:
        with child.running(
            session,
            [session.cli(), *with_key(from_here(arguments))],
            passes,
            cwd=session.project,
            env=session.environment(),
        ) as process:
            code = process.wait()
    finally:
        if CHANGING.intersection(arguments):
            session.tell("save")
    return code if code >= 0 else 128 - code


def with_key(arguments: list[str]) -> list[str]:
    """Return the arguments with the sandbox's key for a stack that would be made with none.

    The engine would want a passphrase, which the sandbox has none of.
    """
    makes = arguments[:2] == ["stack", "init"] or (
        arguments[:2] == ["stack", "select"] and not CREATING.isdisjoint(arguments)
    )
    if makes and not any(each.partition("=")[0] == PROVIDER for each in arguments):
        return [*arguments, PROVIDER, operator.SECRETS_PROVIDER]
    return arguments


def from_here(arguments: list[str]) -> list[str]:
    """Return the arguments with absolute paths: the engine works in another folder."""
    told = []
    for before, argument in zip(["", *arguments], arguments, strict=False):
        name, equals, value = argument.partition("=")
        if before in PATHS:
            told.append(str(Path(argument).absolute()))
        elif equals and name in PATHS:
            told.append(f"{name}={Path(value).absolute()}")
        else:
            told.append(argument)
    return told
