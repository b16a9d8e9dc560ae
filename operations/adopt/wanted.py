"""What the program describes for one stack, as far as one account can hold it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from operations.adopt.inventory import texts
from operations.errors import refusals
from operations.stack_settings import loaded
from policies.graph import Graph, Key, Resource
from policies.recording import recorded
from settings.stack import REFERENCE

HOME = "primary"
"""The provider of the environment's own account."""
PART = re.compile(r"\$\{([^{}]+?)::([^{}]+)\.([^{}.]+)\}")


@dataclass(frozen=True)
class Reference:
    """A property that names what another resource will say."""

    property: str
    to: Key
    output: str


@dataclass(frozen=True)
class Wanted:
    """The resources of one stack."""

    graph: Graph
    region: str
    account: str

    @cached_property
    def resources(self) -> list[Resource]:
        """Every resource of AWS in the environment's own account."""
        return [
            each
            for each in self.graph.resources
            if each.type.startswith("aws:") and each.options.get("provider") == HOME
        ]

    @cached_property
    def elsewhere(self) -> list[Resource]:
        """Every resource of AWS in another account."""
        return [
            each
            for each in self.graph.resources
            if each.type.startswith("aws:") and each.options.get("provider") != HOME
        ]

    @cached_property
    def by_key(self) -> Mapping[Key, Resource]:
        """The environment's own resources by type and name."""
        return {each.key: each for each in self.resources}

    def region_of(self, resource: Resource) -> str:
        """Return where a resource is to be."""
        return str(resource.properties.get("region") or self.region)

    @cached_property
    def references(self) -> Mapping[Key, list[Reference]]:
        """By resource, what its properties name as a whole text."""
        return {each.key: list(_references(each)) for each in self.resources}

    @cached_property
    def referrers(self) -> Mapping[Key, list[tuple[Key, Reference]]]:
        """By resource, who names it."""
        found: dict[Key, list[tuple[Key, Reference]]] = {}
        for key, references in self.references.items():
            for reference in references:
                found.setdefault(reference.to, []).append((key, reference))
        return found


def _references(resource: Resource) -> Iterator[Reference]:
    for name, value in resource.properties.items():
        for text in texts(value):
            if found := PART.fullmatch(text):
                type_, other, output = found.groups()
                yield Reference(name, (type_, other), output)


def filled(value: Any, outputs: Mapping[tuple[str, str, str], Any], unknown: Any) -> Any:
    """Return a recorded value with what is known of other resources; else ``unknown``."""
    if isinstance(value, Mapping):
        return {name: filled(each, outputs, unknown) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, outputs, unknown) for each in value]
    if not isinstance(value, str):
        return value
    if whole := PART.fullmatch(value):
        return outputs.get((whole[1], whole[2], whole[3]), unknown)
    parts = [outputs.get((each[1], each[2], each[3])) for each in PART.finditer(value)]
    if any(part is None for part in parts):
        return unknown
    given = iter(parts)
    return PART.sub(lambda _: str(next(given)), value)


def wanted_of(root: Path, stack: str) -> Wanted:
    """Return what the program describes; OperationError, in its own words, where it refuses."""
    identity = loaded(root, stack).identity
    with refusals():
        (graph,) = recorded(root, [stack], reference=REFERENCE)
    return Wanted(graph, identity.region, identity.account)
