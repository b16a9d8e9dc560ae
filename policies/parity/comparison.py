"""Every difference between two environments, and what the contract says of each."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from policies.parity.contract import Allowed, Contract, Declared, Presence, Selector
from policies.parity.leaves import Leaves, alike

Node = tuple[str, str, str]
"""Type, logical name and place among its parents."""

NOTHING = "(nothing)"


class Standing(Enum):
    """What the contract says of a difference."""

    SCALE = "scale"
    IDENTITY = "identity"
    UNDECLARED = "undeclared"
    WRONG_WAY = "wrong way"
    TOO_SMALL = "too small"


@dataclass(frozen=True)
class Difference:
    """One value, or one whole resource, that the environments do not have alike."""

    node: Node
    path: str
    """The property; empty where the whole resource is in one environment alone."""
    reference: Any
    mirror: Any
    standing: Standing
    key: str = ""
    """The setting that decides it, where the contract declares one."""
    reason: str = ""
    causes: tuple[str, ...] = ()
    """The settings that were found to cause it."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that decide it: those that were found, else the one that is declared."""
        return self.causes or ((self.key,) if self.key else ())

    @property
    def is_declared(self) -> bool:
        """Tell whether the contract allows it."""
        return self.standing in (Standing.SCALE, Standing.IDENTITY)


Environment = Mapping[Node, Leaves]


def differences(
    reference: Environment, mirror: Environment, contract: Contract
) -> list[Difference]:
    """Return every difference, by resource and property."""
    judge = _Judge(contract)
    found: list[Difference] = []
    for node in sorted(reference.keys() | mirror.keys()):
        if node not in mirror:
            found.append(judge.lacking(node))
        elif node not in reference:
            found.append(judge.additional(node))
        else:
            found += (
                judge.value(node, path, *values)
                for path, *values in differing(reference[node], mirror[node])
            )
    return found


def differing(one: Leaves, other: Leaves) -> Iterator[tuple[str, Any, Any]]:
    """Yield each path at which two resources have not the same value, with both values."""
    for path in sorted(one.keys() | other.keys()):
        a, b = one.get(path, NOTHING), other.get(path, NOTHING)
        if not alike(a, b):
            yield path, a, b


_Entry = tuple[Standing, Declared, Selector, Allowed]


class _Judge:
    def __init__(self, contract: Contract) -> None:
        self._presence = contract.presence
        self._declared: dict[str, list[_Entry]] = defaultdict(list)
        """What is declared, by the type of resources."""
        for standing, part in (
            (Standing.IDENTITY, contract.identity),
            (Standing.SCALE, contract.scale),
        ):
            for each in part:
                for selector, allowed in each.selectors:
                    self._declared[selector.type].append((standing, each, selector, allowed))

    def lacking(self, node: Node) -> Difference:
        for each in self._allowing(node, not_only_in="mirror"):
            standing = Standing(each.key.partition(".")[0])
            return Difference(node, "", "there", NOTHING, standing, each.key, each.reason)
        return Difference(node, "", "there", NOTHING, Standing.UNDECLARED)

    def additional(self, node: Node) -> Difference:
        """Judge what a mirror has of its own: whatever its scale, it has nothing but names."""
        for each in self._allowing(node, not_only_in="reference"):
            if each.key.startswith("identity."):
                return Difference(
                    node, "", NOTHING, "there", Standing.IDENTITY, each.key, each.reason
                )
        return Difference(node, "", NOTHING, "there", Standing.UNDECLARED)

    def _allowing(self, node: Node, *, not_only_in: str) -> Iterator[Presence]:
        return (
            each
            for each in self._presence
            if each.only_in != not_only_in and each.covers(node[0], node[1])
        )

    def value(self, node: Node, path: str, reference: Any, mirror: Any) -> Difference:
        type_, name, _ = node
        found = [
            (_judged(standing, allowed, reference, mirror), each)
            for standing, each, selector, allowed in self._declared.get(type_, ())
            if selector.covers(type_, name, path)
        ]
        if not found:
            return Difference(node, path, reference, mirror, Standing.UNDECLARED)
        # Several settings may decide one property: it is enough that one of them allows the value.
        allowing = [pair for pair in found if pair[0] in (Standing.SCALE, Standing.IDENTITY)]
        standing, by = (allowing or found)[0]
        return Difference(node, path, reference, mirror, standing, by.key, by.reason)


def shown(value: Any, longest: int = 0) -> str:
    """Return a value as a reader expects it, cut after ``longest`` characters if that is given."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if not longest or len(text) <= longest else f"{text[: longest - 1]}…"


def _judged(standing: Standing, allowed: Allowed, reference: Any, mirror: Any) -> Standing:
    if allowed.direction == "any":
        return standing
    one, other = _number(reference), _number(mirror)
    if one is None or other is None:
        return Standing.WRONG_WAY
    if other > one if allowed.direction == "at most" else other < one:
        return Standing.WRONG_WAY
    if allowed.least is not None and other < allowed.least:
        return Standing.TOO_SMALL
    return standing


def _number(value: Any) -> float | None:
    """Return a size as a number; on counts as more than off, and AWS gives some numbers as text."""
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None
