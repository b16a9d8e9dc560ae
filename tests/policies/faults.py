"""Break one thing of a recorded environment."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from policies.graph import Graph, Key, Resource, graph_of
from tests.policies.paths import set_at


def changed(graph: Graph, key: Key, path: str, value: Any) -> Graph:
    """Return the graph with one property of one resource set anew."""

    def change(resource: Resource) -> Resource:
        properties = copy.deepcopy(dict(resource.properties))
        set_at(properties, path, value)
        return replace(resource, properties=properties)

    return _each(graph, key, lambda resource: [change(resource)])


def lacking(graph: Graph, key: Key) -> Graph:
    """Return the graph without one resource."""
    return _each(graph, key, lambda _: [])


def unwatched(graph: Graph, key: Key, type_: str) -> Graph:
    """Return the graph without the resources of a type that are built from a resource."""
    for resource in graph.of(type_):
        if any(key in keys for keys in resource.links.values()):
            graph = lacking(graph, resource.key)
    return graph


def having(graph: Graph, resource: Resource) -> Graph:
    """Return the graph with another resource in it."""
    found = graph_of(graph.stack, [*graph.resources, resource], reference=graph.reference)
    return replace(found, verified=graph.verified, sanitised=graph.sanitised)


def relinked(graph: Graph, key: Key, name: str, other: str) -> Graph:
    """Return the graph in which one property of a resource is what another one is, links too."""

    def change(resource: Resource) -> Resource:
        return replace(
            resource,
            properties={**resource.properties, name: resource.properties[other]},
            links={**resource.links, name: resource.links[other]},
        )

    return _each(graph, key, lambda resource: [change(resource)])


def _each(graph: Graph, key: Key, change: Callable[[Resource], list[Resource]]) -> Graph:
    assert key in graph.by_key, key
    resources = [
        new
        for resource in graph.resources
        for new in (change(resource) if resource.key == key else [resource])
    ]
    found = graph_of(graph.stack, resources, reference=graph.reference)
    return replace(found, verified=graph.verified, sanitised=graph.sanitised)
