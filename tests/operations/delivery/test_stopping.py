"""A signal that asks for the end is met like an interrupt, and says how to go on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.delivery.stopping import ended
from tests.support.scripts import python_script

ENGINE = """\
import signal, sys, time
def stop(*_):
    print("finishing what is under way", flush=True)
    time.sleep(0.2)
    open("finished", "a").write("once ")
    sys.exit(1)
signal.signal(signal.SIGINT, stop)
open("began", "w").close()
time.sleep(60)
"""
RUN = """
import sys
from pathlib import Path
from operations.delivery.stopping import ended
from operations.gate import Gate
root = Path(sys.argv[1])
gate = Gate(root, "staging", [str(root / "pulumi")])
sys.exit(ended(lambda: len(gate.preview(root / "plan")), print, "the same"))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_exit_code_is_the_signals_and_the_way_on_is_said(number: signal.Signals) -> None:
    told: list[str] = []

    def run() -> int:
        os.kill(os.getpid(), number)
        time.sleep(10)
        return 0

    before = signal.getsignal(number)
    assert ended(run, told.append, "deploy staging") == 128 + number
    assert told == [f"ended by {number.name}; `deploy staging` goes on"]
    assert signal.getsignal(number) is before


def test_without_a_signal_nothing_is_said() -> None:
    told: list[str] = []
    assert ended(lambda: 7, told.append, "x") == 7
    assert told == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_engine_finishes_before_the_command_ends(
    tmp_path: Path, number: signal.Signals
) -> None:
    script = tmp_path / "pulumi"
    python_script(script, ENGINE)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 30
    while not (tmp_path / "began").exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert (tmp_path / "finished").read_text() == "once "
    assert out.splitlines() == [
        "finishing what is under way", f"ended by {number.name}; `the same` goes on",
    ]  # fmt: skip
