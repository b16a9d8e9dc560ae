"""What it takes to trust a rule: a small stack that is well, and what makes it ill.

The rule is always held against the whole stack, in which other resources stand as decoys, and what
it finds must be exactly what is expected: at the one resource, for the one reason.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policies.graph import Graph, Key, Resource, graph_of
from policies.place import UNKNOWN
from policies.rule import Rule
from policies.verdict import Kind
from tests.policies.paths import GONE, set_at

Stack = list[Resource]
Change = Callable[[Stack], Stack]
"""Takes a stack and gives a changed one; the resource that the trial is about stands first."""


@dataclass(frozen=True)
class Trial:
    """A rule's cases. ``good`` passes as it stands; each change is made to it alone."""

    rule: Rule
    good: Sequence[Resource]
    """The first is the one that the rule is held against; the rest is what it needs around it."""
    wrong: Sequence[Change]
    """Each makes the first resource fail."""
    absent: tuple[Change, Kind]
    """What the rule says where its property is left out: the provider's default decides."""
    unknown: tuple[Change, Kind]
    """What it says of a value known only once deployed; a pass only if presence is all it asks."""
    nested: Sequence[tuple[Change, Kind]] = ()
    """Lists with a good and a bad item, an unknown beside a bad one, other forms of a value."""
    other: Sequence[Change] = ()
    """Each makes the rule not apply to the first resource."""
    reference: bool = False
    """Whether the stack is the one that others mirror."""
    verified: frozenset[str] = frozenset()
    """The digests of releases that a mirror has verified."""
    sanitised: frozenset[str] = frozenset()
    """The snapshots that have a signed manifest."""

    def changed(self, change: Change) -> Graph:
        """Return the graph of the changed stack, with decoys of other types."""
        stack = change(copy.deepcopy(list(self.good)))
        graph = graph_of("staging", [*stack, *DECOYS], reference=self.reference)
        return replace(graph, verified=self.verified, sanitised=self.sanitised)

    @property
    def target(self) -> Key:
        """The resource that the trial is about."""
        return self.good[0].key


_TAGS = dict.fromkeys(("Application", "Component", "Environment", "ManagedBy", "Owner"), "decoy")
DECOYS = (
    Resource("understudy:decoy:Component", "decoy"),
    Resource(
        "aws:ssm/parameter:Parameter",
        "decoy-parameter",
        properties={"value": UNKNOWN, "tags": _TAGS},
    ),
    Resource("random:index/randomId:RandomId", "decoy-id", properties={"byteLength": 4.0}),
)


def unchanged(stack: Stack) -> Stack:
    """Leave the stack as it is."""
    return stack


def put(path: str, value: Any, at: int = 0) -> Change:
    """Set a property, like ``rules[0].priority``, of the first resource or of another."""

    def change(stack: Stack) -> Stack:
        properties = {**stack[at].properties}
        set_at(properties, path, value)
        stack[at] = replace(stack[at], properties=properties)
        return stack

    return change


def without(path: str, at: int = 0) -> Change:
    """Take a property away."""
    return put(path, GONE, at)


def unknown(path: str, at: int = 0) -> Change:
    """Let a property be known only once deployed."""
    return put(path, UNKNOWN, at)


def linked(links: Mapping[str, Sequence[Key]], at: int = 0) -> Change:
    """Let properties be built from these resources, and from no others."""

    def change(stack: Stack) -> Stack:
        found = {**stack[at].links, **{name: tuple(keys) for name, keys in links.items()}}
        stack[at] = replace(stack[at], links=found)
        return stack

    return change


def dropped(at: int) -> Change:
    """Take a whole resource away."""

    def change(stack: Stack) -> Stack:
        return [each for n, each in enumerate(stack) if n != at]

    return change


def added(resource: Resource) -> Change:
    """Put another resource into the stack."""
    return lambda stack: [*stack, resource]


def all_changes(*changes: Change) -> Change:
    """Make several changes, one after the other."""

    def change(stack: Stack) -> Stack:
        for each in changes:
            stack = each(stack)
        return stack

    return change
