"""Both environments as the committed settings describe them, recorded once for all tests."""

from dataclasses import replace
from functools import cache

from blueprint.environment import Environment
from blueprint.outputs import export
from settings import Settings, load
from tests.settings.workspace import ROOT
from tests.support.graph import Graph, Node, record

STACKS = ("staging", "production")


@cache
def settings_of(stack: str) -> Settings:
    """Return the committed settings of a stack."""
    return load(ROOT, stack)


@cache
def environment(stack: str) -> Graph:
    """Return the graph of a stack."""
    return laid_out(settings_of(stack), stack)


@cache
def production_at_staging_scale() -> Graph:
    """Return production as it would be in staging's size."""
    settings = replace(settings_of("production"), scale=settings_of("staging").scale)
    return laid_out(settings, "production")


def laid_out(settings: Settings, stack: str) -> Graph:
    """Return the graph of an environment with these settings."""
    return record(lambda: export(Environment(settings).outputs), stack=stack)


def resources(graph: Graph) -> list[Node]:
    """Return what the engine would create, components left out."""
    return [node for node in graph.nodes if not node.type.startswith("understudy:")]
