"""Operations that are forked from a process which has loaded what they need.

To start Python and load it takes half a second. What is forked is a process in a session of its
own as well: its signals, streams, environment, folder and end are its own.
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

from tests.support.project import ROOT

LOADED = (
    "operations.sanitise.command",
    "operations.scan.command",
    "operations.scan.walk",
    "operations.manifest.command",
)
"""What has the commands' modules and libraries come along."""
SIZE = 1 << 20
NUMBER = 8
"""How many bytes the number of a process and its exit code have, each."""


class Forked:
    """One that is at work, with what tests use of ``Popen``; what it says is in files."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], cwd: Path) -> None:
        # Closed once they are read.
        self._said = [tempfile.TemporaryFile("w+") for _ in range(2)]  # noqa: SIM115
        self._line, theirs = socket.socketpair()
        with theirs:
            told = json.dumps([arguments, dict(environment), str(cwd)]).encode()
            files = [*(each.fileno() for each in self._said), theirs.fileno()]
            socket.send_fds(_nursery(), [told], files)
        self.pid = int(self._line.recv(NUMBER))
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended; TimeoutExpired where it has not by then."""
        if self.returncode is None:
            self._line.settimeout(timeout)
            try:
                self.returncode = int(self._line.recv(NUMBER))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("", timeout or 0) from None
            self._line.close()
        return self.returncode

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end and return all that it said."""
        self.wait(timeout)
        out, err = map(_text, self._said)
        return out, err

    def terminate(self) -> None:
        self._told(signal.SIGTERM)

    def kill(self) -> None:
        self._told(signal.SIGKILL)

    def _told(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _text(file: IO[str]) -> str:
    with file:
        file.seek(0)
        return file.read()


@cache
def _nursery() -> socket.socket:
    """Start the process that forks, once; it ends with the line to it."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        # Not as a module: processes that a command itself spawns would load it as their own.
        code = f"from tests.support import warm; warm.serve({theirs.fileno()})"
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    @atexit.register
    def _end() -> None:
        ours.close()
        process.wait()

    return ours


def serve(number: int) -> None:
    """Fork what is asked for until nobody can ask any more."""
    for module in LOADED:
        import_module(module)
    # As the command's own entry point has it; and no command looks through what all share.
    gc.set_threshold(100_000, 50, 50)
    atexit.register(gc.freeze)
    gc.freeze()
    with socket.socket(fileno=number) as line:
        while True:
            told, files, _, _ = socket.recv_fds(line, SIZE, 3)
            if not told:
                return
            if os.fork() == 0:
                line.close()
                _keep(told, files)
            for each in files:
                os.close(each)
            _reap()


def _reap() -> None:
    """Bury the keepers that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _keep(told: bytes, files: list[int]) -> NoReturn:
    """Fork the command, and tell its number and how it ends."""
    pid = os.fork()
    if pid == 0:
        arguments, environment, cwd = json.loads(told)
        _become(arguments, environment, cwd, files)
    os.write(files[2], str(pid).rjust(NUMBER).encode())
    _, status = os.waitpid(pid, 0)
    os.write(files[2], str(os.waitstatus_to_exitcode(status)).rjust(NUMBER).encode())
    os._exit(0)


def _become(
    arguments: list[str], environment: dict[str, str], cwd: str, files: list[int]
) -> NoReturn:
    """Be the command to its end, as ``python -m operations``."""
    os.setsid()
    for stream, each in enumerate(files[:2], start=1):
        os.dup2(each, stream)
    for each in files:
        os.close(each)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv[1:] = arguments
    sys.exit(import_module("operations.command").main())
