"""Every rule of the policies over what is deployed, with the evidence for passing too."""

from collections.abc import Iterator

from operations.audit.outcome import Evidence, Outcome, Status
from policies.check import Rulebook
from policies.evaluation import verdict_of
from policies.graph import Graph, Resource
from policies.rule import Rule
from policies.verdict import Kind

STATUS = {
    Kind.PASS: Status.PASS,
    Kind.FAIL: Status.FAIL,
    Kind.UNKNOWN: Status.UNKNOWN,
    Kind.NOT_APPLICABLE: Status.NOT_APPLICABLE,
}


def of_deployed(rulebook: Rulebook, graph: Graph) -> list[Outcome]:
    """Return what each rule comes to; RuleBrokenError where a rule itself breaks."""
    informed = rulebook.informed(graph)
    return [
        Outcome(
            name=rule.name,
            severity=rule.severity,
            title=rule.title,
            why=rule.why,
            fix=rule.fix,
            controls=rule.controls,
            part="deployed",
            evidence=tuple(
                each
                for resource in informed.of(*rule.types)
                for each in _evidence(rule, resource, informed)
            ),
        )
        for rule in rulebook.rules
    ]


def _evidence(rule: Rule, resource: Resource, graph: Graph) -> Iterator[Evidence]:
    """Yield each property that decides; a rule that holds says no property, only that it does."""
    verdict = verdict_of(rule, resource, graph)
    status = STATUS[verdict.kind]
    if status is Status.NOT_APPLICABLE:
        return
    for problem in verdict.problems:
        yield Evidence(status, str(resource), problem.path, str(problem))
    if not verdict.problems:
        yield Evidence(status, str(resource), "", "holds")
