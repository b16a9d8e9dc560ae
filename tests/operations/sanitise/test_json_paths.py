"""Of a document only what a path names is left, and that masked; whatever else, is not there."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Literal

from operations.sanitise.digests import ROW, Digests, pads
from operations.sanitise.json_paths import ITEMS, steps, tree
from operations.sanitise.masks import Masked, expression
from operations.sanitise.rules import ColumnRule
from operations.sanitise.schema import Column

INNER, OUTER = pads(b"the key of one run, long enough")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", []),
        ("$.a", ["a"]),
        ("$.a_1.b-c", ["a_1", "b-c"]),
        ("$.items[*].note", ["items", ITEMS, "note"]),
        ("$[*][*]", [ITEMS, ITEMS]),
        ('$["odd key"].a', ["odd key", "a"]),
        (r'$["a\"b\\c"]', [r'a"b\c']),
        ('$["[*]"]', ["[*]"]),
    ],
)
def test_a_path_is_read_step_by_step(path: str, found: list[object]) -> None:
    assert steps(path) == found


@pytest.mark.parametrize("path", ["a", "$a", "$.", "$..a", "$[0]", "$[*", '$["a]', "$.a b", "$.*"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        steps(path)


def test_a_path_is_there_once() -> None:
    with pytest.raises(ValueError, match="once"):
        tree({"$.a": 1, '$["a"]': 2})


@pytest.fixture(scope="module")
def connection(server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as found:
        found.execute("create extension if not exists hstore")
        found.execute("select set_config('understudy.inner', %s, false)", [INNER.hex()])
        found.execute("select set_config('understudy.outer', %s, false)", [OUTER.hex()])
        yield found


def masked(
    connection: psycopg.Connection, text: str | None, paths: Mapping[str, Any], type_: str = "jsonb"
) -> Any:
    """Return what becomes of a document, as text."""
    told = {path: {"mask": rule} if isinstance(rule, str) else rule for path, rule in paths.items()}
    rule = ColumnRule.model_validate({"type": type_, "mask": "paths", "paths": told})
    digests = Digests()
    own = expression(Masked(Column("v", type_), rule), digests)
    query = SQL("select ({})::text from (select {}::{} as v) as {}, {}").format(
        own, Literal(text), SQL(type_), ROW, digests.source
    )
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


CUSTOMER = {
    "customer": {"email": "ann@example.com", "age": 44, "vip": True, "secret": "x"},
    "items": [{"note": "for Ann", "n": 1.5}, {"n": 2, "new": "Ann"}, "loose", None],
    "at": "2024-02-29T10:00:00Z",
    "new key": {"deep": ["Ann"]},
}


@pytest.mark.slow
@pytest.mark.parametrize("type_", ["jsonb", "json"])
def test_what_a_path_names_is_masked_and_the_rest_goes(
    connection: psycopg.Connection, type_: str
) -> None:
    paths = {
        "$.customer.email": "email",
        "$.customer.age": "number",
        "$.customer.vip": "keep",
        "$.items[*].note": "redact",
        "$.items[*].n": "keep",
        "$.at": "date",
        "$.customer.gone": "keep",
    }
    found = json.loads(masked(connection, json.dumps(CUSTOMER), paths, type_))

    assert found["customer"].pop("email").endswith("@example.invalid")
    assert 35 <= found["customer"].pop("age") <= 53
    day = found.pop("at")
    assert day.endswith("T10:00:00Z")
    assert day[:10] != "2024-02-29"
    assert found == {
        "customer": {"vip": True},
        "items": [{"note": "redacted", "n": 1.5}, {"n": 2}, None, None],
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "paths", "after"),
    [
        (None, {"$": "keep"}, None),
        ("null", {"$": "keep"}, None),
        ('"a"', {"$": "keep"}, "a"),
        ('"a"', {"$.a": "keep"}, None),
        ("{}", {"$.a": "keep"}, {}),
        ("[]", {"$[*]": "keep"}, []),
        ("[]", {"$": "keep"}, None),
        # A path ends at scalars: what grew into more is gone, even where it may be kept.
        ('{"a": {"b": "Ann"}}', {"$.a": "keep"}, {"a": None}),
        ('{"a": ["Ann"]}', {"$.a": "keep"}, {"a": None}),
        ('{"a": "Ann"}', {"$.a.b": "keep"}, {"a": None}),
        ('{"a": ["Ann"]}', {"$.a.b": "keep"}, {"a": None}),
        ('{"a": {"b": 1}}', {"$.a[*]": "keep"}, {"a": None}),
        # One place may hold this or that.
        ('[{"a": "x"}, {"a": ["y"]}, {"a": {"b": "z"}}]',
         {"$[*].a": "keep", "$[*].a[*]": "keep", "$[*].a.b": "keep"},
         [{"a": "x"}, {"a": ["y"]}, {"a": {"b": "z"}}]),
        ("[[1, [2]], 3, [[]]]", {"$[*][*]": "keep"}, [[1, None], None, [None]]),
        ('{"a": null}', {"$.a": {"mask": "constant", "value": "x"}}, {"a": None}),
        ('{"a": 7}', {"$.a": {"mask": "constant", "value": "x"}}, {"a": "x"}),
        ('{"a": "7"}', {"$.a": "number"}, {"a": None}),
        ('{"a": "2024-13-01"}', {"$.a": "date"}, {"a": None}),
        ('{"a": "Ann, 2024-01-01"}', {"$.a": "date"}, {"a": None}),
        ('{"a": "2024-01-01 Ann"}', {"$.a": "date"}, {"a": None}),
        ('{"a": 5, "b": true}', {"$.a": "redact", "$.b": "redact"},
         {"a": "redacted", "b": "redacted"}),
        ('{"value": 1, "key": 2, "v": 3}', {"$.value": "keep", "$.key": "keep"},
         {"value": 1, "key": 2}),
    ],
)  # fmt: skip
def test_any_kind_at_any_place(
    connection: psycopg.Connection, text: str | None, paths: Mapping[str, Any], after: Any
) -> None:
    found = masked(connection, text, paths)

    assert found is None if text is None else json.loads(found) == after


@pytest.mark.slow
def test_of_keys_that_are_there_twice_the_last_counts(connection: psycopg.Connection) -> None:
    twice = '{"a": "Ann", "a": "Ann", "a": 1}'

    assert json.loads(masked(connection, twice, {"$.a": "keep"}, "json")) == {"a": 1}


@pytest.mark.slow
def test_an_address_in_a_document_is_the_same_fake_as_in_a_column(
    connection: psycopg.Connection,
) -> None:
    rule = ColumnRule(type="text", mask="email")
    digests = Digests()
    own = expression(Masked(Column("v", "text"), rule), digests)
    query = SQL("select {} from (select 'Ann@Example.com'::text as v) as {}, {}").format(
        own, ROW, digests.source
    )
    (column,) = connection.execute(query).fetchone() or ("",)

    found = masked(connection, '{"mail": "ann@example.com"}', {"$.mail": "email"})
    assert json.loads(found) == {"mail": column}


@pytest.mark.slow
def test_pairs_have_paths_too(connection: psycopg.Connection) -> None:
    text = '"mail"=>"ann@example.com", "odd \\"\\\\ key"=>"a\\"b\\\\c", "none"=>NULL, "x"=>"Ann"'
    paths = {"$.mail": "redact", '$["odd \\"\\\\ key"]': "keep", "$.none": "keep", "$.gone": "keep"}
    found = masked(connection, text, paths, "hstore")

    query = "select %s::hstore = hstore(array['mail', 'odd \"\\ key', 'none'], %s)"
    values = ["redacted", 'a"b\\c', None]
    assert connection.execute(query, [found, values]).fetchone() == (True,)
    assert masked(connection, None, paths, "hstore") is None
    assert masked(connection, '"x"=>"Ann"', paths, "hstore") == ""


KEYS = st.sampled_from(["a", "b", "c d"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["Ann", "Bob", ""])
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=12
)
PATHS = st.lists(st.sampled_from(['["a"]', '["b"]', '["c d"]', "[*]"]), max_size=4).map(
    lambda parts: "$" + "".join(parts)
)
MASKS = st.sampled_from(["keep", "null", "redact"])


def built(value: Any, paths: Mapping[tuple[Any, ...], str], at: tuple[Any, ...] = ()) -> Any:
    """Say again, in another way, what is to be left of a document."""
    below = {path[len(at)] for path in paths if path[: len(at)] == at and len(path) > len(at)}
    if isinstance(value, dict):
        named = below - {ITEMS}
        return (
            {k: built(v, paths, (*at, k)) for k, v in value.items() if k in named}
            if named
            else None
        )
    if isinstance(value, list):
        return [built(each, paths, (*at, ITEMS)) for each in value] if ITEMS in below else None
    mask = paths.get(at, "null")
    return {"keep": value, "null": None, "redact": "redacted"}[mask] if value is not None else None


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=DOCUMENTS, paths=st.dictionaries(PATHS, MASKS, min_size=1, max_size=5))
def test_whatever_the_document_and_the_paths_only_what_is_named_is_left(
    connection: psycopg.Connection, value: Any, paths: Mapping[str, str]
) -> None:
    after = json.loads(masked(connection, json.dumps(value), paths))

    assert after == built(value, {tuple(steps(path)): mask for path, mask in paths.items()})
