"""What a killed update leaves behind: a lock, and operations whose end nobody recorded."""

import json
import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operations import engine
from operations.errors import OperationError

_HOLDER = re.compile(r"created by \S+@(\S+) \(pid (\d+)\)")
"""How the engine names who holds a stack (pkg/backend/diy, "lock.go")."""
SILENT = "the engine says nothing"
RECOVER = (sys.executable, "-m", "sandbox", "recover")


def state_of(root: Path, stack: str, pulumi: Sequence[str]) -> dict[str, Any]:
    """Return the stack's state as the engine exports it, its secrets encrypted."""
    done = engine.run(root, [*pulumi, "stack", "export", "--stack", stack])
    try:
        return dict(json.loads(done.stdout)["deployment"])
    except (ValueError, KeyError, TypeError):
        raise OperationError(
            f"{stack}: no state: {engine.last_line(done.stderr, SILENT)}"
        ) from None


def settle(root: Path, stack: str, pulumi: Sequence[str], *, sandbox: bool, dry_run: bool) -> None:
    """Have no operation pending: an update would create a second time what is being created.

    The sandbox adopts what was created; raises OperationError on AWS, where a person has to look.
    """
    pending = state_of(root, stack, pulumi).get("pending_operations") or []
    if not pending:
        return
    names = sorted(each["resource"]["urn"].rpartition("::")[2] for each in pending)
    found = f"{stack}: an update was broken off while it changed {', '.join(names[:3])}"
    if not sandbox or dry_run:
        raise OperationError(f'{found}: see "After a crash" in the README first')
    done = engine.run(root, [*RECOVER, stack])
    if done.returncode != 0:
        raise OperationError(
            f"{found}, and to recover it failed: {engine.last_line(done.stderr, SILENT)}"
        )


def unlock(root: Path, stack: str, pulumi: Sequence[str], said: str) -> bool:
    """Take the lock away of processes that ran on this machine and run no longer.

    Returns whether it did. Of another machine's processes nobody here knows whether they run.
    """
    holders = _HOLDER.findall(said)
    if not holders or any(host != socket.gethostname() or runs(int(pid)) for host, pid in holders):
        return False
    return engine.run(root, [*pulumi, "cancel", stack, "--yes"]).returncode == 0


def runs(pid: int) -> bool:
    """Return whether a process of this machine runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
