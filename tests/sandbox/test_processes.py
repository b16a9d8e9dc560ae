"""A process counts as the sandbox's own only if it was started as that, for that folder."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import processes

WAITS = "echo up; read _"
Start = Callable[..., int]


@pytest.fixture(name="start")
def _start() -> Iterator[Start]:
    """Start processes that look like what a test names, and end them."""
    begun = []

    def start(*arguments: str | Path, program: str | Path = sys.executable) -> int:
        process = subprocess.Popen(
            [program, "-c", WAITS, *arguments],
            executable="/bin/sh",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        begun.append(process)
        return process.pid

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def write_server(folder: Path, pid: int) -> None:
    server = {"pid": pid, "port": 1, "endpoint": "http://127.0.0.1:1"}
    (folder / "server.json").write_text(json.dumps(server))


def write_lock(folder: Path, stack: str, text: str) -> None:
    lock = folder / "state/.pulumi/locks/organization/understudy" / stack / "1.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(text)


def test_no_aws_runs_where_no_file_says_so(tmp_path: Path) -> None:
    assert processes.aws_of(tmp_path) is None
    for text in ("", "[]", "{}", '{"pid": "x"}'):
        (tmp_path / "server.json").write_text(text)
        assert processes.aws_of(tmp_path) is None


def test_a_process_that_took_over_the_number_is_not_taken_for_the_aws(tmp_path: Path) -> None:
    write_server(tmp_path, os.getpid())

    assert processes.aws_of(tmp_path) is None


@pytest.mark.parametrize("other", ["other", "main-2", "main/.sandbox"])
def test_another_sandboxs_aws_is_not_taken_for_ones_own(
    tmp_path: Path, start: Start, other: str
) -> None:
    write_server(tmp_path, start("-m", "sandbox.aws", tmp_path.parent / other, "0"))
    assert processes.aws_of(tmp_path) is None

    write_server(tmp_path, start("-m", "sandbox.aws", tmp_path, "0"))
    assert processes.aws_of(tmp_path) is not None


def test_an_aws_that_was_killed_and_not_yet_buried_does_not_run(
    tmp_path: Path, start: Start
) -> None:
    pid = start("-m", "sandbox.aws", tmp_path, "0")
    write_server(tmp_path, pid)
    os.kill(pid, 9)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert processes.aws_of(tmp_path) is None


def test_only_a_living_engine_holds_a_stack(tmp_path: Path, start: Start) -> None:
    engine = start(program=tmp_path / "engine/pulumi")
    write_lock(tmp_path, "staging", json.dumps({"pid": engine}))
    write_lock(tmp_path, "taken-over", json.dumps({"pid": os.getpid()}))
    write_lock(tmp_path, "command", json.dumps({"pid": start("-m", "sandbox", "pulumi", "--")}))
    write_lock(tmp_path, "ended", json.dumps({"pid": 4194000}))
    for number, text in enumerate(("", "[]", "{}", '{"pid": null}', '{"pid": "x"}')):
        write_lock(tmp_path, f"unreadable-{number}", text)

    assert processes.engines_of(tmp_path) == {"staging": engine}


def test_without_proc_a_process_is_known_all_the_same(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = start("-m", "sandbox.aws", tmp_path, "0")
    engine = start(program=tmp_path / "a folder" / "pulumi")
    monkeypatch.setattr("sandbox.processes.COMMAND_LINES", Path("/nowhere"))

    assert processes.is_aws(aws, tmp_path)
    assert not processes.is_aws(engine, tmp_path)
    assert processes.is_engine(engine)
    assert not processes.is_engine(aws)
    assert not processes.is_engine(4194000)
