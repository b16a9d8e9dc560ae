"""Both environments as the program describes them, recorded once for all tests."""

from functools import cache

from policies.check import Rulebook
from policies.graph import Graph
from policies.recording import recorded
from tests.settings.workspace import ROOT

STACKS = ("production", "staging")


@cache
def graphs() -> dict[str, Graph]:
    """Return the graph of each stack."""
    rulebook = Rulebook.of(ROOT)
    found = recorded(ROOT, STACKS, reference=rulebook.reference)
    return {graph.stack: rulebook.informed(graph) for graph in found}
