"""The contract says of each setting what it decides: the machine finds the same by trying each.

Production is laid out again with one setting of the scale at a time as staging has it. Whatever
then differs is what that setting decides.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from policies.graph import Resource, graph_of
from policies.parity.comparison import Node, differing
from policies.parity.contract import load_contract
from policies.parity.leaves import Identity, Leaves, leaves_of
from settings.direction import DIRECTIONS, taking, value_at
from settings.scale import Scale
from tests.blueprint.environments import environment, laid_out, settings_of
from tests.settings.workspace import ROOT
from tests.support.graph import Graph

pytestmark = pytest.mark.slow

CONTRACT = load_contract(ROOT)
SAME_IN_BOTH: Mapping[str, tuple[str, Any]] = {
    "database.monitoringSeconds": ("database", {"monitoring_seconds": 30}),
    "backup.dailyDays": ("backup", {"daily_days": 20}),
    "offHours.keepRunning": ("off_hours", {"keep_running": ("web",)}),
    "offHours.pausedUntil": ("off_hours", {"paused_until": "2031-05-01"}),
}
"""Keys whose committed values are the same in both environments, with another one."""

TOGETHER: Mapping[str, tuple[str, ...]] = {
    "scale.web": ("scale.offHours.webMin",),
    "scale.worker": ("scale.offHours.workerMin",),
    "scale.database.maxStorageGib": ("scale.database.storageGib",),
}
"""Settings that cannot take staging's value without others."""

Change = tuple[Node, str]
"""A resource and the property that changes; an empty one for the whole resource."""


def compared(graph: Graph) -> Mapping[Node, Leaves]:
    resources = (
        Resource(
            node.type,
            node.name,
            node.parent,
            properties=node.inputs,
            options={"protect": node.options["protect"]},
        )
        for node in graph.nodes
    )
    return leaves_of(graph_of("production", resources), Identity({}))


@cache
def before() -> Mapping[Node, Leaves]:
    return compared(environment("production"))


@cache
def changes(entry: str) -> frozenset[Change]:
    """Return what the keys of an entry, and those that must go with them, change in production."""
    production, staging = settings_of("production"), settings_of("staging")
    scale = production.scale
    for key in keys_of(entry):
        scale = _with(key, scale, staging.scale)
    after = compared(laid_out(replace(production, scale=scale), "production"))
    values = {
        (node, path)
        for node in before().keys() & after.keys()
        for path, _, _ in differing(before()[node], after[node])
    }
    return frozenset(values | {(node, "") for node in before().keys() ^ after.keys()})


def keys_of(entry: str) -> list[str]:
    wanted = [entry, *TOGETHER.get(entry, ())]
    return [key for key in DIRECTIONS if f"scale.{key}".startswith(tuple(wanted))]


def _with(key: str, scale: Scale, other: Scale) -> Scale:
    if key not in SAME_IN_BOTH:
        assert value_at(scale, key) != value_at(other, key), f"{key} is the same in both"
        return taking(scale, key, other)
    section, change = SAME_IN_BOTH[key]
    return scale.model_copy(update={section: getattr(scale, section).model_copy(update=change)})


def is_declared(entry: str, change: Change) -> bool:
    """Tell whether the contract says that an entry, or what goes with it, decides this."""
    (type_, name, _), path = change
    keys = (entry, *TOGETHER.get(entry, ()))
    if not path:
        return any(each.covers(type_, name) and each.key in keys for each in CONTRACT.presence)
    return any(
        selector.covers(type_, name, path)
        for each in CONTRACT.scale
        if each.key in keys or any(key.startswith(f"{each.key}.") for key in keys)
        for selector, _ in each.selectors
    )


def test_every_key_of_the_scale_is_in_the_contract() -> None:
    declared = {key for each in CONTRACT.scale for key in keys_of(each.key)}

    assert declared == set(DIRECTIONS)


@pytest.mark.parametrize("each", CONTRACT.scale, ids=lambda each: each.key)
def test_a_setting_decides_what_the_contract_says_and_nothing_else(each: Any) -> None:
    found = changes(each.key)
    undeclared = {change for change in found if not is_declared(each.key, change)}
    unused = [
        f"{selector.type} {selector.names} {selector.path}"
        for selector, _ in each.selectors
        if not any(selector.covers(node[0], node[1], path) for node, path in found)
    ]

    assert undeclared == set()
    assert unused == []
