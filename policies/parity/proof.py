"""Proves that one environment mirrors another, on graphs recorded from the program or deployed."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from policies.graph import Graph
from policies.parity.comparison import Difference, Node, differences
from policies.parity.contract import Contract
from policies.parity.leaves import Identity, leaves_of
from policies.stackfile import Setting, at

Settings = Mapping[str, Setting]


@dataclass(frozen=True)
class Proof:
    """What a comparison of two environments has shown."""

    reference: str
    mirror: str
    differences: tuple[Difference, ...]
    sizes: Mapping[Node, int]
    """For each resource that either has: 1 for being there, and 1 for each of its properties."""

    @property
    def undeclared(self) -> list[Difference]:
        """The differences that the contract does not allow."""
        return [each for each in self.differences if not each.is_declared]

    def with_undeclared(self, explained: Iterable[Difference]) -> "Proof":
        """Return the proof with what is said of its undeclared differences, in their order."""
        better = iter(explained)
        found = (each if each.is_declared else next(better) for each in self.differences)
        return replace(self, differences=tuple(found))

    @property
    def compared(self) -> int:
        """How much was compared: resources and properties together."""
        return sum(self.sizes.values())

    @property
    def equal(self) -> int:
        """How much of it is the same in both, but for the names that identity gives."""
        return self.compared - sum(map(self.weight, self.differences))

    @property
    def declared(self) -> int:
        """How much of it differs as the contract allows."""
        return sum(self.weight(each) for each in self.differences if each.is_declared)

    @property
    def index(self) -> float:
        """The environment parity index: the share that is equal or declared, in percent.

        Rounded down, so 100.0 says that nothing undeclared is left.
        """
        return _percent(self.equal + self.declared, self.compared)

    @property
    def likeness(self) -> float:
        """The share that is equal, in percent, rounded down."""
        return _percent(self.equal, self.compared)

    def weight(self, difference: Difference) -> int:
        """Return how much differs: a resource that one lacks counts with all its properties."""
        return 1 if difference.path else self.sizes[difference.node]


def identity_of(settings: Settings, contract: Contract) -> Identity:
    """Return who an environment is, by the settings that the contract names."""
    values = {setting.key: setting.value for key in contract.named for setting in at(settings, key)}
    return Identity(values, settings[contract.network].value)


def prove(
    reference: Graph,
    mirror: Graph,
    contract: Contract,
    settings: Mapping[str, Settings],
) -> Proof:
    """Compare a mirror with its reference, by who each of them is."""
    one, other = (
        leaves_of(graph, identity_of(settings[graph.stack], contract))
        for graph in (reference, mirror)
    )
    sizes = {
        node: 1 + len(one.get(node, {}).keys() | other.get(node, {}).keys())
        for node in one.keys() | other.keys()
    }
    found = differences(one, other, contract)
    return Proof(reference.stack, mirror.stack, tuple(found), sizes)


def _percent(part: int, whole: int) -> float:
    return math.floor(1000 * part / whole) / 10 if whole else 100.0
