"""A command that is told to end lets its engine finish, and ends after it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import child, run
from tests.support.cloud import ROOT
from tests.support.scripts import python_script

pytestmark = pytest.mark.slow

ENGINE = """\
import os, signal, sys, time

def note(number, _):
    with open("{folder}/heard", "a") as heard:
        heard.write(signal.Signals(number).name + " ")

for each in (signal.SIGINT, signal.SIGTERM):
    signal.signal(each, note)
open("{folder}/begun", "w").write(str(os.getpid()))
deadline = time.monotonic() + 20
while not os.path.exists("{folder}/finish") and time.monotonic() < deadline:
    time.sleep(0.02)
"""
MAIN = """
import signal, sys, time
from sandbox import commands, lifecycle

# Whoever runs the tests may ignore it, and so would what they start.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
def down(_):
    print("begun", flush=True)
    # A signal that comes just before a sleep is looked at when that is over.
    while True:
        time.sleep(0.05)

lifecycle.down = down
sys.exit(commands.main(["down"]))
"""


class Sandbox:
    """As much of a session as a run of the engine needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = self.project = folder
        self.told: list[tuple[str, int]] = []
        (folder / "logs").mkdir()

    def cli(self) -> Path:
        cli = self.folder / "pulumi"
        python_script(cli, ENGINE.format(folder=self.folder))
        return cli

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def tell(self, path: str, given: dict[str, int]) -> None:
        self.told.append((path, given["pid"]))

    def heard(self) -> list[str]:
        path = self.folder / "heard"
        return path.read_text().split() if path.exists() else []

    def pid(self) -> int:
        deadline = time.monotonic() + 20
        begun = self.folder / "begun"
        while not (begun.exists() and begun.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return int(begun.read_text())

    def send(self, *numbers: signal.Signals) -> None:
        """Send signals to this process once the engine runs, then let the engine finish."""
        self.pid()
        for number in numbers:
            os.kill(os.getpid(), number)
            time.sleep(0.2)
        (self.folder / "finish").touch()


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[Any]:
    # Whoever runs the tests may ignore it, and so would a run of the engine.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield Sandbox(tmp_path)
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ([signal.SIGINT], ["SIGINT"]),
        ([signal.SIGINT, signal.SIGINT], ["SIGINT", "SIGINT"]),
        ([signal.SIGTERM, signal.SIGTERM], ["SIGTERM"]),
        ([signal.SIGHUP, signal.SIGTERM], ["SIGTERM"]),
        ([signal.SIGTERM, signal.SIGINT], ["SIGTERM", "SIGINT"]),
    ],
)
def test_a_signal_is_passed_on_once_and_a_second_interrupt_too(
    sandbox: Any, sent: list[signal.Signals], heard: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    before = [signal.getsignal(number) for number in child.STOPS]
    sender = threading.Thread(target=sandbox.send, args=sent)
    sender.start()
    with pytest.raises(KeyboardInterrupt) as stopped:
        run.engine(sandbox, "staging", "up")
    sender.join()

    assert stopped.value.args == (sent[0],)
    assert sandbox.heard() == heard
    assert capfd.readouterr().err.count("finishing what is under way") == 1
    assert [signal.getsignal(number) for number in child.STOPS] == before


def test_the_aws_is_held_for_the_engine_as_long_as_it_runs(sandbox: Any) -> None:
    sender = threading.Thread(target=sandbox.send)
    sender.start()
    assert run.engine(sandbox, "staging", "up").code == 0
    sender.join()

    assert sandbox.told == [("lease", sandbox.pid()), ("release", sandbox.pid())]


def test_a_terminals_interrupt_reaches_the_engine_alone_but_not_twice(sandbox: Any) -> None:
    sender = threading.Thread(target=sandbox.send, args=[signal.SIGINT])
    sender.start()
    with child.running(sandbox, [sandbox.cli()], child.ON_TERMINAL) as process:
        same = os.getpgid(process.pid) == os.getpgid(0)
        process.wait()
    sender.join()

    assert same
    assert sandbox.heard() == []


def test_an_engine_on_a_terminal_outlives_that_terminals_hang_up(sandbox: Any) -> None:
    sender = threading.Thread(target=sandbox.send)
    with child.running(sandbox, [sandbox.cli()], child.ON_TERMINAL) as process:
        os.kill(sandbox.pid(), signal.SIGHUP)
        sender.start()
        assert process.wait() == 0
    sender.join()


def test_what_goes_wrong_here_ends_the_engine_the_gentle_way(sandbox: Any) -> None:
    def finish_once_told() -> None:
        deadline = time.monotonic() + 10
        while not sandbox.heard() and time.monotonic() < deadline:
            time.sleep(0.02)
        sandbox.send()

    sender = threading.Thread(target=finish_once_told)

    def broken() -> None:
        with child.running(sandbox, [sandbox.cli()], child.ALONE):
            sandbox.pid()
            raise ValueError("broken")

    sender.start()
    with pytest.raises(ValueError, match="^broken$"):
        broken()
    sender.join()

    assert sandbox.heard() == ["SIGTERM"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_says_so_in_a_line(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MAIN],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        said = process.communicate(timeout=20)[1]

    how = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
    assert said == f"{how}: run `make recover` if an update was under way\n"
    assert process.returncode == 128 + number
