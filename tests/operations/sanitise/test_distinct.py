"""What must not be there twice is not, or the rules are refused before a row is read."""

from typing import Any

import psycopg
import pytest

from operations.sanitise.distinct import clashes, counted, tailed
from operations.sanitise.keys import Key
from operations.sanitise.rules import ColumnRule, Rules, TableRule
from operations.sanitise.schema import Column, Schema, Table, read_schema
from tests.support.postgres import database

TYPES = {"a": "text", "b": "character varying(20)", "c": "citext", "d": "date", "e": "daterange"}
COLUMNS = {name: Column(name, type_) for name, type_ in TYPES.items()}


def table_of(*keys: Key) -> Table:
    return Table("s", "t", "table", COLUMNS, keys)


def rule_of(**masks: Any) -> TableRule:
    """Return rules of which those that are not named keep what there is."""
    told = {
        name: mask if isinstance(mask, dict) else {"mask": mask}
        for name, mask in {**dict.fromkeys(TYPES, "keep"), **masks}.items()
    }
    for rule in told.values():
        if rule["mask"] == "constant":
            rule.setdefault("value", "x")
    return TableRule(
        columns={name: ColumnRule(type=TYPES[name], **rule) for name, rule in told.items()}
    )


def said(key: Key, **masks: Any) -> list[str]:
    found = clashes(table_of(key), rule_of(**masks))
    return [each.removeprefix("tables.s.t.columns.") for each in found]


@pytest.mark.parametrize(
    ("masks", "is_counted"),
    [
        ({}, False),
        ({"a": "hash"}, False),
        ({"a": "name"}, False),
        ({"a": "url"}, False),
        ({"a": "email"}, True),
        ({"a": "phone"}, True),
        ({"a": {"mask": "name", "by": "subject"}}, True),
        ({"c": "email"}, False),
        ({"d": "date"}, True),
        ({"a": "null"}, False),
        ({"a": {"mask": "keep", "rows": [{"where": {"b": "x"}, "value": "y"}]}}, True),
    ],
)
def test_a_mask_that_keeps_rows_apart_passes_and_the_doubtful_are_counted(
    masks: Any,
    is_counted: bool,  # noqa: FBT001
) -> None:
    key = Key("k", ("a", "c", "d"))

    assert said(key, **masks) == []
    assert list(counted(table_of(key), rule_of(**masks))) == ([key] if is_counted else [])


@pytest.mark.parametrize(
    ("key", "masks", "line"),
    [
        (Key("k", ("a",)), {"a": "constant"}, "a.mask: must keep rows apart, for k, got constant"),
        (Key("k", ("d", "a")), {"a": "constant"},
         "a.mask: must keep rows apart, for k, got constant"),
        (Key("k", ("b",)), {"b": "name"}, "b.mask: must keep rows apart, for k, got name"),
        (Key("k", ("a",), nulls_alike=True), {"a": "null"},
         "a.mask: must keep rows apart, for k, got null"),
        (Key("k", (), ("md5(a)",)), {"a": "hash"},
         "a.mask: must be keep: k computes from it what may not be there twice, got hash"),
        (Key("k", ("d",), ("COALESCE(a, ''::text)",)), {"a": "null"},
         "a.mask: must be keep: k computes from it what may not be there twice, got null"),
        (Key("k", (), ("lower(a)",)), {"a": "constant"},
         "a.mask: must keep rows apart, for k, got constant"),
        (Key("k", ("d",), predicate="a = 'open'::text"), {"a": "hash"},
         "a.mask: must be keep: k chooses by it of which rows it speaks, got hash"),
        (Key("k", ("d",), predicate="a IS NULL"), {"a": "constant"},
         "a.mask: must be keep: k chooses by it of which rows it speaks, got constant"),
        (Key("k", ("a", "e"), operators=("=", "&&")), {"a": "email"},
         "a.mask: must be keep: k excludes rows by it, got email"),
        (Key("k", ("a", "e"), operators=("=", "&&")), {"e": "constant"},
         "e.mask: must be keep: k excludes rows by it, got constant"),
        (Key("k", ("e",), ("lower(a)",), operators=("&&", "=")), {"a": "hash"},
         "a.mask: must be keep: k excludes rows by it, got hash"),
    ],
)  # fmt: skip
def test_a_mask_that_may_make_two_rows_one_is_refused(key: Key, masks: Any, line: str) -> None:
    assert said(key, **masks) == [line]


@pytest.mark.parametrize(
    ("key", "masks"),
    [
        (Key("k", ("d", "a")), {"d": "null", "a": "constant"}),
        (Key("k", ("b",)), {"b": "hash"}),
        (Key("k", (), ("lower(a)",)), {"a": "name"}),
        (Key("k", (), ("lower(a)",)), {"a": "email"}),
        (Key("k", (), ("lower(c::text)",)), {"c": "email"}),
        (Key("k", ("d",), predicate="a IS NULL"), {"a": "hash"}),
        (Key("k", ("a", "e"), operators=("=", "&&")), {"a": "hash"}),
        (Key("k", ("a", "e"), operators=("=", "&&")), {"a": "constant", "e": "null"}),
        (Key("k", ("d",)), {"a": "constant"}),
    ],
)
def test_a_mask_that_does_no_harm_passes(key: Key, masks: Any) -> None:
    assert said(key, **masks) == []


def test_a_table_that_starts_empty_has_nothing_twice() -> None:
    rule = rule_of(a="constant").model_copy(update={"empty": True})

    assert list(clashes(table_of(Key("k", ("a",))), rule)) == []


def test_a_whole_domain_gets_tails_once_one_of_its_columns_is_unique() -> None:
    one = table_of(Key("k", ("a",)))
    other = Table("s", "o", "table", COLUMNS)
    schema = Schema({each.key: each for each in (one, other)})
    rules = Rules(tables={"s.t": rule_of(a="name"), "s.o": rule_of(a="name", b="redact")})

    assert tailed(rules, schema) == {("name", "name")}


MADE = (
    "create extension btree_gist",
    "create table t (a text, b int, c text, d daterange, \"Odd\" int unique, primary key (b, a))",
    "create unique index on t (a) include (c)",
    "create unique index by_small on t (lower(c), b) where a is not null",
    "create unique index alike on t (c) nulls not distinct",
    "create index plain on t (c)",
    "alter table t add constraint apart exclude using gist (b with =, d with &&) where (b > 1)",
    "create table p (a int, b text, c int, unique (a, b)) partition by list (a)",
    "create table p1 partition of p (unique (c)) for values in (1)",
    "create table p2 partition of p default partition by range (b)",
    "create table p3 partition of p2 for values from ('a') to ('b')",
    "create table h (a int, b text) partition by hash (lower(b))",
)  # fmt: skip


@pytest.mark.slow
def test_keys_are_read_as_the_database_has_them(server: str) -> None:
    with database(server, "keys", *MADE) as target, psycopg.connect(target) as there:
        tables = read_schema(there).tables

    found = {key.name: key for key in tables["public.t"].keys}
    assert found == {
        "t_pkey": Key("t_pkey", ("b", "a")),
        "t_Odd_key": Key("t_Odd_key", ("Odd",)),
        "t_a_c_idx": Key("t_a_c_idx", ("a",)),
        "by_small": Key("by_small", ("b",), ("lower(c)",), "a IS NOT NULL"),
        "alike": Key("alike", ("c",), nulls_alike=True),
        "apart": Key("apart", ("b", "d"), (), "b > 1", ("=", "&&")),
    }
    assert tables["public.t"].unique == ("Odd", "a", "b", "c", "d")
    parted = tables["public.p"]
    assert [key.columns for key in parted.keys] == [("a", "b"), ("c",)]
    assert (parted.moved_by, parted.held_by) == (("a", "b"), ("b",))
    # Of an expression nothing is known, so all columns count; rows by hash always find a place.
    assert (tables["public.h"].moved_by, tables["public.h"].held_by) == (("a", "b"), ())
