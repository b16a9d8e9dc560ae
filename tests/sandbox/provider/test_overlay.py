"""Only what means something else replaces what was asked for."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.overlay import ANY, covers, same
from sandbox.provider.values import UNKNOWN

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
BLOCKS = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 2), max_size=3))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict | list))


@given(VALUES, st.booleans())
def test_a_value_covers_itself(value: Any, exact: bool) -> None:  # noqa: FBT001
    assert covers(copy.deepcopy(value), value, exact=exact)


@given(VALUES)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same(copy.deepcopy(value), value)


@given(VALUES, VALUES)
def test_to_be_the_same_goes_both_ways(one: Any, other: Any) -> None:
    assert same(one, other) == same(other, one)


@given(BLOCKS, st.randoms())
def test_the_order_of_a_list_says_nothing(blocks: list[Any], random: Any) -> None:
    live = [{**block, "more": 1} for block in blocks]
    random.shuffle(live)

    assert covers(live, blocks, defaults={"more": 1})
    random.shuffle(blocks)
    assert covers(live, blocks, defaults={"more": 1})


@given(BLOCKS, BLOCKS, st.randoms())
def test_the_answer_does_not_depend_on_the_order(live: Any, saved: Any, random: Any) -> None:
    before = covers(live, saved), same(live, saved)
    random.shuffle(live)
    random.shuffle(saved)

    assert (covers(live, saved), same(live, saved)) == before


def test_a_full_block_is_kept_for_the_one_that_needs_it() -> None:
    live = [{"a": 1, "b": 2}, {"a": 1}]

    for blocks in ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1}, {"a": 1}]):
        assert covers(live, blocks, defaults={"b": 2})
    for blocks in ([{"a": 1, "b": 2}, {"a": 1, "b": 2}], [{"a": 1}]):
        assert not covers(live, blocks, defaults={"b": 2})


@given(DOCUMENTS)
def test_json_is_compared_by_what_it_says(document: Any) -> None:
    spread = json.dumps(document, indent=2, sort_keys=True)

    assert covers(json.dumps(document), spread)
    assert same(json.dumps(document), spread)
    assert not covers(json.dumps([document, 1]), spread)


@pytest.mark.parametrize(
    ("live", "saved"),
    [
        ({"Version": "1"}, '{"Version": "1"}'),
        ("[ip, user, *]", "[ip, user, *]"),
        ("{broken", "{broken"),
        (5, "5"),
        (5.0, 5),
        (True, "true"),
        (None, ""),
        ({"Name": "x", "More": None, "Off": False, "Deep": {"List": []}}, {"name": "x"}),
        ({}, {"off": False}),
        ({"anything": 1}, UNKNOWN),
        ({"PATH": "a", "Path": "b"}, {"Path": "b", "PATH": "a"}),
        ({"Block": {}}, {"block": {}}),
    ],
)
def test_these_say_as_much(live: Any, saved: Any) -> None:
    assert covers(live, saved)


@pytest.mark.parametrize(
    ("live", "saved"),
    [
        ('{"Version": "2"}', '{"Version": "1"}'),
        ("not json", '{"Version": "1"}'),
        ("[ip, user]", "[ip, user, *]"),
        ({"name": "y"}, {"name": "x"}),
        ({}, {"on": True}),
        ({"allow": {}}, {"block": {}}),
        ({"name": "x", "more": 1}, {"name": "x"}),
        ({"name": "x", "retries": 0}, {"name": "x"}),
        ([{"name": "x", "expiration": {"days": 1}}], [{"name": "x"}]),
        ({"rate": {"limit": 5, "scope": {"path": "/"}}}, {"rate": {"limit": 5}}),
        ([], ["a"]),
        (["a", "b"], ["a"]),
        ("a", ["a"]),
        (6, 5),
        (False, True),
        (0.5, 0),
    ],
)
def test_these_do_not(live: Any, saved: Any) -> None:
    assert not covers(live, saved)


@pytest.mark.parametrize(
    "live", [{}, {"Name": "x", "Hand": "made"}, {"name": "x"}, {"Name": "y"}, {"Name": ""}]
)
def test_tags_are_compared_exactly(live: Any) -> None:
    assert not covers(live, {"Name": "x"}, exact=True)
    assert covers({"Name": "x"}, {"Name": "x"}, exact=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Critical": ""}, {}),
        ({"name": "x"}, {"Name": "x"}),
        ({"path": "/"}, {"path": "/", "enabled": False}),
        ([{"a": 1}], [{"a": 1, "b": 2}]),
        (["a", "a", "b"], ["a", "b", "b"]),
        ({"a": UNKNOWN}, {"a": UNKNOWN}),
        ([], ""),
        ("a", ["a"]),
    ],
)
def test_a_program_that_says_these_has_changed_its_mind(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_what_was_not_asked_for_may_be_a_default_of_its_place() -> None:
    saved = {"rules": [{"name": "x", "filter": {}}]}
    live = {"Rules": [{"Name": "x", "Filter": {"Mode": "Any"}, "Period": {"Days": 30}}]}
    defaults = {"rules.filter.mode": "Any", "rules.period": {"days": 30}}

    assert covers(live, saved, defaults=defaults)
    assert covers(live, saved, defaults={**defaults, "rules.period": ANY})
    assert not covers(live, saved, defaults={**defaults, "rules.filter.mode": "All"})
    assert not covers(live, saved, defaults={"mode": "Any", "rules.period": {"days": 30}})
    assert not covers(live, saved, defaults={**defaults, "rules.period": {"days": 31}})
