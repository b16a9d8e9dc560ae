"""Canaries are in the database and in the file, or in neither."""

from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from operations.conninfo import connected
from operations.errors import OperationError
from tests.operations.scan.runs import ENDINGS, left, scanning
from tests.support.commands import WORD, Command
from tests.support.disk import disk, fill, root_only
from tests.support.persons import MADE
from tests.support.postgres import await_backend, cluster, database, rows

pytestmark = pytest.mark.slow

SLEEPY = (
    "create function sleeps() returns trigger language plpgsql as"
    " 'begin perform pg_sleep(600); return new; end'",
    "create trigger sleeps before update on people for each row execute function sleeps()",
)
"""Orders take a canary at once; people fall asleep over theirs."""


def nothing_is_planted(original: str, here: Path) -> None:
    assert rows(original, f"select count(*) from orders where text !~ '{WORD}'") == [(0,)]
    assert left(here) == ["sanitise.yaml"]


@pytest.mark.parametrize("how", ENDINGS)
def test_nothing_is_planted_where_it_is_stopped(originals: str, here: Path, how: str) -> None:
    with database(originals, "planted", *MADE, *SLEEPY) as original:
        command = scanning("plant", original, here)
        await_backend(originals, "wait_event = 'PgSleep'")
        getattr(command, how)()
        line = command.ends(ENDINGS[how])
        assert line == ("interrupted" if how == "interrupt" else "ended by SIGTERM")
        nothing_is_planted(original, here)


def test_nothing_is_planted_where_the_connection_is_lost(originals: str, here: Path) -> None:
    with database(originals, "planted", *MADE, *SLEEPY) as original:
        command = scanning("plant", original, here)
        await_backend(originals, "wait_event = 'PgSleep'")
        with psycopg.connect(original) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where wait_event = 'PgSleep'"
            )
        assert command.ends(2) == "database: broke off (AdminShutdown, SQLSTATE 57P01)"
        nothing_is_planted(original, here)


def test_nothing_is_planted_where_the_server_gives_up(originals: str, here: Path) -> None:
    """Of a column that takes no word the same is heard, but of nothing else."""
    limit = "alter database planted set statement_timeout = '300ms'"
    with database(originals, "planted", *MADE, *SLEEPY, limit) as original:
        line = scanning("plant", original, here).ends(2)
        assert line == "database: broke off (QueryCanceled, SQLSTATE 57014)"
        nothing_is_planted(original, here)


@root_only
def test_nothing_is_planted_where_the_file_finds_no_room(originals: str, here: Path) -> None:
    with database(originals, "planted", *MADE) as original, disk(64) as folder:
        ballast = fill(folder)
        file = folder / "canaries.json"
        command = Command("scan", "plant", "--database", original, "--canaries", file, cwd=here)
        assert command.ends(2) == f"{file}: can't be written: No space left on device"
        assert list(folder.iterdir()) == [ballast]
        nothing_is_planted(original, here)


def test_no_file_is_left_where_nobody_knows_whether_it_was_committed(here: Path) -> None:
    """The words may be there and nobody look for them: that says no less, and never more."""
    lost = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
    waits = "alter database planted set synchronous_commit = on"
    with (
        cluster("synchronous_standby_names=nobody", "synchronous_commit=local") as server,
        database(server, "planted", *MADE, waits) as original,
    ):
        for how in (*ENDINGS, "lost"):
            command = scanning("plant", original, here)
            await_backend(server, "wait_event = 'SyncRep'")
            if how == "lost":
                rows(f"{server} dbname=postgres", lost)
                assert command.ends(2).startswith("database: broke off (")
            else:
                getattr(command, how)()
                command.ends(ENDINGS[how])
            assert left(here) == ["sanitise.yaml"]


def test_nothing_is_planted_where_somebody_is_connected_of_whom_one_may_know_nothing(
    originals: str, here: Path
) -> None:
    rights = ("create role planter login", "grant select, update on people to planter")
    with database(originals, "planted", *MADE, *rights) as original:
        try:
            planter = original.replace("user=postgres", "user=planter")
            with psycopg.connect(original):
                line = scanning("plant", planter, here).ends(2)
            assert line == ("database: must be an isolated copy, but 1 others are connected to it")
            nothing_is_planted(original, here)
        finally:
            with psycopg.connect(original) as connection:
                connection.execute("drop owned by planter; drop role planter")


ENDS_ITSELF = "select pg_terminate_backend(pg_backend_pid())"


def test_what_lost_its_connection_is_not_taken_for_committed(originals: str) -> None:
    """By itself psycopg leaves a block without a word once its connection is closed."""
    with (
        database(originals, "lost", *MADE) as target,
        pytest.raises(OperationError, match=r"^target: broke off$"),
        connected(target, "--target") as connection,
        suppress(psycopg.OperationalError),
    ):
        connection.execute(ENDS_ITSELF)


def test_what_loses_its_connection_is_told_by_kind(originals: str) -> None:
    with (
        database(originals, "lost", *MADE) as target,
        pytest.raises(OperationError, match=r"^database: broke off \(AdminShutdown, SQLSTATE 57"),
        connected(target) as connection,
    ):
        connection.execute(ENDS_ITSELF)
