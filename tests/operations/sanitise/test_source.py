"""Sources that are odd: another encoding, tables of an extension, rows that a policy hides."""

from pathlib import Path

import psycopg
import pytest
import yaml

from operations.command import main
from operations.sanitise.schema import read_schema
from tests.support.postgres import database, rows

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", "a key of thirty-two characters, no less")


def copied(source: str, target: str, folder: Path, **masks: str) -> int:
    """Copy with rules that keep every column save those that are named."""
    with psycopg.connect(source) as connection:
        tables = {
            table.key: {
                "columns": {
                    each.name: {"type": each.type, "mask": masks.get(each.name, "keep")}
                    for each in table.columns.values()
                }
            }
            for table in read_schema(connection).tables.values()
            if table.takes_rules
        }
    rules = folder / "sanitise.yaml"
    rules.write_text(yaml.safe_dump({"tables": tables}))
    return main(
        ["sanitise", "copy", "--database", source, "--target", target, "--rules", str(rules)]
    )


def test_another_encoding_says_the_same_and_has_the_same_fakes(server: str, tmp_path: Path) -> None:
    made = (
        "create table t (kept text, nick text, list text[] default '{é}')",
        "insert into t values (U&'Zo\\00eb', U&'\\00c5sa')",
    )
    admin = f"{server} dbname=postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create database latin template template0 encoding 'LATIN1' locale 'C'")
        try:
            with psycopg.connect(f"{server} dbname=latin", client_encoding="utf8") as there:
                for statement in made:
                    there.execute(statement.encode())
            with (
                database(server, "utf", *made) as utf,
                database(server, "from_utf") as one,
                database(server, "from_latin") as other,
            ):
                assert copied(utf, one, tmp_path, nick="hash") == 0
                assert copied(f"{server} dbname=latin", other, tmp_path, nick="hash") == 0
                found = rows(one, "select * from t")
                assert rows(other, "select * from t") == found
                assert found[0][0] == "Zoë"
        finally:
            connection.execute("drop database latin with (force)")


def test_the_tables_of_an_extension_are_its_own(server: str, tmp_path: Path) -> None:
    made = (
        "create extension citext",
        "create table of_extension (a text)",
        "insert into of_extension values ('zorblatt')",
        "alter extension citext add table of_extension",
        "create table mine (a citext)",
    )
    with database(server, "extended", *made) as source, database(server, "extended_to") as target:
        with psycopg.connect(source) as connection:
            kinds = {key: each.kind for key, each in read_schema(connection).tables.items()}
        assert kinds == {"public.mine": "table", "public.of_extension": "extension's table"}
        assert copied(source, target, tmp_path, a="hash") == 0
        assert rows(target, "select to_regclass('of_extension') is null") == [(True,)]


def test_rows_that_a_policy_hides_stop_the_copy(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy that is silently smaller than production would pass for whole."""
    made = (
        "create table t (a int)",
        "insert into t values (1), (2)",
        "alter table t enable row level security",
        "create policy few on t using (a = 1)",
        "create role reader login",
        "grant select on t to reader",
    )
    with database(server, "hidden", *made) as source, database(server, "hidden_to") as target:
        reader = source.replace("user=postgres", "user=reader")
        try:
            assert copied(reader, target, tmp_path) == 1
            assert capsys.readouterr().err.splitlines()[-1] == (
                "public.t: could not be copied (InsufficientPrivilege, SQLSTATE 42501)"
            )
            assert rows(target, "select * from t") == []
        finally:
            with psycopg.connect(source) as connection:
                connection.execute("drop owned by reader")
                connection.execute("drop role reader")


def test_columns_named_like_the_copys_own_words(server: str, tmp_path: Path) -> None:
    made = (
        'create table "understudy_row" (understudy_inner text, key text[], ctid_ int, "%s" text)',
        "insert into understudy_row values ('a', '{b}', 1, '{}')",
        "create table key (item text primary key, place int)",
        "insert into key values ('a', 1)",
    )
    with database(server, "named", *made) as source, database(server, "named_to") as target:
        masks = {"understudy_inner": "hash", "key": "hash", "item": "email", "%s": "hash"}
        assert copied(source, target, tmp_path, **masks) == 0
        ((one, two, number, four),) = rows(target, "select * from understudy_row")
        assert (len(one), len(two[0]), number, len(four)) == (32, 32, 1, 32)


def test_a_check_that_no_fake_passes_is_told_by_its_name(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = (
        "create table t (nick text constraint short check (length(nick) < 9))",
        "insert into t values ('zorblatt')",
    )
    with database(server, "checked", *made) as source, database(server, "checked_to") as target:
        assert copied(source, target, tmp_path, nick="hash") == 1
        said = capsys.readouterr().err
        assert said.splitlines()[-1] == (
            "public.t: could not be copied (CheckViolation, SQLSTATE 23514, short)"
        )
        assert "zorblatt" not in said
