"""What a finding says: which rule, which resource, which property; and where values stand."""

import pytest

from policies.errors import RuleBrokenError
from policies.evaluation import evaluate, verdict_of
from policies.graph import STACK, Graph, Resource, graph_of
from policies.parity.contract import Selector
from policies.place import UNKNOWN, Place
from policies.rule import Rule, Severity, rule
from policies.verdict import Kind, Problem, Verdict, undecided

QUEUE = "aws:sqs/queue:Queue"


def made(name: str, property_: str) -> Rule:
    @rule(name, QUEUE, severity=Severity.HIGH, why="Because.", fix="Set it.")
    def check(queue: Resource, _: Graph) -> Verdict:
        """Want it given."""
        return queue[property_].given()

    return check


def test_findings_come_by_rule_and_resource_with_what_is_wanted() -> None:
    graph = graph_of("staging", [Resource(QUEUE, name) for name in ("b", "a")])
    found = evaluate(graph, [made("z", "one"), made("a", "two")])

    assert [(each.rule.name, each.resource.name, each.kind, each.problems) for each in found] == [
        (rule_, name, Kind.FAIL, (Problem(path, "must be given"),))
        for rule_, path in (("a", "two"), ("z", "one"))
        for name in ("a", "b")
    ]


def test_a_rule_that_breaks_is_named_with_its_resource_and_nothing_that_it_read() -> None:
    @rule("breaks", QUEUE, severity=Severity.HIGH, why="Because.", fix="Set it.")
    def check(queue: Resource, _: Graph) -> Verdict:
        """Break."""
        raise KeyError(queue["secret"].text)

    graph = graph_of("staging", [Resource(QUEUE, "q", properties={"secret": "hidden"})])

    with pytest.raises(RuleBrokenError) as broken:
        verdict_of(check, graph.by_key[QUEUE, "q"], graph)
    assert str(broken.value) == f"rule breaks broke at {QUEUE}::q (KeyError)"


def test_a_graph_begins_with_its_stack_and_mirrors_unless_it_is_said() -> None:
    graph = graph_of("staging", [Resource(QUEUE, "q")])

    assert [(each.type, each.name) for each in graph.resources] == [
        (STACK, "staging"),
        (QUEUE, "q"),
    ]
    assert not graph.reference
    assert graph_of("production", [], reference=True).reference


def test_a_place_tells_the_way_to_it() -> None:
    resource = Resource(QUEUE, "q", properties={"policy": '{"a": [{"b": 1}]}', "later": UNKNOWN})
    inner = resource["policy"].document()["a"].items()[0]["b"]

    assert inner == Place("policy.a[0].b", 1)
    assert Place("", {"a": 1})["a"] == Place("a", 1)
    assert resource["later"]["x"] == Place("later.x", UNKNOWN)
    assert resource["policy"]["x"].path == "policy.x"
    assert Place("p", "no json").document().path == "p"


def test_what_is_not_known_yet_says_so_with_what_is_wanted() -> None:
    assert undecided("days", "must be 7").problems == (
        Problem("days", "must be 7, which is not known yet"),
    )


def test_a_selector_is_a_type_perhaps_names_and_a_property() -> None:
    assert Selector.of("a:b:C size") == Selector(type="a:b:C", names="*", path="size")
    assert Selector.of("a:b:C web-* size") == Selector(type="a:b:C", names="web-*", path="size")
