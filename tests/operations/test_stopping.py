"""A command is stopped by any of three signals, and takes the programs that it runs with it."""

import os
import signal
from collections.abc import Iterator
from subprocess import TimeoutExpired

import pytest

from operations.stopping import running, stoppable, stopped


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    # As a command begins, whatever an earlier test of this process has left.
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_is_an_interrupt_once_and_nothing_after() -> None:
    with pytest.raises(KeyboardInterrupt) as stop, stoppable():
        os.kill(os.getpid(), signal.SIGHUP)
    assert stopped(stop.value) == ("ended by SIGHUP", 129)
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGTERM)


def test_an_interrupt_is_one() -> None:
    with pytest.raises(KeyboardInterrupt) as stop, stoppable():
        os.kill(os.getpid(), signal.SIGINT)
    stop.value.add_note("more")
    assert stopped(stop.value) == ("interrupted; more", 130)


def test_what_was_ignored_is_ignored_and_all_is_as_before_where_nothing_comes() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with stoppable():
        os.kill(os.getpid(), signal.SIGHUP)
        assert callable(signal.getsignal(signal.SIGTERM))
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.slow
def test_a_program_that_does_not_hear_is_killed_after_a_while() -> None:
    deaf = ["/bin/sh", "-c", "trap '' TERM; exec sleep 600"]
    with pytest.raises(TimeoutExpired), running(deaf, os.environ, grace=1) as process:
        process.wait(1)
    assert process.returncode == -signal.SIGKILL
