"""The command line itself: however early it is interrupted, that is one line."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.project import ROOT

LOADED = "_psycopg"
"""What is loaded while the modules are read, as the process's map of files has it."""


@pytest.mark.slow
def test_an_interrupt_while_modules_are_read_is_one_line() -> None:
    command = [sys.executable, "-m", "operations", "sanitise", "check", "--database", "port=1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        maps = Path(f"/proc/{process.pid}/maps")
        while LOADED not in maps.read_text():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert (process.returncode, said) == (130, "interrupted\n")
