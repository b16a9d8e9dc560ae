"""The check as a command: what it says where nobody listens, and where it is interrupted."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policies.command import main
from tests.support.project import ROOT

COMMAND = (sys.executable, "-m", "policies.command")


def test_help_needs_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    loads = "import sys, policies.command; sys.exit('policies.catalogue' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], cwd=ROOT, check=False).returncode == 0
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "--mirror STACK" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.usefixtures("recorded_anew")
def test_output_that_nobody_takes_is_told_in_one_line() -> None:
    with subprocess.Popen(
        [*COMMAND, "--format", "html"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (1, "output: can't be written: Broken pipe\n")


@pytest.mark.slow
@pytest.mark.usefixtures("recorded_anew")
def test_one_that_is_interrupted_says_so() -> None:
    with subprocess.Popen(
        COMMAND, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not children.read_text():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert said == "interrupted\n"
    # Python ends by the signal itself where that struck in an ``exec``; a shell tells 130 of both.
    assert process.returncode in (130, -signal.SIGINT)


@pytest.mark.slow
def test_a_history_that_cannot_be_read_is_named() -> None:
    command = [*COMMAND, "--history", "docs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "docs: Is a directory\n")
