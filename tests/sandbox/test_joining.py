"""However many commands begin and end at once, a sandbox has one AWS."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import folder, processes
from sandbox.errors import SandboxError
from sandbox.session import Session
from tests.support.cloud import ROOT, running_cloud
from tests.support.sandboxes import Holder, make_runnable

pytestmark = pytest.mark.moto


@pytest.fixture(name="session")
def _session(tmp_path: Path) -> Iterator[Session]:
    session = make_runnable(tmp_path / "main")
    yield session
    with contextlib.suppress(OSError, ValueError):
        os.kill(json.loads((session.folder / "server.json").read_text())["pid"], signal.SIGKILL)


def wait_for_the_end_of(pid: int) -> None:
    deadline = time.monotonic() + 30
    while processes.runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes.runs(pid)


def test_commands_that_begin_at_once_share_one_aws(session: Session) -> None:
    holders = [Holder(session.root) for _ in range(3)]
    pids = {holder.status()["pid"] for holder in holders}
    for holder in holders:
        assert holder.let_go() == ""

    assert len(pids) == 1
    wait_for_the_end_of(pids.pop())
    assert not (session.folder / "server.json").exists()


def test_a_command_that_begins_while_the_aws_ends_gets_a_new_one(session: Session) -> None:
    first = Holder(session.root)
    old = first.status()["pid"]
    os.kill(old, signal.SIGTERM)
    second = Holder(session.root)
    assert second.status()["pid"] != old
    for holder in (first, second):
        assert holder.let_go() == ""


def test_a_second_aws_on_one_folder_is_refused(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "cloud"):
        second = subprocess.run(
            [sys.executable, "-m", "sandbox.aws", tmp_path / "cloud", "0"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 2
    assert "aws.lock: another AWS of this sandbox" in second.stdout
    assert "Traceback" not in second.stderr


def test_who_waits_for_a_lock_that_is_deleted_with_its_folder_gets_a_new_one(
    session: Session,
) -> None:
    got = threading.Event()

    def wait() -> None:
        with folder.locked(session.root):
            got.set()

    waiting = threading.Thread(target=wait)
    with folder.locked(session.root):
        waiting.start()
        assert not got.wait(0.2)
        shutil.rmtree(session.folder)
    waiting.join(timeout=10)
    assert got.is_set()
    assert (session.folder / "lock").exists()


def test_a_folder_that_cannot_be_made_is_named(session: Session) -> None:
    session.folder.write_text("a file in the way")

    with (
        pytest.raises(SandboxError, match=r"\.sandbox: cannot be written: File exists"),
        folder.locked(session.root),
    ):
        pass
