"""Deleting a sandbox, and recovering one: neither does so under somebody's update."""

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import folder, lifecycle, processes
from sandbox.errors import SandboxError
from tests.support.cloud import running_cloud, tell
from tests.support.sandboxes import make


@pytest.fixture(name="engine")
def _engine(tmp_path: Path) -> Iterator[int]:
    """Return the number of a process that looks like an engine."""
    process = subprocess.Popen(
        [tmp_path / "pulumi", "-c", "echo up; read _"],
        executable="/bin/sh",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process.pid
    process.kill()
    process.communicate()


def lock(place: Path, stack: str, text: str) -> Path:
    path = place / "state/.pulumi/locks/organization/understudy" / stack / "1.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


@pytest.mark.moto
def test_a_sandbox_that_nobody_uses_is_deleted_and_its_aws_ended(tmp_path: Path) -> None:
    place = folder.of(tmp_path)
    with running_cloud(place):
        server = processes.aws_of(place)
        assert server is not None
        assert lifecycle.down(tmp_path) == 0
        assert not processes.runs(server["pid"])
    assert not place.exists()
    assert lifecycle.down(tmp_path) == 0


@pytest.mark.moto
def test_a_sandbox_that_a_command_uses_is_not_deleted(tmp_path: Path) -> None:
    place = folder.of(tmp_path)
    with running_cloud(place) as cloud:
        tell(cloud, "lease", {"pid": os.getpid()})
        with pytest.raises(SandboxError, match=f"in use by process {os.getpid()}: end that first"):
            lifecycle.down(tmp_path)
        assert processes.aws_of(place) is not None
    assert (place / "aws.state").exists()


def test_a_sandbox_that_an_engine_works_in_is_not_deleted(tmp_path: Path, engine: int) -> None:
    held = lock(folder.of(tmp_path), "staging", json.dumps({"pid": engine}))

    with pytest.raises(SandboxError, match=f"in use by process {engine}: end that first"):
        lifecycle.down(tmp_path)
    held.write_text("")
    assert lifecycle.down(tmp_path) == 0


def test_what_is_put_there_meanwhile_is_deleted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder.of(tmp_path)
    place.mkdir()
    real, late = shutil.rmtree, [errno.ENOTEMPTY, errno.ENOENT]

    def delete(path: Path) -> None:
        real(path)
        if late:
            path.mkdir()
            (path / "warm.socket").touch()
            raise OSError(late.pop(), "meanwhile")

    monkeypatch.setattr(shutil, "rmtree", delete)
    assert lifecycle.down(tmp_path) == 0
    assert not place.exists()


def test_what_cannot_be_deleted_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.of(tmp_path).mkdir()

    def refuse(_: Path) -> None:
        raise OSError(errno.EACCES, "refused")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(OSError, match="refused"):
        lifecycle.down(tmp_path)


def test_a_sandbox_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "main").mkdir()
    folder.of(tmp_path / "main").symlink_to(elsewhere)

    with pytest.raises(SandboxError, match=r"\.sandbox: is a link to .*elsewhere: delete both"):
        lifecycle.down(tmp_path / "main")
    assert elsewhere.exists()


def cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> list[Any]:
    """Return what the engine is told when staging is recovered over a lock of this text."""
    session = make(tmp_path / "staging")  # The folder's name is no stack's.
    lock(session.folder, "production", text)
    told: list[Any] = []
    monkeypatch.setattr("sandbox.run.plain", lambda _, *command: told.append(command))
    lifecycle._cancel(session, "staging")  # noqa: SLF001
    shutil.rmtree(session.folder)
    lock(session.folder, "staging", text)
    lifecycle._cancel(session, "staging")  # noqa: SLF001
    return told


@pytest.mark.parametrize(
    "text", ["", "{}", json.dumps({"pid": os.getpid()})], ids=["cut off", "empty", "of another"]
)
def test_a_lock_that_nobody_holds_any_more_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    assert cancelled(tmp_path, monkeypatch, text) == [("cancel", "staging", "--yes")] * 2


def test_a_lock_of_a_living_engine_stays_and_another_stacks_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: int
) -> None:
    with pytest.raises(SandboxError, match=rf"^staging: an update is under way .*{engine}\)"):
        cancelled(tmp_path, monkeypatch, json.dumps({"pid": engine}))
