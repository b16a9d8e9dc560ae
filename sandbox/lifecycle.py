"""Bringing stacks up, changing, refreshing, recovering and deleting them in the sandbox."""

import contextlib
import errno
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox import control, folder, lost, outcome, processes, recovery, run, summary
from sandbox.errors import SandboxError
from sandbox.progress import Progress
from sandbox.session import Session

STOP_SECONDS = 30.0
console = Console(soft_wrap=True)


def up(session: Session, stacks: list[str]) -> int:
    """Bring the stacks up one after the other, then show what runs where."""
    for stack in stacks:
        run.ensure_stack(session, stack)
        if not _done(session, stack, "up", "--yes", "--skip-preview"):
            return 1
        session.tell("save")
    return status(session.folder, stacks)


def preview(session: Session, stacks: list[str]) -> int:
    """Show what an update would change; the engine's own preview stands in the log."""
    for stack in stacks:
        run.ensure_stack(session, stack)
        if not _done(session, stack, "preview", "--diff"):
            return 1
    return 0


def refresh(session: Session, stacks: list[str]) -> int:
    """Read every resource and record what is there; 1 when something had changed."""
    drifted = False
    for stack in stacks:
        with Progress(f"{stack}: refresh") as progress:
            result = run.engine(
                session, stack, "refresh", "--yes", "--skip-preview", tell=progress.tell
            )
        _say(session, stack, "refresh", result)
        if result.code != 0:
            return 1
        drifted |= bool(result.changed)
    return 1 if drifted else 0


def destroy(session: Session, stacks: list[str], *, dry_run: bool = False) -> int:
    """Delete the stacks' resources; the preview refuses before anything that is protected.

    The preview is a run of its own: in one run it would have the same event log, begun anew.
    """
    for stack in stacks:
        planned = run.engine(session, stack, "destroy", "--preview-only")
        if planned.code != 0:
            _say(session, stack, "destroy", planned)
            return 1
        if dry_run:
            _say(session, stack, "preview", planned)
            continue
        if not _done(session, stack, "destroy", "--yes", "--skip-preview"):
            return 1
        session.tell("save")
    return 0


def recover(session: Session, stacks: list[str]) -> int:
    """Take up each stack where a crash left it, adopting what was created meanwhile."""
    for stack in stacks:
        run.ensure_stack(session, stack)
        _cancel(session, stack)
        _adopt(session, stack)
        if not _done(session, stack, "refresh", "--yes", "--skip-preview"):
            return 1
        if not _done(session, stack, "up", "--yes", "--skip-preview"):
            return 1
        session.tell("save")
    lost.settle(session.folder, stacks)
    return status(session.folder, stacks)


def status(place: Path, stacks: list[str]) -> int:
    """Print the stacks that there are side by side, from their own state; nothing is started."""
    existing = folder.existing(place)
    there = [stack for stack in stacks if stack in existing]
    if not there:
        console.print("nothing is up: `make up`")
        return 0
    summary.show(console, {stack: folder.recorded_of(place, stack) for stack in there})
    return 0


def down(root: Path) -> int:
    """Stop the sandbox's AWS and delete the sandbox's folder; nothing else holds its state.

    Raises SandboxError while anybody works in it.
    """
    place = folder.of(root)
    if place.is_symlink():
        raise SandboxError(f"{place}: is a link to {place.readlink()}: delete both by hand")
    if not place.exists():
        console.print("there is no sandbox")
        return 0
    with folder.locked(root):
        server = processes.aws_of(place)
        _refuse_in_use(place, server)
        if server is not None:
            _kill(server["pid"])
        _delete(place)
    console.print("the sandbox is gone: both stacks, their state and the AWS they ran on")
    return 0


def _delete(place: Path) -> None:
    """Delete the folder; what a process of its puts there on its own way out is deleted as well."""
    deadline = time.monotonic() + STOP_SECONDS
    while place.exists():
        try:
            shutil.rmtree(place)
        except OSError as error:
            changed = error.errno in (errno.ENOTEMPTY, errno.ENOENT)
            if not changed or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _done(session: Session, stack: str, *command: str) -> bool:
    with Progress(f"{stack}: {command[0]}") as progress:
        result = run.engine(session, stack, *command, tell=progress.tell)
    if result.code != 0 and not session.answers():
        raise SandboxError(
            f"{stack}: the sandbox's AWS ended in the middle: `make recover STACK={stack}` goes on "
            "from its last saved state"
        )
    _say(session, stack, command[0], result)
    if result.code != 0:
        _say_remedy(session, stack, result)
    return result.code == 0


def _say_remedy(session: Session, stack: str, result: run.Result) -> None:
    """Tell what ended an update that did not fail by itself, and how to go on."""
    try:
        folder.refuse_full_disk(session.folder)
    except SandboxError as error:
        sys.stderr.write(f"{error}: make room, then `make recover STACK={stack}`\n")
        return
    if result.code < 0:
        sys.stderr.write(f"{stack}: take it up again with `make recover STACK={stack}`\n")


def _say(session: Session, stack: str, command: str, result: run.Result) -> None:
    log = session.folder / "logs" / f"{stack}-{command}.log"
    outcome.tell(console, stack, command, result, log.relative_to(session.root))


def _cancel(session: Session, stack: str) -> None:
    """Take away the lock that a killed engine left; one that is alive keeps its own."""
    holder = processes.engines_of(session.folder).get(stack)
    if holder is not None:
        raise SandboxError(f"{stack}: an update is under way (process {holder})")
    run.plain(session, "cancel", stack, "--yes")


def _adopt(session: Session, stack: str) -> None:
    if not folder.recorded_of(session.folder, stack).get("pending_operations"):
        return
    # It loads every declaration, and with them the SDK: an update without a crash needs none of it.
    from sandbox.finder import Finder

    export = json.loads(run.plain(session, "stack", "export", "--stack", stack))
    done = recovery.adopt(export, Finder(session.environment()))
    path = session.folder / f"{stack}.recovered.json"
    path.write_text(json.dumps(export))
    run.plain(session, "stack", "import", "--stack", stack, "--file", str(path))
    path.unlink()
    console.print(
        f"{stack}: {len(done.found)} adopted, {len(done.dropped)} had not been created, "
        f"{len(done.interrupted)} were being changed"
    )


def _refuse_in_use(place: Path, server: dict[str, Any] | None) -> None:
    users = set(processes.engines_of(place).values())
    if server is not None:
        with contextlib.suppress(SandboxError):  # One that does not answer is of use to nobody.
            leases = control.tell(place, server["endpoint"], "status")["leases"]
            users.update(pid for pid in leases if processes.runs(pid))
    if users:
        raise SandboxError(
            f"the sandbox is in use by process {', '.join(map(str, sorted(users)))}: end that "
            "first (a shell with `exit`), then `make down`"
        )


def _kill(pid: int) -> None:
    """End the AWS at once: there is nothing to save."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while processes.runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
