"""Both environments as the program describes them, recorded once for all tests."""

from functools import cache

from policies.graph import Graph
from policies.recording import recorded
from tests.settings.workspace import ROOT

STACKS = ("production", "staging")


@cache
def graphs() -> dict[str, Graph]:
    """Return the graph of each stack."""
    found = recorded(ROOT, STACKS, reference="production")
    return {graph.stack: graph for graph in found}
