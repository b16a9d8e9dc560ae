"""A run of the engine is told from its own events and log, whatever else runs."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox import run
from tests.support.cloud import ROOT
from tests.support.scripts import python_script

pytestmark = pytest.mark.slow

ENGINE = """\
import json, os, sys, time

name = os.environ["RUN"]
metadata = {{"op": "create", "type": "a:b", "urn": "::" + name}}
event = {{"resourcePreEvent": {{"metadata": metadata}}}}
line = json.dumps(event, ensure_ascii=False).encode() + b"\\n"
cut = 1 + next(at for at, byte in enumerate(line) if byte > 127)
print("words of", name, flush=True)
with open(sys.argv[sys.argv.index("--event-log") + 1], "wb", buffering=0) as events:
    for part in (line[:cut], line[cut:], b"half a li"):
        events.write(part)
        time.sleep({pause})
    while not os.path.exists(name):
        time.sleep(0.02)
"""
RUN = """
import os, sys
from pathlib import Path
from sandbox import run
from tests.sandbox.test_run import Sandbox

result = run.engine(Sandbox(Path(sys.argv[1])), "staging", "up")
print(*(step.name for step in result.steps))
"""


class Sandbox:
    """As much of a session as a run of the engine needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = self.project = folder
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)

    def cli(self) -> Path:
        return self.folder / "pulumi"

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def tell(self, *_: object) -> None:
        pass


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Any:
    cli = tmp_path / "pulumi"
    python_script(cli, ENGINE.format(pause=2 * run.POLL_SECONDS))
    return Sandbox(tmp_path)


def begun(folder: Path, name: str) -> "subprocess.Popen[str]":
    """Start a run in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)],
        cwd=ROOT,
        env={**os.environ, "RUN": name},
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for_words(sandbox: Sandbox, process: "subprocess.Popen[str]") -> None:
    """Wait until the engine of a run writes."""
    log = sandbox.logs / f"staging-up-{process.pid}.log"
    deadline = time.monotonic() + 20
    while not (log.exists() and log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_two_runs_of_one_command_are_told_apart(sandbox: Any) -> None:
    first, second = (begun(sandbox.folder, name) for name in ("première", "deuxième"))
    wait_for_words(sandbox, first)
    wait_for_words(sandbox, second)
    for name, process in (("deuxième", second), ("première", first)):
        (sandbox.folder / name).touch()
        assert process.communicate(timeout=30)[0] == f"{name}\n"
        assert process.returncode == 0
        assert (sandbox.logs / "staging-up.log").read_text() == f"words of {name}\n"

    assert [path.name for path in sandbox.logs.iterdir()] == ["staging-up.log"]


def test_an_event_is_read_once_its_line_is_whole(
    sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUN", "seulé")
    (sandbox.folder / "seulé").touch()
    told: list[str] = []
    result = run.engine(sandbox, "staging", "up", tell=told.append)

    assert [step.name for step in result.steps] == ["seulé"]
    assert told == ["create b seulé"]
