"""Each rule in six cases: well, wrong, left out, unknown, not applicable, nested."""

from collections.abc import Iterator
from typing import Any

import pytest

from policies.catalogue import RULES
from policies.evaluation import evaluate, verdict_of
from policies.verdict import Kind
from tests.policies.recorded import STACKS, graphs
from tests.policies.rules import (
    audit,
    audit_events,
    backup,
    buckets,
    compute,
    database,
    dns,
    firewall,
    identity,
    keys,
    load_balancer,
    monitoring,
    network,
    protection,
    secrets,
    tags,
)
from tests.policies.rules.trials import Change, Trial, unchanged

MODULES: tuple[Any, ...] = (
    audit,
    audit_events,
    backup,
    buckets,
    compute,
    database,
    dns,
    firewall,
    identity,
    keys,
    load_balancer,
    monitoring,
    network,
    protection,
    secrets,
    tags,
)
TRIALS: list[Trial] = [trial for module in MODULES for trial in module.TRIALS]


def _cases() -> Iterator[object]:
    for trial in TRIALS:
        yield _case(trial, "well", unchanged, Kind.PASS)
        for n, change in enumerate(trial.wrong):
            yield _case(trial, f"wrong-{n}", change, Kind.FAIL)
        yield _case(trial, "absent", *trial.absent)
        yield _case(trial, "unknown", *trial.unknown)
        for n, (change, kind) in enumerate(trial.nested):
            yield _case(trial, f"nested-{n}", change, kind)
        for n, change in enumerate(trial.other):
            yield _case(trial, f"other-{n}", change, Kind.NOT_APPLICABLE)


def _case(trial: Trial, name: str, change: Change, kind: Kind) -> object:
    return pytest.param(trial, change, kind, id=f"{trial.rule.name}-{name}")


@pytest.mark.parametrize(("trial", "change", "kind"), list(_cases()))
def test_a_rule_says_what_it_should_of_one_resource_and_nothing_of_any_other(
    trial: Trial, change: Change, kind: Kind
) -> None:
    graph = trial.changed(change)
    found = {each.resource.key: each.kind for each in evaluate(graph, [trial.rule])}

    assert found == ({trial.target: kind} if kind in (Kind.FAIL, Kind.UNKNOWN) else {})
    assert verdict_of(trial.rule, graph.by_key[trial.target], graph).kind is kind


def test_every_rule_is_tried() -> None:
    assert sorted(trial.rule.name for trial in TRIALS) == [rule.name for rule in RULES]


@pytest.mark.parametrize("stack", STACKS)
def test_the_program_breaks_no_rule(stack: str) -> None:
    found = evaluate(graphs()[stack], RULES)

    assert [f"{each.rule.name}: {each.resource}: {each.message}" for each in found] == []
