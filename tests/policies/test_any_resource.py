"""What holds of every rule, whatever a resource looks like."""

import copy
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.catalogue import RULES
from policies.evaluation import verdict_of
from policies.graph import Graph, Key, Resource
from policies.place import UNKNOWN
from policies.verdict import Kind
from tests.policies.recorded import STACKS, graphs

pytestmark = pytest.mark.slow

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        [UNKNOWN, "${a:b:C::d.arn}", "*", "[]", "{}", '{"Statement": [1]}', "0.0.0.0/0"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
Leaf = tuple[str, Key, tuple[str | int, ...]]


@cache
def leaves() -> list[Leaf]:
    """Return every value of every resource that a rule looks at: stack, resource, steps to it."""
    types = {type_ for rule in RULES for type_ in rule.types}
    return [
        (stack, resource.key, steps)
        for stack in STACKS
        for resource in graphs()[stack].resources
        if resource.type in types
        for steps in _steps(dict(resource.properties), ())
    ]


def _steps(value: Any, before: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if before:
        yield before
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _steps(each, (*before, key))
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _steps(each, (*before, n))


def with_value(leaf: Leaf, value: Any) -> tuple[Graph, Resource]:
    """Return the graph in which one value is another, and the resource that has it."""
    stack, key, steps = leaf
    graph = graphs()[stack]
    resource = graph.by_key[key]
    properties = copy.deepcopy(dict(resource.properties))
    target: Any = properties
    for step in steps[:-1]:
        target = target[step]
    target[steps[-1]] = value
    changed = replace(resource, properties=properties)
    resources = tuple(changed if each.key == key else each for each in graph.resources)
    return replace(graph, resources=resources), changed


def verdicts(graph: Graph, resource: Resource) -> dict[str, Kind]:
    """Return what every rule says of a resource of a graph."""
    return {
        rule.name: verdict_of(rule, resource, graph).kind
        for rule in RULES
        if resource.type in rule.types
    }


def other(value: Any) -> Any:
    """Return another value of the same kind, and no empty one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1000
    return f"another-{value}" if isinstance(value, str) else value


def original(leaf: Leaf) -> Any:
    stack, key, steps = leaf
    value: Any = graphs()[stack].by_key[key].properties
    for step in steps:
        value = value[step]
    return value


@settings(max_examples=300)
@given(st.data(), ANYTHING)
def test_a_rule_answers_whatever_stands_anywhere(data: st.DataObject, value: Any) -> None:
    leaf = data.draw(st.sampled_from(leaves()))

    assert verdicts(*with_value(leaf, value))


@settings(max_examples=300)
@given(st.dictionaries(st.text(max_size=8), ANYTHING, max_size=4), st.sampled_from(RULES))
def test_a_rule_answers_of_any_properties(properties: dict[str, Any], rule: Any) -> None:
    for type_ in rule.types:
        resource = Resource(type_, "any", properties=properties)

        assert verdict_of(rule, resource, Graph("staging", (resource,))).kind in Kind


@settings(max_examples=300)
@given(st.data())
def test_an_unknown_value_passes_only_if_every_value_would(data: st.DataObject) -> None:
    leaf = data.draw(st.sampled_from(leaves()))
    unknown = verdicts(*with_value(leaf, UNKNOWN))
    for value in (original(leaf), other(original(leaf))):
        known = verdicts(*with_value(leaf, value))
        for rule, kind in unknown.items():
            if kind in (Kind.PASS, Kind.FAIL):
                assert known[rule] in (kind, Kind.NOT_APPLICABLE), (rule, leaf, value)


@settings(max_examples=50)
@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_resources_means_nothing_nor_does_asking_twice(
    data: st.DataObject, chance: random.Random
) -> None:
    stack, key, _ = leaf = data.draw(st.sampled_from(leaves()))
    graph, resource = with_value(leaf, UNKNOWN)
    shuffled = list(graph.resources)
    chance.shuffle(shuffled)
    again = replace(graph, resources=tuple(shuffled))

    assert (stack, key) == (again.stack, resource.key)
    assert verdicts(graph, resource) == verdicts(again, resource) == verdicts(again, resource)
