"""The graph that the engine shows to a policy pack.

At a preview much is not known yet. What the program itself describes is known from a recording of
it, so the two are put together: a value that the engine knows wins, one that it does not know yet
is the recorded one. Of a resource that the recording has not, nothing is guessed.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from policies.graph import STACK, Graph, Key, Resource, graph_of
from policies.place import UNKNOWN


def stack_of(resources: Sequence[PolicyResource]) -> str:
    """Return the stack that resources belong to, as each one's URN says."""
    return resources[0].urn.split("::")[0].removeprefix("urn:pulumi:")


def seen(resources: Sequence[PolicyResource], *, reference: str) -> Graph:
    """Return the graph of what the engine shows."""
    stack = stack_of(resources)
    return graph_of(
        stack, (_resource(each, stack) for each in resources), reference=stack == reference
    )


def completed(graph: Graph, recording: Graph) -> Graph:
    """Return the graph with what is not known yet taken from a recording of the same stack."""
    resources = (
        _completed(resource, recording.by_key[resource.key])
        if resource.key in recording.by_key
        else resource
        for resource in graph.resources
    )
    return graph_of(graph.stack, resources, reference=graph.reference)


def _resource(shown: PolicyResource, stack: str) -> Resource:
    if shown.resource_type == STACK:
        return Resource(STACK, stack, urn=shown.urn)
    return Resource(
        type=shown.resource_type,
        name=shown.name,
        parent="/".join(reversed(_ancestors(shown))),
        properties=_known(shown.props),
        links={
            name: tuple(_key(each) for each in found)
            for name, found in shown.property_dependencies.items()
        },
        options={
            "protect": shown.opts.protect,
            "provider": shown.provider.name if shown.provider else "",
        },
        urn=shown.urn,
    )


def _ancestors(shown: PolicyResource) -> list[str]:
    names = []
    parent = shown.parent
    while parent is not None and parent.resource_type != STACK:
        names.append(parent.name)
        parent = parent.parent
    return names


def _key(shown: PolicyResource) -> Key:
    return (shown.resource_type, shown.name)


def _known(value: Any) -> Any:
    """Return plain data; each value is asked for alone, since an unknown one raises."""
    if isinstance(value, Mapping):
        return {key: _read(value, key) for key in list(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_read(value, n) for n in range(len(value))]
    return value


def _read(container: Any, key: Any) -> Any:
    try:
        return _known(container[key])
    except UnknownValueError:
        return UNKNOWN


def _completed(resource: Resource, recorded: Resource) -> Resource:
    # What the provider adds of itself is no part of what the program asks for.
    properties = {
        name: _filled(resource.properties.get(name, value), value)
        for name, value in recorded.properties.items()
    }
    return dataclasses.replace(
        resource, properties=properties, links={**recorded.links, **resource.links}
    )


def _filled(value: Any, recorded: Any) -> Any:
    if value is UNKNOWN:
        return recorded
    if isinstance(value, dict) and isinstance(recorded, dict):
        return {
            key: _filled(each, recorded.get(key))
            for key, each in value.items()
            if each is not UNKNOWN or key in recorded
        }
    if isinstance(value, list) and isinstance(recorded, list) and len(value) == len(recorded):
        return [_filled(*pair) for pair in zip(value, recorded, strict=True)]
    return value
