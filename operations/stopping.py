"""Ends a command as a person or the system asks for it, with nothing of it left behind."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

GRACE_SECONDS = 10
"""How long a program that was asked to end may take. ECS leaves a whole task 30 (Amazon ECS
Developer Guide, "stopTimeout"), in which one may wait for another."""
ENDINGS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP be what an interrupt is: what is open is given back on the way out.

    Both end a process at once otherwise, and are ignored where it is the first of its container.
    After the first of the three only an interrupt counts: it has still to say what ended it.
    """
    heard = [each for each in ENDINGS if signal.getsignal(each) == signal.SIG_DFL]
    after = signal.SIG_DFL
    _hear(heard, _leave)
    try:
        yield
    except KeyboardInterrupt:
        after = signal.SIG_IGN
        raise
    finally:
        _hear(heard, after)


def _hear(numbers: Sequence[signal.Signals], how: Any) -> None:
    for number in numbers:
        signal.signal(number, how)


def _leave(number: int, _: object) -> None:
    """Leave as after an interrupt; the same again changes nothing."""
    _hear(ENDINGS, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def stopped(stop: KeyboardInterrupt) -> tuple[str, int]:
    """Return what is said of a command that was stopped, and its exit code, as shells have it."""
    number = signal.Signals(stop.args[0] if stop.args else signal.SIGINT)
    how = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
    return "; ".join([how, *getattr(stop, "__notes__", [])]), 128 + number


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    output: int | None = None,
    grace: int = GRACE_SECONDS,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program for as long as the block takes: whatever breaks that off ends the program too.

    It is asked first, so that it ends what it has begun itself.
    """
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
    with subprocess.Popen(command, env=dict(environment), **options) as process:  # noqa: S603
        try:
            yield process
        except BaseException:
            process.terminate()
            try:
                process.wait(grace)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
