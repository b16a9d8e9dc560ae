"""The engine, or a shell, as a child of this command, which waits for it whatever signal comes."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.session import Session

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ALONE = {
    signal.SIGINT: signal.SIGINT,
    signal.SIGTERM: signal.SIGTERM,
    signal.SIGHUP: signal.SIGTERM,
}
"""What an engine in a process group of its own is told. At the first of these it finishes what is
under way, at the second it leaves that as it is; a hang-up would end it like a crash."""
ON_TERMINAL = {signal.SIGTERM: signal.SIGTERM, signal.SIGHUP: signal.SIGTERM}
"""The same for an engine that shares this command's terminal, which interrupts it by itself."""
SHELL = {signal.SIGTERM: signal.SIGHUP, signal.SIGHUP: signal.SIGHUP}
"""A shell that a person types into takes no notice of SIGTERM."""


class _Stopper:
    """Passes the first signal on, and after it only a person's: ``timeout`` sends its own twice."""

    def __init__(self, passes: Mapping[signal.Signals, signal.Signals]) -> None:
        self._passes = passes
        self.process: subprocess.Popen[Any] | None = None
        self.stopped_by = 0

    def __call__(self, number: int, _: object = None) -> None:
        passed = self._passes.get(signal.Signals(number))
        first = not self.stopped_by
        if passed is None or not (first or number == signal.SIGINT):
            return
        self.stopped_by = self.stopped_by or number
        if self.process is not None:
            self.process.send_signal(passed)
        if first and signal.SIGINT in self._passes:
            # Not through Python's streams: they may be in the middle of a line of their own.
            with contextlib.suppress(OSError):
                os.write(2, b"\nfinishing what is under way; interrupt again to stop at once\n")


@contextlib.contextmanager
def running(
    session: Session,
    command: Sequence[str | Path],
    passes: Mapping[signal.Signals, signal.Signals],
    **options: Any,
) -> Iterator["subprocess.Popen[Any]"]:
    """Run a command of the sandbox's; at the end of the block it has ended.

    The AWS is held for it too, so that it does not lose its AWS when this command is killed. Raises
    KeyboardInterrupt with the signal's number, after the end, if one was passed on.
    """
    stop = _Stopper(passes)
    previous = {number: signal.getsignal(number) for number in STOPS}
    heard = [number for number in STOPS if previous[number] is not signal.SIG_IGN]
    alone = signal.SIGINT in passes
    try:
        for number in heard:
            signal.signal(number, stop)
        if passes is ON_TERMINAL:
            # It inherits this: the terminal hangs up on its whole group.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        process = subprocess.Popen(command, process_group=0 if alone else None, **options)  # noqa: S603
        stop.process = process
        for number in heard:
            signal.signal(number, stop)
        if stop.stopped_by:
            process.send_signal(passes[signal.Signals(stop.stopped_by)])
        try:
            _tell(session, "lease", process.pid)
            yield process
        except BaseException:
            if not stop.stopped_by:
                process.terminate()
            raise
        finally:
            process.wait()
            _tell(session, "release", process.pid)
    finally:
        for number in heard:
            signal.signal(number, previous[number])
    if stop.stopped_by:
        raise KeyboardInterrupt(stop.stopped_by)


def _tell(session: Session, path: str, pid: int) -> None:
    """Take or give back a lease; without its AWS the engine itself says what is wrong."""
    with contextlib.suppress(SandboxError):
        session.tell(path, {"pid": pid})
