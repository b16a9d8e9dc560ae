"""What crosses the wire comes out as it went in, secrets marked and unknowns unknown."""

import copy
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.values import (
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    UNKNOWNS,
    from_wire,
    is_known,
    to_wire,
)

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(
    lambda name: name != SIGNATURE
)
SCALARS = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=12)
    | st.just(UNKNOWN)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def struct(**values: struct_pb2.Value) -> struct_pb2.Struct:
    return struct_pb2.Struct(fields=values)


def text(value: str) -> struct_pb2.Value:
    return struct_pb2.Value(string_value=value)


def inside(struct_: struct_pb2.Struct) -> struct_pb2.Value:
    return struct_pb2.Value(struct_value=struct_)


def special(signature: str, **more: struct_pb2.Value) -> struct_pb2.Value:
    return inside(struct_pb2.Struct(fields={SIGNATURE: text(signature), **more}))


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.data())
def test_properties_come_back_as_they_went(props: dict[str, Any], data: st.DataObject) -> None:
    hidden = set(data.draw(st.lists(st.sampled_from(sorted(props)))) if props else [])

    assert from_wire(to_wire(props, hidden)) == (props, hidden)


def test_an_unknown_deep_inside_makes_the_whole_unknown() -> None:
    assert is_known({"a": [{"b": 1}, None, "x"]})
    assert not is_known({"a": [{"b": UNKNOWN}]})
    assert not is_known(UNKNOWN)


def test_whole_numbers_are_integers_and_others_stay_as_they_are() -> None:
    plain, _ = from_wire(to_wire({"whole": 5, "half": 0.5, "yes": True}))

    assert plain == {"whole": 5, "half": 0.5, "yes": True}
    assert [type(plain[name]) for name in ("whole", "half", "yes")] == [int, float, bool]


def test_a_secret_anywhere_marks_the_property_that_holds_it() -> None:
    secret = special(SECRET, value=text("hunter2"))
    wire = struct(deep=inside(struct(list=inside(struct(password=secret)))), open=text("x"))

    assert from_wire(wire) == ({"deep": {"list": {"password": "hunter2"}}, "open": "x"}, {"deep"})


def test_a_secret_goes_out_with_its_mark() -> None:
    wire = to_wire({"password": "hunter2", "user": "me"}, {"password", "absent"})

    password = wire.fields["password"].struct_value.fields
    assert password[SIGNATURE].string_value == SECRET
    assert password["value"].string_value == "hunter2"
    assert wire.fields["user"].string_value == "me"
    assert "absent" not in wire.fields


def test_an_unknown_secret_is_both() -> None:
    assert from_wire(to_wire({"password": UNKNOWN}, {"password"})) == (
        {"password": UNKNOWN},
        {"password"},
    )


def test_an_output_without_a_value_is_unknown_and_may_be_secret() -> None:
    secret = struct_pb2.Value(bool_value=True)
    wire = struct(
        pending=special(OUTPUT),
        there=special(OUTPUT, value=text("x")),
        hidden=special(OUTPUT, value=text("y"), secret=secret),
    )

    assert from_wire(wire) == ({"pending": UNKNOWN, "there": "x", "hidden": "y"}, {"hidden"})


@pytest.mark.parametrize("sentinel", sorted(UNKNOWNS))
def test_each_kind_of_unknown_of_the_engine_is_unknown(sentinel: str) -> None:
    assert len(UNKNOWNS) == 7
    assert from_wire(struct(value=text(sentinel)))[0]["value"] is UNKNOWN


def test_nothing_is_left_out_on_the_wire_but_keeps_its_place_in_a_list() -> None:
    wire = to_wire({"gone": None, "object": {"gone": None, "here": 1}, "list": [None, 1]})

    assert from_wire(wire)[0] == {"object": {"here": 1}, "list": [None, 1]}


def test_reading_does_not_change_the_message() -> None:
    wire = struct(odd=special(SECRET))
    before = wire.SerializeToString(deterministic=True)

    assert from_wire(wire) == ({"odd": None}, {"odd"})
    assert wire.SerializeToString(deterministic=True) == before


def test_what_no_property_can_hold_is_refused_by_its_type() -> None:
    with pytest.raises(TypeError, match="blob cannot hold a bytes"):
        to_wire({"blob": b"x"})


def test_a_copy_of_unknown_is_unknown() -> None:
    assert copy.deepcopy({"a": [UNKNOWN]})["a"][0] is UNKNOWN
    assert copy.copy(UNKNOWN) is UNKNOWN
    assert repr(UNKNOWN) == "UNKNOWN"
