"""Whatever goes wrong with a copy is one line, and what is there of it passes for no copy."""

import os
import signal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.command import main
from tests.operations.sanitise.copies import (
    HELD,
    await_held,
    await_orders,
    copying,
    held,
    is_no_copy,
    is_whole,
)
from tests.support.commands import KEY, WORD, Command
from tests.support.persons import MADE, ROW, barred, locked, write_rules
from tests.support.postgres import cluster, database, drop, rows

pytestmark = pytest.mark.slow

NOBODY = "host=127.0.0.1 port=1 dbname=x"
LOOKS = {"init": "people", "check": "pg_partitioned_table"}
"""What a command reads that only looks, each in a table at which it can be held."""
ENDINGS = {"interrupt": 130, "terminate": 143}


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)


BAD: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "no YAML": b"tables: [",
    "no UTF-8": b"\xff\xfe\x00",
    "no rules": b"tables: 7",
    "no date": b"tables: 2001-13-01",
    "too deep": b"[" * 1000,
}


@pytest.mark.parametrize("step", ["check", "copy"])
@pytest.mark.parametrize("what", BAD)
def test_without_good_rules_nobody_is_even_connected_to(
    tmp_path: Path, capsys: Any, step: str, what: str
) -> None:
    file, text = tmp_path / "rules.yaml", BAD[what]
    if text is not None:
        file.write_bytes(text)
    target = ["--target", NOBODY] if step == "copy" else []
    assert main(["sanitise", step, "--database", NOBODY, "--rules", str(file), *target]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("rules.yaml: ")


@pytest.mark.parametrize("step", ["init", "check", "copy"])
def test_a_source_that_does_not_answer_is_named(rules: Path, capsys: Any, step: str) -> None:
    file = rules.with_name("new.yaml") if step == "init" else rules
    target = ["--target", NOBODY] if step == "copy" else []
    assert main(["sanitise", step, "--database", NOBODY, "--rules", str(file), *target]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("database: connection failed: ")
    assert list(rules.parent.iterdir()) == [rules]


def test_a_target_that_does_not_answer_is_named_and_its_password_refused(
    persons: str, rules: Path, capsys: Any
) -> None:
    for target, line in (
        (NOBODY, "target: connection failed: "),
        (f"{NOBODY} password={WORD}", "--target: must hold no password; "),
    ):
        databases = ["--database", persons, "--target", target]
        assert main(["sanitise", "copy", *databases, "--rules", str(rules)]) == 2
        (said,) = capsys.readouterr().err.splitlines()
        assert said.startswith(line)
        assert WORD not in said


@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("step", LOOKS)
def test_looking_at_a_source_can_be_stopped(
    server: str, persons: str, rules: Path, step: str, how: str
) -> None:
    file, table = rules.with_name("new.yaml") if step == "init" else rules, LOOKS[step]
    with locked(persons, table):
        command = Command("sanitise", step, "--database", persons, "--rules", file)
        await_held(server)
        getattr(command, how)()
        line = command.ends(ENDINGS[how])
    assert line == ("interrupted" if how == "interrupt" else "ended by SIGTERM")
    assert list(rules.parent.iterdir()) == [rules]


@pytest.mark.parametrize("step", LOOKS)
def test_a_source_that_goes_while_it_is_looked_at_is_one_line(
    server: str, rules: Path, step: str
) -> None:
    file, table = rules.with_name("new.yaml") if step == "init" else rules, LOOKS[step]
    with database(server, "going", *MADE) as source, locked(source, table):
        command = Command("sanitise", step, "--database", source, "--rules", file)
        await_held(server)
        drop(server, "going")
        assert command.ends(2) == "database: broke off (AdminShutdown, SQLSTATE 57P01)"
    assert list(rules.parent.iterdir()) == [rules]


@pytest.mark.parametrize("where", HELD)
def test_a_copy_can_be_stopped_anywhere_and_goes_on(
    persons: str, target: str, rules: Path, capsys: Any, where: str
) -> None:
    server = target.partition(" dbname")[0]
    for how, code in ENDINGS.items():
        with held(persons, target, where):
            command = copying(persons, target, rules)
            await_held(server)
            getattr(command, how)()
            said = "interrupted" if how == "interrupt" else "ended by SIGTERM"
            assert command.ends(code) == f"{said}; the same command goes on"
            # Nothing of it is at work in a server either.
            others = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            assert rows(target, others) == [(0,)]
        is_no_copy(target, rules, capsys, begun=where in ("rows", "views"))
    copying(persons, target, rules).done()
    is_whole(target)


SOURCE_GONE = {
    "clashes": (2, "the copy broke off (AdminShutdown, SQLSTATE 57P01); the same command goes on"),
    "definitions": (2, "pg_dump: query failed: FATAL:  terminating connection due to "),
    "rows": (1, "public."),
    "views": (1, "the copy broke off (OperationalError); the same command goes on"),
}


@pytest.mark.parametrize("where", HELD)
def test_a_source_that_goes_under_a_copy_leaves_none(
    server: str, target: str, rules: Path, capsys: Any, where: str
) -> None:
    code, begin = SOURCE_GONE[where]
    with database(server, "going", *MADE) as source:
        with held(source, target, where):
            command = copying(source, target, rules)
            await_held(server)
            drop(server, "going")
        assert command.ends(code).startswith(begin)
    is_no_copy(target, rules, capsys, begun=code == 1)


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("rows", "public.orders: could not be copied (AdminShutdown, SQLSTATE 57P01)"),
        ("views", "pg_restore: terminating connection due to administrator command"),
    ],
)
def test_a_target_that_goes_under_a_copy_is_one_line(
    server: str, persons: str, rules: Path, where: str, line: str
) -> None:
    with database(server, "going") as target, held(persons, target, where):
        command = copying(persons, target, rules)
        await_orders(target) if where == "rows" else await_held(server)
        drop(server, "going")
        assert command.ends(1) == line
    assert list(rules.parent.iterdir()) == [rules]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may kill a server's process")
def test_a_server_that_crashes_under_a_copy_has_none_when_it_is_back(
    persons: str, rules: Path, capsys: Any
) -> None:
    with cluster() as crashing:
        target = f"{crashing} dbname=crashed"
        with psycopg.connect(f"{crashing} dbname=postgres", autocommit=True) as connection:
            connection.execute("create database crashed")
        with barred(target, ROW):
            command = copying(persons, target, rules)
            await_orders(target)
            ((backend,),) = rows(
                target, "select pid from pg_stat_activity where wait_event = 'advisory'"
            )
            os.kill(backend, signal.SIGKILL)
            assert command.ends(1).startswith("public.orders: could not be copied (")
        await_server(crashing)
        is_no_copy(target, rules, capsys, begun=True)
        copying(persons, target, rules).done()
        is_whole(target)


def await_server(server: str) -> None:
    """Wait until a server has recovered."""
    for _ in range(600):
        try:
            with psycopg.connect(f"{server} dbname=postgres"):
                return
        except psycopg.OperationalError:
            continue
    raise TimeoutError


def test_what_an_index_cannot_take_is_not_quoted(
    server: str, target: str, rules: Path, capsys: Any
) -> None:
    """PostgreSQL's own words would be: invalid input syntax for type integer, and the text."""
    made = (
        "create function number_of(text) returns int immutable language sql as 'select 1'",
        "create index odd on people (number_of(bio))",
        "create or replace function number_of(text) returns int immutable language sql"
        " as 'select $1::int'",
    )
    write_rules(rules.parent, bio="keep")
    with database(server, "odd", *MADE, *made) as source:
        assert copying(source, target, rules).ends(1) == (
            "pg_restore: failed at CREATE INDEX odd ON public.people USING btree "
            "(public.number_of(bio)); the target's log says why"
        )
    is_no_copy(target, rules, capsys, begun=True)
