"""Preview with every policy, and update to exactly what was previewed.

A policy over the whole stack that fires during an update fires when everything has been made. So
the preview is what is judged, its plan is kept, and the engine holds the update to that plan.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from operations import engine
from operations.asking import typed
from operations.errors import OperationError, startable
from operations.reading import refuse_to_change
from operations.stack_settings import loaded
from policies import kept
from policies.releases import SANDBOX_VARIABLE

PLANS = ".plans"
UNDECIDED = b"can't run policy"
"""How the engine tells that a policy said nothing; it calls that advice, and goes on."""
STOPPED = 1

LOCKED = b"the stack is currently locked by"

Confirm = Callable[[], bool]


class LockedError(Exception):
    """Another update holds the stack, or one that was killed; it is what the engine says of it."""


@dataclass(frozen=True)
class Gate:
    """The way of a stack's updates; what the engine says is shown as it says it."""

    root: Path
    stack: str
    pulumi: Sequence[str]
    out: BinaryIO | None = None
    """Where that is shown; None for the standard output."""

    def preview(self, plan: Path) -> str:
        """Judge what an update would do and write its plan; return why it stops, or nothing."""
        code, said = self._run("preview", "--save-plan", str(plan))
        if code != 0:
            return "the preview failed or a policy forbids it; nothing was changed"
        if UNDECIDED in said:
            return "a policy could not be run; nothing was changed"
        return ""

    def update(self, plan: Path) -> str:
        """Update to a plan; return why that failed, or nothing.

        Raises LockedError where nothing was begun.
        """
        code, said = self._run("up", "--plan", str(plan), "--yes", "--skip-preview")
        if code != 0 and LOCKED in said:
            raise LockedError(said[said.index(LOCKED) :].decode(errors="replace"))
        return "" if code == 0 else "the update failed: read the lines above"

    @contextmanager
    def plan(self) -> Iterator[Path]:
        """Give a place for a plan.

        It holds the whole environment; its secrets are encrypted, and still it need not stay.
        """
        folder = self.root / PLANS
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            yield folder / f"{self.stack}-{os.getpid()}.json"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, command: str, *words: str) -> tuple[int, bytes]:
        common = ["--stack", self.stack, "--policy-pack", "policies", "--non-interactive"]
        return _run(self.root, [*self.pulumi, command, *common, *words], self.out)


def run(options: argparse.Namespace) -> int:
    """Run the command; OperationError where nobody can be asked, or the stack has no file."""
    if not options.yes and not options.dry_run and not sys.stdin.isatty():
        raise OperationError("gate: nobody can be asked here; give --yes or --dry-run")
    if not options.dry_run:
        refuse_to_change()
    if options.sandbox:
        # A stack of the sandbox is made when it is first asked for; on AWS a person makes it.
        select = [*engine.SANDBOX, "stack", "select", "--create", options.stack]
        done = subprocess.run(select, check=False, cwd=options.root)  # noqa: S603  (this interpreter)
        if done.returncode:
            return done.returncode  # It has said why.
    return gate(
        options.root.resolve(),
        options.stack,
        engine.pulumi(sandbox=options.sandbox),
        confirm=lambda: options.yes or typed(options.stack, "update it"),
        dry_run=options.dry_run,
    )


def gate(root: Path, stack: str, pulumi: Sequence[str], *, confirm: Confirm, dry_run: bool) -> int:
    """Preview, judge, and update a stack; return 0 where all went well and 1 where it did not.

    Raises OperationError where the stack has no file, and where another release would go out.
    """
    engine.refuse_unknown_stack(root, stack)
    if not dry_run:
        refuse_other_release(root, stack, pulumi)
    way = Gate(root, stack, pulumi)
    with way.plan() as plan:
        if why := way.preview(plan):
            return _stopped(why)
        if dry_run or not confirm():
            print("nothing was changed")  # noqa: T201
            return 0
        try:
            why = way.update(plan)
        except LockedError:
            why = "another update holds the stack; nothing was changed"
        return _stopped(why) if why else 0


def refuse_other_release(root: Path, stack: str, pulumi: Sequence[str]) -> None:
    """Raise OperationError where the stack file says another release than the one that runs.

    An update alone neither migrates nor looks whether the release runs well. The file may also be
    the older one: a promotion writes its release into it only by a pull request.
    """
    outputs = engine.outputs(root, stack, pulumi)
    running, version = outputs.get("releaseImage"), outputs.get("releaseVersion")
    said = loaded(root, stack).identity.release
    if running and (running, version) != (said.image, said.version):
        raise OperationError(
            f"Pulumi.{stack}.yaml: identity.release: {version} runs, this says {said.version}; "
            f"write what runs ({version}, {running}) there, or let `deploy` or `rollback` change "
            "the release"
        )


def _stopped(why: str) -> int:
    print(f"stopped: {why}", file=sys.stderr)  # noqa: T201
    return STOPPED


def _run(root: Path, command: Sequence[str], out: BinaryIO | None) -> tuple[int, bytes]:
    """Run a command, show what it says as it says it, and return that with its exit code.

    An interrupt is passed on, once for each, and the command's own end waited for: the engine then
    finishes what is under way, saves the state and gives its lock back.
    """
    to = out or sys.stdout.buffer
    said = bytearray()
    # Plans are still behind this switch. What counts in the sandbox alone must not elsewhere: its
    # own engine sets the variable again.
    environment = {**os.environ, "PULUMI_EXPERIMENTAL": "true"}
    # What the preview's policies record is there for the update's, as long as the plan is.
    environment.setdefault(kept.VARIABLE, str(root / PLANS))
    environment.pop(SANDBOX_VARIABLE, None)
    stopped: KeyboardInterrupt | None = None
    with startable(command[0]):
        process = subprocess.Popen(  # noqa: S603  (the engine)
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Out of reach of the terminal's own interrupt: two of them would break it off.
            process_group=0,
        )
    with process:
        while True:
            try:
                chunk = os.read(process.stdout.fileno(), 1 << 16) if process.stdout else b""
            except KeyboardInterrupt as stop:
                stopped = stop
                process.send_signal(signal.SIGINT)
                continue
            if not chunk:
                break
            said += chunk
            to.write(chunk)
            to.flush()
    if stopped is not None:
        raise stopped
    return process.returncode, bytes(said)
