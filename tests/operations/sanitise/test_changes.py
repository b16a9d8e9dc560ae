"""A copy is of one state of its source: one that was written to meanwhile makes none."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.sanitise.job import Job
from operations.sanitise.rules import Rules
from operations.sanitise.schema import Schema
from operations.sanitise.structure import LEDGER
from operations.scan.catalogue import IS_BEGUN
from tests.operations.sanitise.copies import await_held, copying, is_no_copy, is_whole
from tests.support.persons import CHANGE, MADE, VIEW, barred
from tests.support.postgres import cluster, database, restart, rows, standby

pytestmark = pytest.mark.slow

OTHER = (
    "target: holds the beginning of a run with other rules, another key or another source, or one "
    "that was written to since; drop the database and make it anew"
)


@pytest.fixture(name="begun")
def _begun(server: str, target: str, rules: Path) -> Iterator[str]:
    """Give a source of which the target holds the beginning."""
    with database(server, "changing", *MADE) as source:
        with barred(target, VIEW):
            command = copying(source, target, rules)
            await_held(server)
            command.terminate()
            command.ends(143)
        yield source


@pytest.mark.parametrize(
    "change",
    [
        CHANGE,
        "delete from orders where id = 1",
        "insert into people values (0, 'new@posteo.de')",
        "truncate orders",
        "cluster people using people_pkey",
    ],
)
def test_a_copy_does_not_go_on_from_a_source_that_was_written_to(
    begun: str, target: str, rules: Path, capsys: Any, change: str
) -> None:
    with psycopg.connect(begun, autocommit=True) as connection:
        connection.execute(change.encode())
    assert copying(begun, target, rules).ends(2) == OTHER
    is_no_copy(target, rules, capsys, begun=True)


def test_a_copy_goes_on_from_a_source_that_was_only_kept_in_order(
    begun: str, target: str, rules: Path
) -> None:
    with psycopg.connect(begun, autocommit=True) as connection:
        connection.execute("vacuum (freeze, analyze)")
        connection.execute("select count(*) from people")
    copying(begun, target, rules).done()
    is_whole(target)


def test_a_copy_does_not_go_on_with_another_key(
    begun: str, target: str, rules: Path, capsys: Any
) -> None:
    other = "another key of thirty-two characters"
    assert copying(begun, target, rules, UNDERSTUDY_SANITISE_KEY=other).ends(2) == OTHER
    is_no_copy(target, rules, capsys, begun=True)


def test_a_source_that_is_written_to_under_a_copy_makes_none(
    server: str, target: str, rules: Path, capsys: Any
) -> None:
    with database(server, "changing", *MADE) as source:
        with barred(target, VIEW):
            command = copying(source, target, rules)
            await_held(server)
            with psycopg.connect(source) as connection:
                connection.execute(CHANGE.encode())
        assert command.ends(1) == (
            "source: was written to while it was copied, or lost count of that; drop the target "
            "and make it anew, from a source that nobody writes to"
        )
        is_no_copy(target, rules, capsys, begun=True)


def test_a_source_that_counts_no_changes_is_refused(
    server: str, target: str, rules: Path, capsys: Any
) -> None:
    with database(server, "changing", *MADE) as source:
        with psycopg.connect(source, autocommit=True) as connection:
            connection.execute("alter database changing set track_counts = off")
        line = copying(source, target, rules).ends(2)
        assert line == "source: track_counts must be on, or changes are not seen"
        is_no_copy(target, rules, capsys, begun=False)


def mark(source: str) -> str:
    """Return what tells a source's state from others."""
    return Job(source, "", Schema({}), Rules(tables={}), b"k" * 32).mark


def test_a_source_may_be_restarted_and_one_that_crashed_may_hold_anything() -> None:
    with cluster() as server:
        source = f"{server} dbname=postgres"
        before = mark(source)
        restart(server, "fast")
        assert mark(source) == before
        restart(server, "immediate")
        assert mark(source) != before


def test_a_standby_changes_with_its_primary() -> None:
    with cluster() as primary, standby(primary) as server:
        source = f"{server} dbname=postgres"
        before = mark(source)
        assert mark(source) == before
        with psycopg.connect(f"{primary} dbname=postgres", autocommit=True) as connection:
            connection.execute("create table t as select 1")
            (lsn,) = connection.execute("select pg_current_wal_lsn()").fetchone() or ("",)
        replayed = f"select pg_last_wal_replay_lsn() >= '{lsn}'"
        while rows(source, replayed) != [(True,)]:
            time.sleep(0.02)
        assert mark(source) != before


def test_the_ledger_is_what_the_scan_looks_for() -> None:
    (schema,) = (line.split()[2] for line in LEDGER.splitlines() if "schema" in line)
    assert f"'{schema.rstrip(';')}'" in IS_BEGUN
