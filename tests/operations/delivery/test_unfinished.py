"""A lock is taken away only from who surely runs no longer."""

import os
import socket
import sys
from pathlib import Path

import pytest

from operations.delivery.unfinished import runs, settle, state_of, unlock
from operations.errors import OperationError

GONE = 2**22 + 1
"""No process of Linux has a higher number than 2^22 (proc(5), pid_max)."""


def engine(root: Path, says: str = "", code: int = 0) -> list[str]:
    """Return an engine that notes what it is asked, and says this."""
    script = root / "pulumi"
    (root / "says").write_text(says)
    script.write_text(f'#!/bin/sh\necho "$@" >> {root}/asked\ncat {root}/says\nexit {code}\n')
    script.chmod(0o755)
    return [str(script)]


def held(*holders: tuple[str, int]) -> str:
    lines = [f"  file:///l.json: created by me@{host} (pid {pid}) at now" for host, pid in holders]
    return "\n".join(["the stack is currently locked by 1 lock(s).", *lines])


HERE = socket.gethostname()


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (held((HERE, GONE)), True),
        (held((HERE, GONE), (HERE, GONE + 1)), True),
        (held((HERE, os.getpid())), False),
        (held((HERE, GONE), (HERE, os.getpid())), False),
        (held(("elsewhere", GONE)), False),
        (held((HERE, GONE), ("elsewhere", GONE)), False),
        (held(), False),
    ],
    ids=["gone", "both gone", "here", "one here", "elsewhere", "one elsewhere", "nobody"],
)
def test_who_surely_runs_no_longer_loses_the_lock(
    tmp_path: Path, said: str, *, taken: bool
) -> None:
    assert unlock(tmp_path, "staging", engine(tmp_path), said) is taken
    asked = tmp_path / "asked"
    assert (asked.read_text() if asked.exists() else "") == ("cancel staging --yes\n" * taken)


def test_a_lock_that_can_t_be_taken_away_stays(tmp_path: Path) -> None:
    assert not unlock(tmp_path, "staging", engine(tmp_path, code=1), held((HERE, GONE)))


def test_a_process_of_another_user_runs() -> None:
    assert runs(1)
    assert not runs(GONE)


PENDING = (
    '{"deployment": {"pending_operations": '
    '[{"type": "creating", "resource": {"urn": "urn:pulumi:s::p::t::web-service"}}]}}'
)


def test_a_state_with_nothing_pending_goes_on(tmp_path: Path) -> None:
    pulumi = engine(tmp_path, '{"deployment": {"resources": []}}')
    settle(tmp_path, "staging", pulumi, sandbox=False, dry_run=False)
    assert state_of(tmp_path, "staging", pulumi) == {"resources": []}


@pytest.mark.parametrize(("sandbox", "dry_run"), [(False, False), (True, True)])
def test_what_is_pending_is_told(tmp_path: Path, *, sandbox: bool, dry_run: bool) -> None:
    pulumi = engine(tmp_path, PENDING)
    with pytest.raises(OperationError, match="broken off while it changed web-service: see"):
        settle(tmp_path, "staging", pulumi, sandbox=sandbox, dry_run=dry_run)


def test_the_sandbox_recovers_and_tells_where_it_can_t(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi, notes = engine(tmp_path, PENDING), tmp_path / "recovered"
    script = f"import sys; open({str(notes)!r}, 'w').write(sys.argv[1])"
    monkeypatch.setattr("operations.delivery.unfinished.RECOVER", (sys.executable, "-c", script))
    settle(tmp_path, "staging", pulumi, sandbox=True, dry_run=False)
    assert notes.read_text() == "staging"
    fails = (sys.executable, "-c", "import sys; sys.exit('no disk')")
    monkeypatch.setattr("operations.delivery.unfinished.RECOVER", fails)
    with pytest.raises(OperationError, match="to recover it failed: no disk"):
        settle(tmp_path, "staging", pulumi, sandbox=True, dry_run=False)


def test_an_engine_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="no state: the engine says nothing"):
        state_of(tmp_path, "staging", engine(tmp_path, code=1))
    with pytest.raises(OperationError, match="there is no such command"):
        state_of(tmp_path, "staging", ["no-such-engine"])
