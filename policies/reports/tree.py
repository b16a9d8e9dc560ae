"""Where each resource stands: the tree of components that both environments share."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.parity.comparison import Node

TRUNK = "environment"
"""The area of what holds the components, or stands beside them."""

_TOKEN = re.compile(r"\{network\}\+\d+|\{[^{}$]*\}")
"""What parity puts in place of the identity in a name."""


@dataclass(frozen=True)
class Place:
    """A component, with what is directly in it and the components within it."""

    number: int
    path: str
    """Like ``environment/web/web-task``; empty for the top of the stack."""
    label: str
    nodes: tuple[Node, ...]
    inside: tuple["Place", ...] = ()

    def all(self) -> Iterator["Place"]:
        """Yield this place and every one within it."""
        yield self
        for place in self.inside:
            yield from place.all()

    @cached_property
    def everything(self) -> list[Node]:
        """Every resource in it or in a component within it."""
        return [node for place in self.all() for node in place.nodes]


@dataclass(frozen=True)
class Area:
    """Components of one kind, like those of the network."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Tree:
    """Every resource that either environment has, in the same places for both."""

    areas: tuple[Area, ...]

    @cached_property
    def places(self) -> list[Place]:
        """Every component there is."""
        return [each for area in self.areas for place in area.places for each in place.all()]

    @cached_property
    def numbers(self) -> Mapping[Node, list[int]]:
        """For each resource, the numbers of all the places that it is in."""
        found = defaultdict(list)
        for place in self.places:
            for node in place.everything:
                found[node].append(place.number)
        return found

    def named(self, resource: str) -> list[Node]:
        """Return what a finding means by ``<type>::<name>``, which has the identity in it or not.

        Two names that differ in their identity alone cannot be told apart: either may be meant.
        """
        return self._exactly.get(resource) or [
            node for pattern, node in self._patterns if pattern.fullmatch(resource)
        ]

    @cached_property
    def _exactly(self) -> Mapping[str, list[Node]]:
        found = defaultdict(list)
        for node in self.numbers:
            found[f"{node[0]}::{node[1]}"].append(node)
        return found

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Node]]:
        return [(_pattern(node), node) for node in self.numbers if _TOKEN.search(node[1])]


def tree_of(nodes: Iterable[Node]) -> Tree:
    """Return the tree in which every resource stands once; a component stands in its own place."""
    return _Planting(sorted(nodes)).tree()


class _Planting:
    def __init__(self, nodes: list[Node]) -> None:
        self._paths = sorted({parent for _, _, parent in nodes} | {""})
        self._number = {path: number for number, path in enumerate(self._paths)}
        self._kinds: dict[str, str] = {}
        self._at: dict[str, list[Node]] = defaultdict(list)
        self._within: dict[str, list[str]] = defaultdict(list)
        for node in nodes:
            own = _path(node)
            if own in self._number:
                self._kinds[own] = node[0]
            self._at[own if own in self._number else node[2]].append(node)
        for path in self._paths:
            if path:
                self._within[self._around(path)].append(path)

    def tree(self) -> Tree:
        """Sort the components by the kind that their types say; what holds them comes first."""
        holding = ["", *self._within[""]]
        areas: dict[str, list[Place]] = {TRUNK: [self._bare(path) for path in holding]}
        for path in (each for holder in holding[1:] for each in self._within[holder]):
            areas.setdefault(self._area(path), []).append(self._place(path))
        return Tree(tuple(Area(name, tuple(places)) for name, places in areas.items()))

    def _area(self, path: str) -> str:
        """Return ``network`` for ``understudy:network:Endpoints``."""
        parts = self._kinds.get(path, "").split(":")
        return parts[1].partition("/")[0] if len(parts) > 1 else "other"

    def _bare(self, path: str) -> Place:
        return Place(self._number[path], path, self._label(path), self._nodes(path))

    def _place(self, path: str) -> Place:
        inside = tuple(self._place(each) for each in self._within[path])
        return Place(self._number[path], path, self._label(path), self._nodes(path), inside)

    def _nodes(self, path: str) -> tuple[Node, ...]:
        """Return the component itself, then what is in it by type and name."""
        return tuple(sorted(self._at[path], key=lambda node: (_path(node) != path, node)))

    def _around(self, path: str) -> str:
        """Return the place that a place is in. Names may have a ``/`` in them, so this looks."""
        around = (each for each in self._paths if path.startswith(f"{each}/"))
        return max(around, key=len, default="")

    def _label(self, path: str) -> str:
        """Return its name without what the name of the component around it says already."""
        if not path:
            return "stack"
        around = self._around(path)
        holder = around.rpartition("/")[2]
        return path.removeprefix(f"{around}/").removeprefix(f"{holder}-")


def _path(node: Node) -> str:
    _, name, parent = node
    return f"{parent}/{name}" if parent else name


def _pattern(node: Node) -> re.Pattern[str]:
    type_, name, _ = node
    return re.compile(f"{re.escape(type_)}::{'.+'.join(map(re.escape, _TOKEN.split(name)))}")
