"""What is called otherwise from type to type is read by each type's own name."""

import pytest

from policies.evaluation import evaluate
from policies.graph import Resource, graph_of
from policies.rules import protection as rules


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (rules.REPOSITORY, "forceDelete"),
        (rules.VAULT, "forceDestroy"),
        (rules.ZONE, "forceDestroy"),
    ],
)
def test_what_empties_is_found_by_its_own_name(type_: str, name: str) -> None:
    for value, paths in ((True, [name]), (False, [])):
        resource = Resource(type_, "kept", properties={name: value})
        graph = graph_of("production", [resource], reference=True)
        found = evaluate(graph, [rules.kept_with_content])

        assert [problem.path for each in found for problem in each.problems] == paths


def test_protection_is_named_as_the_option_is() -> None:
    graph = graph_of("production", [Resource(rules.BUCKET, "kept")], reference=True)
    (found,) = evaluate(graph, [rules.protected])

    assert [problem.path for problem in found.problems] == ["protect"]
