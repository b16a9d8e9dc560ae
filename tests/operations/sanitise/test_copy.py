"""A copy holds what the database holds, without what a rule masks, and goes on after a break."""

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.command import main
from operations.errors import OperationError
from tests.support.postgres import database, rows
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

KEY = "a key of thirty-two characters, no less"
OTHER_KEY = "another key of thirty-two characters"
SHOP = (
    "create extension citext",
    "create domain email as text check (value like '%@%')",
    """create table users (
        id bigint generated always as identity primary key, mail email not null unique,
        nick citext unique, name text, phone varchar(20), iban text, street text, seen inet,
        salary numeric(10, 2), born date, mails email[], secret bytea, token uuid, bio text,
        initial text generated always as (left(name, 1)) stored, plan text not null)""",
    """create table orders (
        id serial primary key, user_id bigint references users, mail text, placed timestamptz,
        paid timestamptz)""",
    "create table events (id int, user_nick citext, day date) partition by range (day)",
    "create table events_old partition of events for values from (minvalue) to ('2030-01-01')",
    "create table events_new partition of events for values from ('2030-01-01') to (maxvalue)",
    "create table sessions (id text primary key, user_id bigint references users)",
    "create table a (id int primary key, b int)",
    "create table b (id int primary key, a int references a deferrable initially deferred)",
    "alter table a add foreign key (b) references b deferrable initially deferred",
    "create materialized view plans as select plan, count(*) as users from users group by plan",
    "create view mails as select mail from users",
    """insert into users (mail, nick, name, phone, iban, street, seen, salary, born, mails, secret,
                          token, bio, plan)
       select 'Person' || n || '@Example.com', 'Nick' || n, 'Personal Name ' || n,
              '+4930123' || lpad(n::text, 4, '0'), 'DE89370400440532' || lpad(n::text, 6, '0'),
              'Street of Person ' || n, ('10.1.2.' || n % 250)::inet, 1000 + n,
              date '1980-01-01' + n, array['person' || n || '@example.com', null],
              convert_to('secret' || n, 'UTF8'), gen_random_uuid(), 'Bio of person ' || n, 'gold'
       from generate_series(1, 300) n""",
    """insert into orders (user_id, mail, placed, paid)
       select n, 'person' || n || '@example.com', moment, moment + interval '3 hours'
       from generate_series(1, 300) n,
            lateral (select timestamptz '2029-06-01' + n * interval '1 h') as at(moment)""",
    "insert into events select n, 'nick' || n, date '2029-12-01' + n from generate_series(1, 60) n",
    "insert into sessions select 'session of person ' || n, n from generate_series(1, 9) n",
    "insert into a values (1, null), (2, null)",
    "insert into b values (1, 2), (2, 1)",
    "update a set b = 3 - id",
    "refresh materialized view plans",
)
MASKS: dict[str, dict[str, Any]] = {
    "users": {
        "id": "keep", "mail": "email", "nick": {"mask": "hash", "domain": "nick"}, "name": "name",
        "phone": "phone", "iban": "iban", "street": "address", "seen": "ip", "salary": "number",
        "born": "date", "mails": "email", "secret": "hash", "token": "hash", "bio": "redact",
        "initial": "keep", "plan": "keep",
    },
    "orders": {"id": "keep", "user_id": "keep", "mail": "email", "placed": "date", "paid": "date"},
    "events": {"id": "keep", "user_nick": {"mask": "hash", "domain": "nick"}, "day": "keep"},
    "sessions": {"id": "keep", "user_id": "keep"},
    "a": {"id": "keep", "b": "keep"},
    "b": {"id": "keep", "a": "keep"},
}  # fmt: skip


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path)


def write_rules(folder: Path) -> Path:
    """Write rules for the shop, with types as the database has them."""
    file = folder / "sanitise.yaml"
    tables: dict[str, Any] = {}
    for name, masks in MASKS.items():
        columns = {
            column: {
                "type": TYPES[name, column],
                **(mask if isinstance(mask, dict) else {"mask": mask}),
            }
            for column, mask in masks.items()
        }
        tables[f"public.{name}"] = {"columns": columns}
    tables["public.sessions"]["empty"] = True
    tables["public.orders"]["subject"] = "user_id"
    file.write_text(yaml.safe_dump({"tables": tables}))
    return file


TYPES = {
    **{("users", name): "text" for name in ("name", "iban", "street", "bio", "initial", "plan")},
    ("users", "id"): "bigint", ("users", "mail"): "email over text", ("users", "nick"): "citext",
    ("users", "phone"): "character varying(20)", ("users", "seen"): "inet",
    ("users", "salary"): "numeric(10,2)", ("users", "born"): "date",
    ("users", "mails"): "email[] of email over text", ("users", "secret"): "bytea",
    ("users", "token"): "uuid",
    ("orders", "id"): "integer", ("orders", "user_id"): "bigint", ("orders", "mail"): "text",
    ("orders", "placed"): "timestamp with time zone",
    ("orders", "paid"): "timestamp with time zone",
    ("events", "id"): "integer", ("events", "user_nick"): "citext", ("events", "day"): "date",
    ("sessions", "id"): "text", ("sessions", "user_id"): "bigint",
    **{(table, column): "integer" for table in ("a", "b") for column in ("id", "a", "b")},
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(server: str) -> Any:
    with database(server, "shop_source", *SHOP) as source:
        yield source


def copied(source: str, target: str, rules: Path) -> int:
    return main(
        ["sanitise", "copy", "--database", source, "--target", target, "--rules", str(rules)]
    )


def value(conninfo: str, query: str) -> Any:
    return rows(conninfo, query)[0][0]


def everything(conninfo: str, left_out: Sequence[str] = ()) -> str:
    """Return every row of every table as text, whatever their order."""
    tables = [*MASKS, "events_old", "events_new", "plans"]
    return "\n".join(
        f"{table}: {row}"
        for table in tables
        if table not in left_out
        for row in sorted(map(str, rows(conninfo, f"select * from {table}")))
    )


def broken_off(*_: object) -> None:
    raise OperationError("all rows are there, and the run has not ended")


@pytest.fixture(scope="module")
def made(server: str, shop: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make the copy that each test gets one of; its name is returned."""
    with pytest.MonkeyPatch.context() as patch, database(server, "copy_made") as target:
        patch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
        assert copied(shop, target, write_rules(tmp_path_factory.mktemp("rules"))) == 0
        yield "copy_made"


@pytest.fixture
def masked(server: str, made: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    with database(server, "copy_masked", template=made) as target:
        yield target


def test_nobody_is_left_in_the_copy(masked: str) -> None:
    found = everything(masked).lower()

    for personal in ("person", "nick1", "4930123", "de8937", "10.1.2.", "secret", "bio of"):
        assert personal not in found, personal


def test_all_rows_and_all_rules_of_the_database_are_there(shop: str, masked: str) -> None:
    counts = {table: value(masked, f"select count(*) from {table}") for table in MASKS}
    constraints = "select conname, contype, convalidated from pg_constraint order by 1, 2"
    indexes = "select indexdef from pg_indexes where schemaname = 'public' order by 1"

    assert counts == {"users": 300, "orders": 300, "events": 60, "sessions": 0, "a": 2, "b": 2}
    assert value(masked, "select count(*) from events_old") == 30
    assert rows(masked, constraints) == rows(shop, constraints)
    assert rows(masked, indexes) == rows(shop, indexes)
    assert rows(masked, "select plan, users from plans") == [("gold", 300)]
    assert value(masked, "select count(*) from pg_namespace where nspname ~ 'understudy'") == 0


def test_what_was_alike_is_alike_and_what_belonged_together_does(masked: str) -> None:
    joined = (
        "select count(*) from users join orders on users.id = user_id and users.mail = orders.mail"
    )
    by_nick = "select count(*) from users join events on nick = user_nick"
    in_list = "select count(*) from users where mails = array[mail, null]::email[]"

    assert value(masked, joined) == 300
    assert value(masked, by_nick) == 60
    assert value(masked, in_list) == 300


def test_fakes_have_the_form_of_what_they_stand_for(masked: str) -> None:
    for mail, phone, iban, name, street, seen, salary in rows(
        masked, "select mail, phone, iban, name, street, host(seen), salary from users"
    ):
        assert re.fullmatch(r"[0-9a-f]{16}@example\.invalid", mail)
        assert re.fullmatch(r"\+999\d{12}", phone)
        assert re.fullmatch(r"DE\d{2}0\d{17}", iban)
        assert int(iban[4:] + "1314" + iban[2:4]) % 97 == 1, "ISO 7064, mod 97-10"
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", name)
        assert re.fullmatch(r"\d+ [A-Z][a-z]+ Street", street)
        assert re.match(r"198\.1[89]\.", seen)
        assert 800 <= salary <= 1560


def test_the_dates_of_one_person_keep_their_distance_and_move(shop: str, masked: str) -> None:
    query = "select id, placed, paid - placed from orders order by id"
    before, after = rows(shop, query), rows(masked, query)

    assert [each[2] for each in before] == [each[2] for each in after]
    moved = [(b[1] - a[1]).days for a, b in zip(before, after, strict=True)]
    assert all(1 <= abs(days) <= 181 for days in moved)
    assert len(set(moved)) > 50


def test_sequences_go_on_where_they_stood(masked: str) -> None:
    insert = "insert into users (mail, plan) values ('new@example.com', 'gold') returning id"

    assert value(masked, "select nextval('orders_id_seq')") == 301
    assert value(masked, insert) == 301


def test_the_same_key_gives_the_same_copy_and_another_key_another(
    server: str, shop: str, masked: str, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for name, key in (("same", KEY), ("other", OTHER_KEY)):
        monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", key)
        with database(server, f"copy_{name}") as target:
            assert copied(shop, target, rules) == 0
            found[name] = rows(target, "select * from users order by id")
    first = rows(masked, "select * from users order by id")

    assert found["same"] == first
    for column in (1, 2, 4, 5, 11, 12):
        assert not {row[column] for row in first} & {row[column] for row in found["other"]}


def started(source: str, target: str, rules: Path) -> "subprocess.Popen[bytes]":
    databases = ["--database", source, "--target", target]
    return subprocess.Popen(
        [sys.executable, "-m", "operations", "sanitise", "copy", *databases, "--rules", str(rules)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
def test_a_killed_run_goes_on_and_the_copy_never_held_a_person(
    server: str, shop: str, masked: str, rules: Path, part: float
) -> None:
    begun = time.monotonic()
    with database(server, "copy_timed") as target:
        assert started(shop, target, rules).wait() == 0
    whole = time.monotonic() - begun

    with database(server, "copy_killed") as target:
        process = started(shop, target, rules)
        time.sleep(part * whole)
        process.kill()
        process.wait()
        if value(target, "select to_regclass('users') is not null"):
            assert "person" not in everything(target, left_out=["plans"]).lower()
        assert copied(shop, target, rules) == 0
        assert everything(target) == everything(masked)


def test_a_run_goes_on_only_with_what_it_began_with(
    server: str, shop: str, rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    with database(server, "copy_other") as target:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("operations.sanitise.copy.set_sequences", broken_off)
            assert copied(shop, target, rules) == 1
            assert "all rows are there" in capsys.readouterr().err

        text = rules.read_text()
        rules.write_text(text.replace("mask: address", "mask: redact"))
        assert copied(shop, target, rules) == 2
        assert "other rules, another key or another source" in capsys.readouterr().err

        rules.write_text(text)
        with database(server, "shop_elsewhere", *SHOP) as elsewhere:
            assert copied(elsewhere, target, rules) == 2
        assert "other rules, another key or another source" in capsys.readouterr().err


def test_a_target_with_something_in_it_is_refused(
    server: str, shop: str, rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    with database(server, "copy_taken", "create table mine (a int)") as target:
        assert copied(shop, target, rules) == 2
        assert capsys.readouterr().err.startswith("target: must be empty")
        assert rows(target, "select * from mine") == []


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_long_key_nothing_is_done(
    rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, key: str
) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", key)

    assert copied("host=127.0.0.1 port=1", "host=127.0.0.1 port=1", rules) == 2
    assert capsys.readouterr().err.startswith("UNDERSTUDY_SANITISE_KEY: must be set")


def test_what_cannot_be_built_over_masked_rows_is_told_without_a_value(
    server: str, rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A view that relies on what production's addresses look like: one row there, many here."""
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    view = (
        "create materialized view known as select split_part(mail, '@', 2) as domain from users"
        " where mail not like 'Person%' or id = 1",
        "create unique index known_once on known (domain)",
    )
    with (
        database(server, "shop_relying", *SHOP, *view) as source,
        database(server, "copy_relying") as target,
    ):
        assert copied(source, target, rules) == 1
        said = capsys.readouterr().err.splitlines()[-1]
        assert said == 'pg_restore: could not create unique index "known_once"'


def test_two_that_become_one_are_told_before_anything_is_written(
    server: str, rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """An e-mail address in capitals is the same person, and a column may be unique all the same."""
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    twin = "insert into users (mail, plan) values ('PERSON1@example.com', 'gold')"
    with (
        database(server, "shop_twins", *SHOP, twin) as source,
        database(server, "copy_twins") as target,
    ):
        assert copied(source, target, rules) == 2
        assert capsys.readouterr().err.endswith(
            "public.users: two rows would be the same for users_mail_key once masked; "
            "set another mask of mail, or take another key\n"
        )
        assert value(target, "select count(*) from pg_class where relname = 'users'") == 0
