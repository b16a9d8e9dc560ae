"""Faults for the rules: each trial's faults, made in the real program's graph.

``python -m tests.policies.seeded`` writes ``seeded.txt``, to which the test then holds: which
rule finds which fault of its trial at which resource of which stack. A trial's fault that makes no
difference in the real graph (a list has another order there, say) is not in it.
"""

import copy
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policies.evaluation import verdict_of
from policies.graph import Graph, Key, Resource, graph_of
from policies.verdict import Kind
from tests.policies.recorded import graphs
from tests.policies.rules.test_rules import TRIALS
from tests.policies.rules.trials import Change, Trial

LIST = Path(__file__).with_name("seeded.txt")
MOST = 4
"""Resources of a stack in which one fault is made; more of a kind show nothing new."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing broken: a trial's change, made to a resource of a stack."""

    rule: str
    change: str
    stack: str
    resource: str

    def __str__(self) -> str:
        return f"{self.rule} {self.change} {self.stack} {self.resource}"


def changes(trial: Trial) -> Mapping[str, Change]:
    """Return a trial's faults by name."""
    found = {f"wrong-{n}": change for n, change in enumerate(trial.wrong)}
    change, kind = trial.absent
    return found | ({"absent": change} if kind is Kind.FAIL else {})


def broken(trial: Trial, fault: Fault) -> Graph | None:
    """Return the program's graph with one fault; nothing where it can't be made there."""
    graph = graphs()[fault.stack]
    target = graph.by_key[key_of(fault.resource)]
    around = _around(trial, target, graph)
    if around is None:
        return None
    stack = copy.deepcopy([target, *around])
    known = {resource.key for resource in stack}
    try:
        stack = changes(trial)[fault.change](stack)
    except (KeyError, IndexError, TypeError):
        return None
    rest = (resource for resource in graph.resources if resource.key not in known)
    found = graph_of(graph.stack, [*stack, *rest], reference=graph.reference)
    return replace(found, verified=graph.verified, sanitised=graph.sanitised)


def key_of(resource: str) -> Key:
    type_, _, name = resource.rpartition("::")
    return (type_, name)


def finds(trial: Trial, fault: Fault) -> bool:
    """Tell whether the fault's rule fails at its resource."""
    graph = broken(trial, fault)
    if graph is None or key_of(fault.resource) not in graph.by_key:
        return False
    resource = graph.by_key[key_of(fault.resource)]
    return verdict_of(trial.rule, resource, graph).kind is Kind.FAIL


def faults() -> Iterator[Fault]:
    """Yield every fault that can be made and that its rule finds."""
    for trial in TRIALS:
        for stack, graph in graphs().items():
            well = [
                resource
                for resource in graph.of(*trial.rule.types)
                if verdict_of(trial.rule, resource, graph).kind is Kind.PASS
            ]
            for resource in well[:MOST]:
                for change in changes(trial):
                    fault = Fault(trial.rule.name, change, stack, str(resource))
                    if finds(trial, fault):
                        yield fault


def _around(trial: Trial, target: Resource, graph: Graph) -> list[Resource] | None:
    """Return what stands around a resource in place of what the trial has around its own."""
    near = [
        graph.by_key[key] for keys in target.links.values() for key in keys if key in graph.by_key
    ]
    near += graph.users(target)
    found: list[Resource] = []
    for wanted in trial.good[1:]:
        for resource in (*near, *graph.of(wanted.type)):
            if resource.type == wanted.type and resource not in (target, *found):
                found.append(resource)
                break
        else:
            return None
    return found


def main() -> int:
    """Write the list."""
    LIST.write_text("".join(f"{fault}\n" for fault in sorted(faults())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
