"""Ending an update in the middle, the hard way, and looking at what is left."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.project import Project

GONE_SECONDS = 20.0


def crash(project: Project, stack: str, seconds: float, victim: str) -> bool:
    """Start an update and kill ``engine`` or ``tree`` after so many seconds, once an engine runs.

    Return whether there was something to kill: a crash after the end is none.
    """
    process = start(project, stack)
    time.sleep(seconds)
    while process.poll() is None and not engines(project.root):
        time.sleep(0.01)
    return kill(project, process, victim)


def start(project: Project, stack: str) -> "subprocess.Popen[bytes]":
    """Start an update in a process group of its own, out of this one's reach."""
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", "up", stack],
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(project: Project, process: "subprocess.Popen[bytes]", victim: str) -> bool:
    """Kill an update's engine alone, or all of its tree; return whether an engine was there."""
    working = engines(project.root)
    if process.poll() is None and victim == "tree":
        # The engine has a process group of its own, in the same session.
        for pid in (process.pid, *working):
            os.kill(pid, signal.SIGKILL)
    else:
        for pid in working:
            os.kill(pid, signal.SIGKILL)
    process.wait()
    return bool(working)


def engines(root: Path) -> list[int]:
    """Return the processes of the engine's CLI that work on this project."""
    return [pid for pid, line in processes(root) if line.split("\0")[0].endswith("/pulumi")]


def processes(root: Path) -> list[tuple[int, str]]:
    """Return every process that belongs to this project's sandbox, but this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
            where = str((entry / "cwd").readlink())
        except OSError:
            continue
        if line and (str(root) in line or where.startswith(str(root))):
            found.append((int(entry.name), line))
    return found


def left_behind(root: Path) -> list[str]:
    """Return the command lines still running after a fair time."""
    deadline = time.monotonic() + GONE_SECONDS
    while (running := processes(root)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [line.replace("\0", " ") for _, line in running]


def points(seed: int, number: int, longest: float) -> list[float]:
    """Return moments at which to crash, spread by chance over an update's time."""
    chance = random.Random(seed)  # noqa: S311
    return [chance.uniform(0.5, longest) for _ in range(number)]
