"""Whether a process of the sandbox's still runs, as far as the kernel says."""

import os
from pathlib import Path


def runs(pid: int) -> bool:
    """Return whether a process runs; one that ended and waits to be noticed does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    """Return the kernel's letter for a process's state."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "?"


def is_aws(pid: int) -> bool:
    """Return whether a process is an AWS of a sandbox.

    After a power cut its number may belong to anybody; one that ended and waits for its parent to
    notice has no command line.
    """
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()
    return b"sandbox.aws.server" in line
