"""What a change to a resource's inputs means: an update in place, or a replacement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.facts import Facts, InputFact
from sandbox.provider.overlay import covers
from sandbox.provider.values import UNKNOWN, Props


@dataclass
class Difference:
    """The inputs that differ, and those among them that force a replacement."""

    changed: set[str] = field(default_factory=set)
    replaces: set[str] = field(default_factory=set)


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
    if after is UNKNOWN or before is UNKNOWN:
        return False
    if before in (None, [], {}, "") and after in (None, [], {}, ""):
        return True
    return covers(before, after) and covers(after, before) and _known(after)


def _known(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_known(item) for item in value.values())
    if isinstance(value, list):
        return all(_known(item) for item in value)
    return value is not UNKNOWN


def _replaces(name: str, fact: InputFact, before: Any, after: Any, new: Props) -> bool:
    if fact.replace_if:
        return _conditional(name, before, after, new)
    if before is None and ({"set", "add"} & set(fact.replace_on)):
        return True
    if after is None and ({"unset", "remove"} & set(fact.replace_on)):
        return True
    if fact.replace_nested and isinstance(before, Mapping) and isinstance(after, Mapping):
        return any(before.get(key) != after.get(key) for key in fact.replace_nested)
    return fact.replace and not fact.replace_on


def _conditional(name: str, before: Any, after: Any, new: Props) -> bool:
    """Decide the few inputs whose effect depends on values (the facts say each in words)."""
    if name == "instanceTenancy":
        return bool(before == "default" and after == "dedicated")
    if name == "tier":
        return bool(before == "Advanced" and after == "Standard")
    if name == "capacityProviderStrategies":
        return not new.get("forceNewDeployment")
    if name == "securityGroups":
        return new.get("loadBalancerType") == "network" and not before
    if name == "subnets":
        return new.get("loadBalancerType") == "network" and bool(set(before) - set(after))
    if name == "secondaryPrivateIpAddressCount":
        return new.get("connectivityType") == "private"
    raise LookupError(f"no rule for {name}")
