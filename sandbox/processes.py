"""Which processes of a sandbox's still run, as far as its files and the kernel say.

After a power cut a number in a file may belong to anybody; what a process was started as tells.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

COMMAND_LINES = Path("/proc")
ENGINE = re.compile(r"(^|/)pulumi( |$)")


def runs(pid: int) -> bool:
    """Return whether a process runs; one that ended and waits to be noticed does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def is_aws(pid: int, folder: Path) -> bool:
    """Return whether a process is the AWS of the sandbox in this folder."""
    return f"sandbox.aws {folder} " in _command(pid)


def is_engine(pid: int) -> bool:
    """Return whether a process is a Pulumi engine."""
    return ENGINE.search(_command(pid)) is not None


def aws_of(folder: Path) -> dict[str, Any] | None:
    """Return the process, port and endpoint of a sandbox's AWS, if it runs."""
    try:
        server: dict[str, Any] = json.loads((folder / "server.json").read_text())
        running = runs(server["pid"]) and is_aws(server["pid"], folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return server if running else None


def engines_of(folder: Path) -> dict[str, int]:
    """Return the living engines that hold a stack of a sandbox's, by stack.

    A lock that cannot be read is one that a power cut left: nobody holds it.
    """
    found = {}
    for lock in (folder / "state" / ".pulumi" / "locks").rglob("*.json"):
        try:
            pid = int(json.loads(lock.read_text())["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if runs(pid) and is_engine(pid):
            found[lock.parent.name] = pid
    return found


def _state(pid: int) -> str:
    """Return the kernel's letter for a process's state."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "?"


def _command(pid: int) -> str:
    """Return what a process was started as; nothing for one that ended."""
    if (COMMAND_LINES / "self" / "cmdline").exists():
        try:
            line = (COMMAND_LINES / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return line.replace(b"\0", b" ").decode(errors="replace")
    listed = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout.rstrip("\n")
