"""An environment as plain data: what there is, with which properties, and what refers to what.

The same form whether it was recorded from the program, seen by the engine or exported from a
deployed stack. A value that only the deployment tells is ``UNKNOWN``; one that another resource
will tell stands as ``${type::name.output}`` in a recorded graph.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policies.place import ABSENT, Place

STACK = "pulumi:pulumi:Stack"

Key = tuple[str, str]
"""Type and logical name: what identifies a resource in every environment."""


@dataclass(frozen=True)
class Resource:
    """One resource or component of an environment."""

    type: str
    name: str
    parent: str = ""
    """The names of its ancestors, outermost first, joined by ``/``; empty at the top."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    """For each property, the resources whose outputs it is built from."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """``protect``, and ``provider`` as the logical name of it."""
    urn: str = ""
    """How the engine names it; empty in a recorded graph."""

    @property
    def key(self) -> Key:
        """What identifies it."""
        return (self.type, self.name)

    def __getitem__(self, name: str) -> Place:
        return Place(name, self.properties.get(name, ABSENT))

    def __str__(self) -> str:
        return f"{self.type}::{self.name}"


@dataclass(frozen=True)
class Graph:
    """Every resource of one environment."""

    stack: str
    resources: tuple[Resource, ...]
    reference: bool = False
    """Whether the others mirror this one: whether it is production."""
    verified: frozenset[str] = frozenset()
    """Digests of the releases that a mirror has verified."""
    sanitised: frozenset[str] = frozenset()
    """Snapshots that a signed manifest says nobody is in, as they are named there."""
    runs: Mapping[str, str] = field(default_factory=dict)
    """Of what is deployed, the settings that say which release runs: the file may say another."""

    @cached_property
    def by_key(self) -> Mapping[Key, Resource]:
        """Every resource by type and name."""
        return {resource.key: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found = defaultdict(list)
        for resource in self.resources:
            found[resource.type].append(resource)
        return found

    @cached_property
    def _referrers(self) -> Mapping[tuple[Key, str], list[tuple[str, Resource]]]:
        found = defaultdict(list)
        for resource in self.resources:
            for name, keys in resource.links.items():
                for key in keys:
                    found[key, resource.type].append((name, resource))
        return found

    @cached_property
    def _users(self) -> Mapping[Key, list[Resource]]:
        found = defaultdict(list)
        for resource in self.resources:
            for key in {key for keys in resource.links.values() for key in keys}:
                found[key].append(resource)
        return found

    @cached_property
    def _by_text(self) -> dict[tuple[str, str], Mapping[str | None, list[Resource]]]:
        """By type and property, as they are asked for: the resources by text, unknown as None."""
        return {}

    def of(self, *types: str) -> list[Resource]:
        """Return every resource of these types, by name."""
        found = [resource for type_ in types for resource in self._by_type.get(type_, ())]
        return sorted(found, key=lambda resource: resource.key)

    def linked(self, resource: Resource, name: str, *types: str) -> list[Resource]:
        """Return the resources that a property is built from, of these types or of any."""
        found = (self.by_key.get(key) for key in resource.links.get(name, ()))
        return [each for each in found if each and (not types or each.type in types)]

    def referring(self, resource: Resource, type_: str, name: str) -> list[Resource]:
        """Return the resources of a type whose property of that name is built from this one."""
        found = self._referrers.get((resource.key, type_), ())
        return sorted((each for at, each in found if at == name), key=lambda referrer: referrer.key)

    def users(self, resource: Resource) -> list[Resource]:
        """Return every resource with a property that is built from this one."""
        return self._users.get(resource.key, [])

    def having(self, type_: str, name: str, text: str) -> list[Resource]:
        """Return the resources of a type whose property is this text, or is not known yet."""
        if (type_, name) not in self._by_text:
            found: dict[str | None, list[Resource]] = defaultdict(list)
            for resource in self.of(type_):
                place = resource[name]
                found[place.text if place.is_known else None].append(resource)
            self._by_text[type_, name] = found
        known = self._by_text[type_, name]
        return [*known.get(text, ()), *known.get(None, ())]


def graph_of(stack: str, resources: Iterable[Resource], *, reference: bool = False) -> Graph:
    """Return the graph of a stack, with the stack itself in it: rules on the whole look at that."""
    found = sorted(resources, key=lambda resource: (resource.key, resource.parent))
    if not any(resource.type == STACK for resource in found):
        found.insert(0, Resource(STACK, stack))
    return Graph(stack, tuple(found), reference)
