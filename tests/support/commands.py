"""Operations in a process of their own: how they end, what they say, what they leave behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from tests.support.project import ROOT
from tests.support.warm import Forked

WORD = "zorblatt"
"""What the rows of these tests hold, and no output may."""
KEY = "a key of thirty-two characters, no less"
PROGRESS = "  "
"""How a line begins that only says how far a command is."""
LONGEST_SECONDS = 60.0
LEAVING_SECONDS = 5.0


OPERATIONS = ("-m", "operations")


class Command:
    """One that is at work; whatever it starts is in its session.

    It is forked where it is an operation that says what it says to us, and else started anew.
    """

    def __init__(
        self,
        *arguments: str | Path,
        program: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        output: Path | None = None,
    ) -> None:
        told = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "UNDERSTUDY_SANITISE_KEY": KEY,
            "UNDERSTUDY_SCAN_KEY": KEY,
            **(environment or {}),
        }
        told.pop("PYTHONUNBUFFERED", None)  # What it prints is then as late as it can be.
        self.process: subprocess.Popen[str] | Forked
        words = list(map(str, arguments))
        if not program and output is None:
            self.process = Forked(words, told, cwd)
            return
        with output.open("w") if output else nullcontext(subprocess.PIPE) as into:
            self.process = subprocess.Popen(
                [sys.executable, *(program or OPERATIONS), *words],
                cwd=cwd,
                env=told,
                stdout=into,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )

    def interrupt(self) -> None:
        """Do as a terminal does: all of its processes are told."""
        os.killpg(self.process.pid, signal.SIGINT)

    def terminate(self) -> None:
        """Do as a service manager does: it alone is told."""
        self.process.terminate()

    def ends(self, code: int) -> str:
        """Return the one line in which it says how it ended, beside how far it was.

        AssertionError where it ends otherwise, says what a row holds, or leaves a process.
        """
        try:
            out, err = self.process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        assert self.process.returncode == code, err
        assert WORD not in f"{out}{err}"
        told = [line for line in err.splitlines() if not line.startswith(PROGRESS)]
        assert len(told) == 1, err
        assert not out
        assert self.left_over() == []
        return told[0]

    def done(self) -> None:
        """Wait for its good end."""
        out, err = self.process.communicate(timeout=LONGEST_SECONDS)
        assert self.process.returncode == 0, err
        assert WORD not in out + err

    def left_over(self) -> list[str]:
        """Return what of it is still at work after a fair time; it does not stay."""
        deadline = time.monotonic() + LEAVING_SECONDS
        while (found := in_session(self.process.pid)) and time.monotonic() < deadline:
            time.sleep(0.02)
        for number in found:
            os.kill(number, signal.SIGKILL)
        return list(found.values())


def in_session(number: int) -> dict[int, str]:
    """Return the processes of a session by their command lines; the dead are not among them."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) == number and state != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found
