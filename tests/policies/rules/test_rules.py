"""Each rule in six cases: well, wrong, left out, unknown, not applicable, nested."""

import importlib
import re
from collections.abc import Iterator

import pytest

from policies.catalogue import MODULES, RULES
from policies.evaluation import evaluate, verdict_of
from policies.graph import Graph
from policies.verdict import Kind
from sandbox.provider.facts import facts_of, known_tokens
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


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.rule.name)
def test_a_finding_names_a_property_that_there_is_and_says_what_is_wanted(trial: Trial) -> None:
    for name, change, _ in cases(trial):
        graph = trial.changed(change)
        for problem in verdict_of(trial.rule, graph.by_key[trial.target], graph).problems:
            where = re.split(r"[.\[]", problem.path)[0]
            assert (name, where in named(graph, trial)) == (name, True), problem
            assert re.match(r"(must|may|needs) ", problem.wanted), problem


def named(graph: Graph, trial: Trial) -> set[str]:
    """Return what a finding may begin with: an input of the type, or what else is in the stack."""
    known = set(known_tokens())
    inputs = {name for type_ in known & set(trial.rule.types) for name in facts_of(type_).inputs}
    given = {name for each in trial.good for name in each.properties}
    there = {name for each in graph.resources for name in (each.name, each.type, str(each))}
    return inputs | given | there | known | BESIDE | {"", "protect"}


BESIDE = {
    "DNSSEC",
    "certificate validation",
    "default group",
    "endpoint",
    "flow log",
    "key-signing key",
    "logging configuration",
    "query log",
    "web ACL association",
}
"""Other resources that rules ask for beside the one that they look at, in words."""


def test_every_rule_is_tried() -> None:
    assert sorted(trial.rule.name for trial in TRIALS) == [rule.name for rule in RULES]


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_program_breaks_no_rule(stack: str) -> None:
    found = evaluate(graphs()[stack], RULES)

    assert [f"{each.rule.name}: {each.resource}: {each.message}" for each in found] == []
