"""Whether what is deployed still mirrors: both stacks' exports held to rules and contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.deployed import deployed_graph, exported
from operations.errors import OperationError, refusals
from policies.check import Rulebook, judge
from policies.errors import RuleBrokenError
from settings.stack import REFERENCE


@dataclass(frozen=True)
class Parity:
    """What the comparison said; where a stack can't be read it is not known, and says why."""

    mirror: str
    index: float | None
    undeclared: int = 0
    stopping: tuple[str, ...] = ()
    """What the policies would stop a deployment for: rule, stack, resource and property."""
    unknown: str = ""


def parity(root: Path, stack: str, pulumi: Sequence[str]) -> Parity:
    """Compare production with the stack, or with its first mirror where the stack is production."""
    with refusals():
        rulebook = Rulebook.of(root)
    mirrors = [stack] if stack != REFERENCE else rulebook.mirrors()
    if not mirrors:
        return Parity("", None, unknown=f"no stack mirrors {REFERENCE}")
    mirror = mirrors[0]
    try:
        graphs = [
            deployed_graph(exported(root, each, pulumi), each, reference=REFERENCE)
            for each in (REFERENCE, mirror)
        ]
    except OperationError as error:
        return Parity(mirror, None, unknown=str(error))
    try:
        with refusals():
            report = judge(rulebook, *graphs)
    except RuleBrokenError as error:
        return Parity(mirror, None, unknown=str(error))
    stopping = (
        f"{each.rule}: {each.stack}: {each.resource}: {each.path}" for each in report.stopping
    )
    return Parity(
        mirror, report.proof.index, len(report.proof.undeclared), tuple(sorted(set(stopping)))
    )
