"""Whatever holds a value in PostgreSQL, the scan looks into it; a clean database gives nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from operations.command import main
from tests.operations.scan.values import REAL
from tests.support.postgres import database

pytestmark = pytest.mark.slow

TYPES = (
    "create extension hstore",
    "create extension citext",
    "create type pair as (number int, words text)",
    "create type nest as (pair pair, list text[])",
    "create type words as range (subtype = text)",
    "create domain remark as text",
    "create domain remarks as remark",
)
COLUMNS = {
    "plain": ("text", "{v}"),
    "sized": ("varchar(200)", "{v}"),
    "padded": ("char(200)", "{v}"),
    "folded": ("citext", "{v}"),
    "ruled": ("remarks", "{v}"),
    "in_words": ("text", "the words {v} and more"),
    "document": ("json", '{{"a": [1, {{"b": "{escaped}"}}]}}'),
    "twice_in_document": ("json", '{{"a": "{escaped}", "a": 1}}'),
    "binary_document": ("jsonb", '{{"a": [1, {{"b": {quoted}}}]}}'),
    "name_in_document": ("jsonb", "{{{quoted}: 1}}"),
    "document_in_text": ("text", '{{"b": "{escaped}"}}'),
    "document_in_document": ("jsonb", "{twice}"),
    "log_line": ("text", 'saved {{"b": "{escaped}"}} at once'),
    "list": ("text[]", "{{x,{quoted}}}"),
    "lists": ("text[][]", "{{{{x,{quoted}}}}}"),
    "documents": ("jsonb[]", "{documents}"),
    "composite": ("pair", "(1,{quoted})"),
    "composites": ("pair[]", '{{"(1,{slashed})"}}'),
    "deep": ("nest", "{deep}"),
    "span": ("words", "[{quoted},)"),
    "spans": ("words[]", '{{"[{slashed},)"}}'),
    "bytes": ("bytea", "\\x{utf8}"),
    "bytes_16_le": ("bytea", "\\x{utf16le}"),
    "bytes_16_be": ("bytea", "\\x{utf16be}"),
    "bytes_among_others": ("bytea", "\\xfffe00f120{utf8}2000ff"),
    "bytes_list": ("bytea[]", '{{"\\\\x{utf8}"}}'),
    "markup": ("xml", "<a><b>{entities}</b></a>"),
    "attribute": ("xml", '<a b="{entities}"/>'),
    "pairs": ("hstore", '"a"=>{quoted}'),
    "in_an_address": ("text", "q={percent}"),
}


def form(text: str, value: str) -> str:
    """Put a value into the text of a container."""
    quoted = json.dumps(value)
    return text.format(
        v=value,
        quoted=quoted,
        slashed=quoted.replace('"', '\\"'),
        twice=json.dumps(json.dumps({"b": value})),
        documents="{" + json.dumps(json.dumps({"b": value})) + "}",
        deep=f'("(1,""{value}"")","{{x}}")',
        escaped="".join(f"\\u{ord(each):04x}" for each in value),
        entities="".join(f"&#{ord(each)};" for each in value),
        percent="".join(f"%{ord(each):02X}" for each in value),
        utf8=value.encode().hex(),
        utf16le=value.encode("utf-16-le").hex(),
        utf16be=value.encode("utf-16-be").hex(),
    )


def filled(connection: psycopg.Connection, table: str, value: str) -> None:
    own = Identifier(table)
    listed = SQL(", ").join(
        SQL("{} {}").format(Identifier(name), SQL(type_)) for name, (type_, _) in COLUMNS.items()
    )
    values = SQL(", ").join(Literal(form(text, value)) for _, text in COLUMNS.values())
    connection.execute(SQL("create table {} ({})").format(own, listed))
    connection.execute(SQL("insert into {} values ({})").format(own, values))


@pytest.fixture(scope="module")
def scanned(copies: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """Return where the scan finds what, in a database with each value in each container."""
    report = tmp_path_factory.mktemp("scan") / "scan.json"
    with database(copies, "containers", *TYPES) as target:
        with psycopg.connect(target) as connection:
            for kind, value in REAL.items():
                filled(connection, kind, value)
                whole = form("{v}", value)
                comment = SQL("comment on column {}.plain is {}")
                connection.execute(comment.format(Identifier(kind), Literal(whole)))
                connection.execute(
                    SQL("alter table {} alter column plain set default {}").format(
                        Identifier(kind), Literal(whole)
                    )
                )
                connection.execute(
                    SQL("create view {} as select 1 from {} where plain = {}").format(
                        Identifier(f"view {kind}"), Identifier(kind), Literal(whole)
                    )
                )
        assert main(["scan", "run", "--database", target, "--report", str(report)]) == 1
    found: dict[str, set[str]] = {}
    for each in json.loads(report.read_text())["findings"]:
        found.setdefault(each["where"], set()).add(each["kind"])
    yield found
    assert not any(value in report.read_text() for value in REAL.values())


@pytest.mark.parametrize("kind", REAL)
def test_a_value_is_found_in_whatever_holds_it(scanned: dict[str, set[str]], kind: str) -> None:
    missed = [name for name in COLUMNS if kind not in scanned.get(f"public.{kind}.{name}", set())]

    assert missed == []


@pytest.mark.parametrize("kind", REAL)
def test_a_value_is_found_in_what_is_told_of_a_table(
    scanned: dict[str, set[str]], kind: str
) -> None:
    # Names that are no plain words are quoted.
    table = kind if re.fullmatch("[a-z]+", kind) else f'"{kind}"'
    places = (
        f"column plain of table public.{table}",
        f"default value for column plain of table public.{table}",
        f'view public."view {kind}"',
    )
    missed = [place for place in places if kind not in scanned.get(place, set())]

    assert missed == [], sorted(where for where in scanned if kind in where)


ELSEWHERE: dict[str, tuple[str, str]] = {
    "enum": ("create type mood as enum ('erika@posteo.de')", "type mood"),
    "table": ("comment on table t is 'erika@posteo.de'", "table public.t"),
    "database": ("comment on database elsewhere is 'erika@posteo.de'", "database elsewhere"),
    "domain": ("create domain d as text default 'erika@posteo.de'", "type d"),
    "function": (
        "create function f() returns text language sql as $$ select 'erika@posteo.de' $$",
        "function public.f()",
    ),
    "check": (
        "alter table t add constraint c check (a <> 'erika@posteo.de')",
        "constraint c on table public.t",
    ),
    "large object": ("select lo_from_bytea(0, 'xx erika@posteo.de')", "large objects"),
    "large object in the middle": (
        """select lo_put(lo_from_bytea(0, ''), 1048576 - 5, 'erika@posteo.de')""",
        "large objects",
    ),
    "name": ('create sequence "erika@posteo.de"', "the name of a relation"),
    "partition": (
        """create table p (a text) partition by hash (a);
           create table p0 partition of p for values with (modulus 1, remainder 0);
           insert into p values ('erika@posteo.de')""",
        "public.p.a",
    ),
    "materialised view": (
        "create materialized view m as select 'erika@posteo.de' as mail",
        "public.m.mail",
    ),
    "inherited": (
        """create table child () inherits (t); insert into child values ('erika@posteo.de')""",
        "public.child.a",
    ),
    "another schema": (
        """create schema "Pg_x"; create table "Pg_x"."T" (a text);
           insert into "Pg_x"."T" values ('erika@posteo.de')""",
        "Pg_x.T.a",
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_it_looks_beside_the_columns_of_tables(
    copies: str, tmp_path: Path, capsys: Any, name: str
) -> None:
    statement, where = ELSEWHERE[name]
    with database(copies, "elsewhere", "create table t (a text)") as target:
        assert run(target, tmp_path) == 0
        with psycopg.connect(target) as connection:
            connection.execute(statement.encode())
        capsys.readouterr()
        assert run(target, tmp_path) == 1
    told = capsys.readouterr()

    assert f"{where}: email in 1 of " in told.out
    assert "erika" not in told.out + told.err


def run(target: str, tmp_path: Path, *more: str) -> int:
    report = str(tmp_path / "scan.json")
    return main(["scan", "run", "--database", target, "--report", report, *more])


def test_statistics_hold_values_when_the_rows_are_gone(
    copies: str, tmp_path: Path, capsys: Any
) -> None:
    statements = (
        "create table t (a text) with (autovacuum_enabled = off)",
        "insert into t select 'erika@posteo.de' from generate_series(1, 100)",
        "analyze t",
        "delete from t",
    )
    with database(copies, "statistics", *statements) as target:
        assert run(target, tmp_path) == 1
    assert "statistics of public.t.a: email in 1 of 1 values" in capsys.readouterr().out


def test_another_database_on_the_server_is_told_of(
    copies: str, tmp_path: Path, capsys: Any
) -> None:
    with database(copies, "one", "create table t (a text)") as target:
        with database(copies, "two", "create table t (a text)"):
            assert run(target, tmp_path) == 1
        assert "database two: other-database in 1 of 1 values" in capsys.readouterr().out
        with database(copies, "empty"):
            assert run(target, tmp_path) == 0


def test_rows_that_a_policy_hides_are_not_passed_over(
    copies: str, tmp_path: Path, capsys: Any
) -> None:
    statements = (
        "create table t (a text)",
        "insert into t values ('erika@posteo.de')",
        "alter table t enable row level security",
        "create role reader login",
        "grant select on t to reader",
    )
    with database(copies, "hidden", *statements) as target:
        try:
            assert run(target.replace("user=postgres", "user=reader"), tmp_path) == 2
        finally:
            with psycopg.connect(target) as connection:
                connection.execute("drop owned by reader; drop role reader")
    words = "public.t: could not be read (InsufficientPrivilege, SQLSTATE 42501)"
    assert capsys.readouterr().err.splitlines()[-1] == words
    assert not (tmp_path / "scan.json").exists()
