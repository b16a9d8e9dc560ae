"""A task that is ended in the middle ends its operation, says so once, and leaves no password."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.operations.refresh.telling import copies, told
from tests.support.cloud import Cloud
from tests.support.commands import Command, in_session
from tests.support.persons import write_rules

pytestmark = pytest.mark.moto

TASK = (
    "import sys; from pathlib import Path; from operations.refresh.task import main;"
    " sys.exit(main(sys.argv[1:], scratch=Path('scratch')))"
)
WAIT_SECONDS = 60


@pytest.fixture(name="silent", scope="module")
def _silent() -> Iterator[socket.socket]:
    """Listen where the copies are, and answer nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_SECONDS)
        yield server


@pytest.fixture(name="given", scope="module")
def _given(
    cloud: Cloud, silent: socket.socket, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    name = tmp_path_factory.mktemp("endings").name
    port = str(silent.getsockname()[1])
    return {**told(cloud), **copies(cloud, name, "127.0.0.1", "127.0.0.1"), "PGPORT": port}


@pytest.mark.parametrize("how", ["interrupt", "terminate", "its operation is killed"])
@pytest.mark.parametrize("task", ["prepare", "sanitise"])
def test_an_operation_ends_with_its_task(
    given: dict[str, str], silent: socket.socket, tmp_path: Path, task: str, how: str
) -> None:
    write_rules(tmp_path)
    command = Command(task, program=("-c", TASK), environment=given, cwd=tmp_path)
    asking, _ = silent.accept()
    with closing(asking):
        assert (tmp_path / "scratch" / "passwords").exists()
        if how == "its operation is killed":
            (operation,) = set(in_session(command.process.pid)) - {command.process.pid}
            os.kill(operation, signal.SIGKILL)
            step = {"prepare": "scan plant", "sanitise": "sanitise copy"}[task]
            assert command.ends(1) == f"{step}: was ended by SIGKILL"
        elif how == "interrupt":
            command.interrupt()
            assert command.ends(130) == "interrupted"
        else:
            command.terminate()
            assert command.ends(143) == "ended by SIGTERM"
    assert list((tmp_path / "scratch").iterdir()) == []
