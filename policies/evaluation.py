"""Hold every rule against every resource of a graph."""

from collections.abc import Iterable
from dataclasses import dataclass

from policies.errors import RuleBrokenError
from policies.graph import Graph, Resource
from policies.rule import Rule
from policies.verdict import Kind, Problem, Verdict


@dataclass(frozen=True)
class Finding:
    """A rule that a resource breaks, or of which nobody can say yet whether it does."""

    rule: Rule
    resource: Resource
    kind: Kind
    problems: tuple[Problem, ...]

    @property
    def message(self) -> str:
        """What must be otherwise, in one line, without any value."""
        return "; ".join(str(problem) for problem in self.problems)


def evaluate(graph: Graph, rules: Iterable[Rule]) -> list[Finding]:
    """Return what breaks the rules, by rule and resource.

    Raises RuleBrokenError where a rule itself breaks: it has said nothing, which is no pass.
    """
    found: list[Finding] = []
    for each in sorted(rules, key=lambda rule: rule.name):
        for resource in graph.of(*each.types):
            verdict = verdict_of(each, resource, graph)
            if verdict.kind in (Kind.FAIL, Kind.UNKNOWN):
                found.append(Finding(each, resource, verdict.kind, verdict.problems))
    return found


def verdict_of(rule: Rule, resource: Resource, graph: Graph) -> Verdict:
    """Return what one rule says of one resource."""
    try:
        return rule.check(resource, graph)
    except Exception as error:
        # Neither the error's words nor its cause: either may hold a secret that the rule read.
        kind = type(error).__name__
        raise RuleBrokenError(f"rule {rule.name} broke at {resource} ({kind})") from None
