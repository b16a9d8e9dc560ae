"""Everything that stores rows is seen, with its types down to what they are made of."""

import psycopg
import pytest

from operations.sanitise.schema import Schema, read_schema
from tests.support.postgres import database

pytestmark = pytest.mark.slow

EVERYTHING = (
    "create schema shop",
    "create type shop.mood as enum ('good', 'bad')",
    "create domain shop.email as text check (value like '%@%')",
    "create type shop.address as (street text, mail shop.email)",
    "create type shop.span as range (subtype = shop.address)",
    """create table shop.users (
        id bigint generated always as identity primary key,
        mail shop.email not null, home shop.address, homes shop.address[], mails shop.email[],
        mood shop.mood, born date, score numeric(10, 2), tags varchar(20)[], lived shop.span,
        seen tstzrange,
        initial text generated always as (left(mail::text, 1)) stored)""",
    "create table public.events (id int, day date) partition by range (day)",
    "create table public.events_1 partition of public.events default",
    "create table public.base (a int)",
    "create table public.child (b text) inherits (public.base)",
    'create table public."Odd Name" ("Sel ect" int)',
    "create materialized view public.totals as select count(*) as number from shop.users",
    "create view public.seen as select mail from shop.users",
    "alter table shop.users drop column born",
    "create table public.nothing ()",
    "select lo_create(0)",
)


@pytest.fixture(scope="module")
def schema(server: str) -> Schema:
    with database(server, "everything", *EVERYTHING) as target, psycopg.connect(target) as there:
        return read_schema(there)


def test_tables_are_there_with_their_kinds_and_partitions_with_their_table(schema: Schema) -> None:
    assert {key: table.kind for key, table in schema.tables.items()} == {
        "public.Odd Name": "table",
        "public.base": "table",
        "public.child": "table",
        "public.events": "partitioned table",
        "public.nothing": "table",
        "public.totals": "materialised view",
        "shop.users": "table",
    }


def test_a_type_is_spelled_out_to_what_it_is_made_of(schema: Schema) -> None:
    columns = schema.tables["shop.users"].columns

    assert {name: column.type for name, column in columns.items()} == {
        "id": "bigint",
        "mail": "shop.email over text",
        "home": "shop.address of (street text, mail shop.email over text)",
        "homes": "shop.address[] of shop.address of (street text, mail shop.email over text)",
        "mails": "shop.email[] of shop.email over text",
        "mood": "shop.mood",
        "score": "numeric(10,2)",
        "tags": "character varying(20)[]",
        "lived": "shop.span of shop.address of (street text, mail shop.email over text)",
        "seen": "tstzrange",
        "initial": "text",
    }


def test_what_is_computed_and_what_takes_no_null_is_known(schema: Schema) -> None:
    columns = schema.tables["shop.users"].columns

    assert {name for name, each in columns.items() if each.generated} == {"initial"}
    assert {name for name, each in columns.items() if each.not_null} == {"id", "mail"}


def test_an_heir_has_all_columns(schema: Schema) -> None:
    assert list(schema.tables["public.child"].columns) == ["a", "b"]


def test_odd_names_and_large_objects_are_seen(schema: Schema) -> None:
    assert list(schema.tables["public.Odd Name"].columns) == ["Sel ect"]
    assert schema.large_objects == 1
