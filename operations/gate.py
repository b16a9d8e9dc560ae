"""Preview with every policy, and update to exactly what was previewed.

A policy over the whole stack that fires during an update fires when everything has been made. So
the preview is what is judged, its plan is kept, and the engine holds the update to that plan.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from operations.errors import OperationError

PLANS = ".plans"
UNDECIDED = b"can't run policy"
"""How the engine tells that a policy said nothing; it calls that advice, and goes on."""
STOPPED = 1

Confirm = Callable[[], bool]


def gate(root: Path, stack: str, pulumi: Sequence[str], *, confirm: Confirm, dry_run: bool) -> int:
    """Preview, judge, and update a stack; return 0 where all went well and 1 where it did not.

    Raises OperationError where the stack has no file.
    """
    if not (root / f"Pulumi.{stack}.yaml").is_file():
        raise OperationError(f"{stack}: there is no Pulumi.{stack}.yaml")
    folder = root / PLANS
    folder.mkdir(mode=0o700, exist_ok=True)
    plan = folder / f"{stack}-{os.getpid()}.json"
    common = ["--stack", stack, "--policy-pack", "policies", "--non-interactive"]
    try:
        code, said = _run(root, [*pulumi, "preview", *common, "--save-plan", str(plan)])
        if code != 0:
            return _stopped("the preview failed or a policy forbids it; nothing was changed")
        if UNDECIDED in said:
            return _stopped("a policy could not be run; nothing was changed")
        if dry_run or not confirm():
            print("nothing was changed")  # noqa: T201
            return 0
        code, _ = _run(
            root, [*pulumi, "up", *common, "--plan", str(plan), "--yes", "--skip-preview"]
        )
        return 0 if code == 0 else _stopped("the update failed: read the lines above")
    finally:
        # It holds the whole environment; its secrets are encrypted, and still it need not stay.
        shutil.rmtree(folder, ignore_errors=True)


def _stopped(why: str) -> int:
    print(f"stopped: {why}", file=sys.stderr)  # noqa: T201
    return STOPPED


def _run(root: Path, command: Sequence[str]) -> tuple[int, bytes]:
    """Run a command, show what it says as it says it, and return that with its exit code."""
    said = bytearray()
    try:
        with subprocess.Popen(  # noqa: S603  (the engine)
            command,
            cwd=root,
            # Plans are still behind this switch.
            env={**os.environ, "PULUMI_EXPERIMENTAL": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            while chunk := os.read(process.stdout.fileno(), 1 << 16) if process.stdout else b"":
                said += chunk
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
    except FileNotFoundError:
        raise OperationError(f"{command[0]}: there is no such command") from None
    return process.returncode, bytes(said)
