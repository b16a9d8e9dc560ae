"""Whatever goes wrong with a scan is one line, and no file says that there was one."""

from pathlib import Path
from typing import Any

import pytest

from operations.command import main
from tests.operations.scan.runs import ENDINGS, FILES, left, scanning
from tests.support.commands import Command
from tests.support.disk import disk, fill, root_only
from tests.support.persons import MADE, locked
from tests.support.postgres import await_backend, database, drop

pytestmark = pytest.mark.slow

NOBODY = "host=127.0.0.1 port=1 dbname=x"


@pytest.mark.parametrize("step", ["plant", "fingerprint"])
@pytest.mark.parametrize("text", [None, b"", b"tables: [", b"\xff", b"tables: 7"])
def test_without_good_rules_nobody_is_even_connected_to(
    here: Path, capsys: Any, step: str, text: bytes | None
) -> None:
    (here / "sanitise.yaml").unlink()
    if text is not None:
        (here / "sanitise.yaml").write_bytes(text)
    assert main(["scan", step, "--database", NOBODY]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("sanitise.yaml: ")
    assert not (here / "canaries.json").exists()


@pytest.mark.parametrize("step", FILES)
def test_a_database_that_does_not_answer_is_named(here: Path, capsys: Any, step: str) -> None:
    assert main(["scan", step, "--database", NOBODY]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("database: connection failed: ")
    assert left(here) == ["sanitise.yaml"]


def test_a_fingerprint_needs_a_long_key(
    here: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_SCAN_KEY", "short")
    assert main(["scan", "fingerprint", "--database", NOBODY]) == 2
    assert capsys.readouterr().err == (
        "UNDERSTUDY_SCAN_KEY: must be set to a key of 32 or more characters, got 5\n"
    )
    assert left(here) == ["sanitise.yaml"]


@pytest.mark.parametrize("step", ["fingerprint", "run"])
def test_what_an_earlier_run_wrote_is_gone_at_once(here: Path, capsys: Any, step: str) -> None:
    """The next step would take it for this one's."""
    earlier = here / "earlier"
    earlier.write_text("{}")
    assert main(["scan", step, "--database", NOBODY, f"--{FILES[step]}", str(earlier)]) == 2
    assert capsys.readouterr().err.startswith("database: ")
    assert not earlier.exists()


def test_settings_that_are_named_must_be_there_and_others_may_be(
    here: Path, copies: str, capsys: Any
) -> None:
    with database(copies, "few", "create table t (a text)") as target:
        scan = ["scan", "run", "--database", target]
        assert main(scan) == 0
        for name in ("scan.yaml", str(here / "other.yaml")):
            capsys.readouterr()
            assert main([*scan, "--settings", name]) == 2
            (line,) = capsys.readouterr().err.splitlines()
            assert line.startswith(f"{Path(name).name}: can't be read: [Errno 2] No such file")
            assert left(here) == ["sanitise.yaml"]
        (here / "scan.yaml").write_text("allow: 7\n")
        assert main(scan) == 2
        assert capsys.readouterr().err.startswith("scan.yaml: allow: ")


@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("step", ["fingerprint", "run"])
def test_reading_can_be_stopped(originals: str, here: Path, step: str, how: str) -> None:
    with database(originals, "read", *MADE) as target, locked(target, "orders"):
        command = scanning(step, target, here)
        await_backend(originals, "wait_event_type = 'Lock'")
        getattr(command, how)()
        line = command.ends(ENDINGS[how])
    assert line == ("interrupted" if how == "interrupt" else "ended by SIGTERM")
    assert left(here) == ["sanitise.yaml"]


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("fingerprint", "public.people: could not be read (AdminShutdown, SQLSTATE 57P01)"),
        ("run", "database: broke off (AdminShutdown, SQLSTATE 57P01)"),
    ],
)
def test_a_database_that_goes_while_it_is_read_is_one_line(
    originals: str, here: Path, step: str, line: str
) -> None:
    with database(originals, "going", *MADE) as target, locked(target, "people"):
        command = scanning(step, target, here)
        await_backend(originals, "wait_event_type = 'Lock'")
        drop(originals, "going")
        assert command.ends(2) == line
    assert left(here) == ["sanitise.yaml"]


@root_only
@pytest.mark.parametrize("step", ["fingerprint", "run"])
def test_a_disk_that_is_full_leaves_no_half_of_a_file(
    originals: str, here: Path, step: str
) -> None:
    with database(originals, "written", *MADE) as target, disk(256) as folder:
        ballast = fill(folder)
        file = folder / "written"
        command = Command("scan", step, "--database", target, f"--{FILES[step]}", file, cwd=here)
        line = command.ends(2)
        why = "No space left on device" if step == "run" else "database or disk is full"
        assert line == f"{file}: can't be written: {why}"
        assert list(folder.iterdir()) == [ballast]


def test_a_report_that_nobody_can_be_told_is_a_failure(copies: str, here: Path) -> None:
    with database(copies, "told", "create table t (a text)") as target:
        command = Command(
            *("scan", "run", "--database", target, "--json"), cwd=here, output=Path("/dev/full")
        )
        assert command.ends(1) == "output: can't be written: No space left on device"
