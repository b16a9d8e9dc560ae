"""Whatever goes wrong with a manifest is one line, and none is there, or the one that was."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.command import main
from operations.scan.catalogue import schema_hash
from operations.scan.connection import reading
from tests.operations.manifest.desk import Desk
from tests.support.commands import Command
from tests.support.disk import disk, fill, root_only
from tests.support.persons import MADE, locked
from tests.support.postgres import await_backend, cluster, database, drop

NOBODY = "host=127.0.0.1 port=1 dbname=x"
ENDINGS = {"interrupt": 130, "terminate": 143}
SAID = {"interrupt": "interrupted", "terminate": "ended by SIGTERM"}
KMS = ("--kms-key", "arn:aws:kms:eu-west-1:222222222222:key/0")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def refused(desk: Desk, capsys: Any, *more: str) -> str:
    """Return the one line in which no manifest is made."""
    capsys.readouterr()
    assert desk.make(*more) == 2
    assert not desk.manifest.parent.exists()
    (line,) = capsys.readouterr().err.splitlines()
    return str(line)


@pytest.mark.parametrize("option", ["--report", "--rules", "--settings", "--key"])
def test_a_file_that_is_named_and_is_not_there_is_refused(
    desk: Desk, capsys: Any, option: str
) -> None:
    file = str(desk.folder / "none")
    assert (
        refused(desk, capsys, option, file) == f"{file}: can't be read: No such file or directory"
    )


def test_settings_that_nobody_names_may_be_there_or_not(desk: Desk, capsys: Any) -> None:
    """A report that was made without any fits no settings, and none fit one that was."""
    making = desk.making()
    at = making.index("--settings")
    unnamed = making[:at] + making[at + 2 :]
    assert main(unnamed) == 0
    text = desk.settings.read_text()
    for change in (desk.settings.unlink, lambda: desk.settings.write_text(f"{text}# more\n")):
        change()
        capsys.readouterr()
        assert main(unnamed) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line == f"scan.yaml: is not the one that {desk.folder / 'scan.json'} was made with"

    desk.report(settings_hash="")
    assert main(unnamed) == 2
    desk.settings.unlink()
    assert main(unnamed) == 0


@pytest.mark.parametrize("option", ["--release", "--source"])
def test_an_option_without_a_word_is_named(desk: Desk, capsys: Any, option: str) -> None:
    assert refused(desk, capsys, option, "") == f"{option}: string should have at least 1 character"


def test_what_a_report_cannot_mean_is_named_by_its_place(desk: Desk, capsys: Any) -> None:
    desk.report(schema_hash="none")
    assert refused(desk, capsys).startswith(f"{desk.folder / 'scan.json'}: schema_hash: string ")


@root_only
def test_a_disk_that_is_full_leaves_no_half_of_one(desk: Desk, capsys: Any) -> None:
    with disk(64) as folder:
        ballast = fill(folder)
        assert desk.make("--write", str(folder)) == 2
        file = folder / desk.manifest.name
        assert capsys.readouterr().err == f"{file}: can't be written: No space left on device\n"
        assert list(folder.iterdir()) == [ballast]


@pytest.mark.slow
def test_a_public_key_that_is_cut_off_is_told_of(desk: Desk) -> None:
    signer = Command("manifest", "signer", "--key", desk.key, output=Path("/dev/full"))
    assert signer.ends(1) == "output: can't be written: No space left on device"


@contextmanager
def silence() -> Iterator[tuple[socket.socket, dict[str, str]]]:
    """Let AWS be where somebody listens and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server, aws(server.getsockname()[1])


def aws(port: int) -> dict[str, str]:
    """Return where AWS is, and who asks it."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_MAX_ATTEMPTS": "1",
    }


@pytest.mark.slow
@pytest.mark.parametrize("how", ENDINGS)
def test_a_manifest_that_waits_for_its_signature_can_be_stopped(desk: Desk, how: str) -> None:
    with silence() as (server, environment):
        command = Command(*desk.making(*KMS), environment=environment)
        asked, _ = server.accept()
        with asked:
            getattr(command, how)()
            assert command.ends(ENDINGS[how]) == SAID[how]
    assert not desk.manifest.parent.exists()


@pytest.mark.slow
def test_a_signer_that_does_not_answer_is_named(desk: Desk) -> None:
    command = Command(*desk.making(*KMS), environment=aws(1))
    assert command.ends(2).startswith(f"{KMS[1]}: Could not connect to the endpoint URL")
    assert not desk.manifest.parent.exists()


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_half_of_one_is_none(desk: Desk, capsys: Any, kept: float) -> None:
    desk.make()
    text = desk.manifest.read_bytes()
    desk.manifest.write_bytes(text[: int(kept * len(text))])
    capsys.readouterr()
    assert desk.verify() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"{desk.manifest}: can't be read as JSON with each key once"


def test_without_signers_none_is_verified(desk: Desk, capsys: Any) -> None:
    desk.make()
    desk.signers.unlink()
    capsys.readouterr()
    assert desk.verify() == 2
    assert capsys.readouterr().err == f"{desk.signers}: can't be read: No such file or directory\n"


def test_a_database_that_does_not_answer_verifies_none(desk: Desk, capsys: Any) -> None:
    desk.make()
    capsys.readouterr()
    assert desk.verify("--database", NOBODY) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("database: connection failed: ")


@pytest.mark.slow
class TestDatabase:
    """The same with a database whose tables are compared."""

    @pytest.fixture(autouse=True)
    def _with_a_server(self) -> Iterator[None]:
        with cluster() as self.server:
            yield

    def test_one_that_is_not_whole_is_another(self, desk: Desk, capsys: Any) -> None:
        begun = "create schema understudy_sanitise create table run (mark text)"
        with database(self.server, "compared", *MADE) as target:
            with reading(target) as connection:
                desk.report(schema_hash=schema_hash(connection))
            with psycopg.connect(target) as connection:
                connection.execute(begun.encode())
            desk.make()
            capsys.readouterr()
            assert desk.verify("--database", target) == 2
            (line,) = capsys.readouterr().err.splitlines()
            assert line == f"{desk.manifest}: schema_hash: is another database's"
            with psycopg.connect(target) as connection:
                connection.execute("drop schema understudy_sanitise cascade")
            assert desk.verify("--database", target) == 0

    def test_looking_at_it_can_be_stopped_and_it_may_go(self, desk: Desk) -> None:
        desk.make()
        for how in (*ENDINGS, "gone"):
            with database(self.server, "going", *MADE) as target, locked(target, "pg_constraint"):
                command = Command(*desk.verifying("--database", target))
                await_backend(self.server, "wait_event_type = 'Lock'")
                if how == "gone":
                    drop(self.server, "going")
                    line = command.ends(2)
                    assert line == "database: broke off (AdminShutdown, SQLSTATE 57P01)"
                else:
                    getattr(command, how)()
                    assert command.ends(ENDINGS[how]) == SAID[how]
