"""Each rule in six cases: well, wrong, left out, unknown, not applicable, nested."""

import importlib
from collections.abc import Iterator

import pytest

from policies.catalogue import MODULES, RULES
from policies.evaluation import evaluate, verdict_of
from policies.verdict import Kind
from tests.policies.recorded import STACKS, graphs
from tests.policies.rules.trials import Change, Trial, unchanged

TRIALS: list[Trial] = [
    trial
    for module in MODULES
    for trial in importlib.import_module(
        f"tests.policies.rules.{module.__name__.rpartition('.')[2]}"
    ).TRIALS
]


def cases(trial: Trial) -> Iterator[tuple[str, Change, Kind]]:
    """Yield each case of a trial: its name, what is changed, what the rule must then say."""
    yield "well", unchanged, Kind.PASS
    yield "absent", *trial.absent
    yield "unknown", *trial.unknown
    for n, change in enumerate(trial.wrong):
        yield f"wrong[{n}]", change, Kind.FAIL
    for n, (change, kind) in enumerate(trial.nested):
        yield f"nested[{n}]", change, kind
    for n, change in enumerate(trial.other):
        yield f"other[{n}]", change, Kind.NOT_APPLICABLE


# A test for each rule and not for each case: two thousand take longer to set up than to run.
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.rule.name)
def test_a_rule_says_what_it_should_of_one_resource_and_nothing_of_any_other(trial: Trial) -> None:
    for name, change, kind in cases(trial):
        graph = trial.changed(change)
        found = {each.resource.key: each.kind for each in evaluate(graph, [trial.rule])}
        said = verdict_of(trial.rule, graph.by_key[trial.target], graph).kind

        expected = {trial.target: kind} if kind in (Kind.FAIL, Kind.UNKNOWN) else {}
        assert (name, said, found) == (name, kind, expected)


def test_every_rule_is_tried() -> None:
    assert sorted(trial.rule.name for trial in TRIALS) == [rule.name for rule in RULES]


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_program_breaks_no_rule(stack: str) -> None:
    found = evaluate(graphs()[stack], RULES)

    assert [f"{each.rule.name}: {each.resource}: {each.message}" for each in found] == []
