"""What a change to a resource's inputs means: an update in place, or a replacement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.facts import Facts, InputFact
from sandbox.provider.overlay import same
from sandbox.provider.values import Props, is_known


@dataclass
class Difference:
    """The inputs that differ, and those among them that force a replacement."""

    changed: set[str] = field(default_factory=set)
    replaces: set[str] = field(default_factory=set)
    delete_first: bool = False
    """Whether a replacement can only be made once the old object is gone."""


def difference(facts: Facts, old: Props, new: Props, ignored: set[str]) -> Difference:
    """Compare the saved inputs with the new ones.

    An input that the program left out and AWS fills in is no difference; an unknown value is one.
    """
    result = Difference()
    for name in sorted(set(old) | set(new)):
        fact = facts.inputs.get(name)
        if fact is None or name in ignored:
            continue
        before, after = old.get(name), new.get(name)
        if after is None and fact.computed:
            continue
        if _equal(before, after):
            continue
        result.changed.add(name)
        if _replaces(name, fact, before, after, new):
            result.replaces.add(name)
    return result


def _equal(before: Any, after: Any) -> bool:
    return (_absent(before) and _absent(after)) or same(before, after)


def _absent(value: Any) -> bool:
    return value in (None, [], {}, "")


def filled_in(old: Props, state: Props, new: Props) -> Props:
    """Return the saved inputs with what AWS filled in, where the program now says the very same.

    To write out the zone that AWS chose is no change: the real provider compares with the state.
    """
    said = {
        name: value
        for name, value in new.items()
        if name not in old and name in state and same(state[name], value)
    }
    return {**old, **said}


def _replaces(name: str, fact: InputFact, before: Any, after: Any, new: Props) -> bool:
    if fact.replace_if:
        return _conditional(name, before, after, new)
    if _absent(before) and ({"set", "add"} & set(fact.replace_on)):
        return True
    if _absent(after) and ({"unset", "remove"} & set(fact.replace_on)):
        return True
    if fact.replace_nested:
        return any(_parts(before, key) != _parts(after, key) for key in fact.replace_nested)
    return fact.replace and not fact.replace_on


def _parts(value: Any, key: str) -> list[Any]:
    """Return what a block, or each of several, says under a key."""
    blocks = value if isinstance(value, list) else [value]
    return [block.get(key) for block in blocks if isinstance(block, Mapping)]


def _conditional(name: str, before: Any, after: Any, new: Props) -> bool:  # noqa: PLR0911
    """Decide the few inputs whose effect depends on values (the facts say each in words)."""
    if name == "instanceTenancy":
        return before in (None, "default") and bool(after == "dedicated")
    if name == "tier":
        return bool(before == "Advanced" and after == "Standard")
    if name == "capacityProviderStrategies":
        return not new.get("forceNewDeployment")
    if name == "securityGroups":
        return new.get("loadBalancerType") == "network" and not before
    if name == "subnets":
        if new.get("loadBalancerType") != "network" or not is_known(after):
            return False
        return any(subnet not in after for subnet in before or [])
    if name == "secondaryPrivateIpAddressCount":
        return new.get("connectivityType") == "private"
    raise LookupError(f"no rule for {name}")
