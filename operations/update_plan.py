"""An update plan of the engine: what it would do to each resource, and whether another says so too.

What differs between two previews of the same: seeds, in which order dependencies are listed, how a
secret is encrypted, and the random end of names that nobody has given. Beside those, only the roles
that the providers take may differ. The value of a secret is not compared: it comes from the state
or from the commit.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

ROLES = "assumeRoles"
"""A provider's input (pulumi-aws, ``Provider``)."""
PROVIDER = "pulumi:providers:aws"
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which the engine marks what is no plain value (sdk/go/common/resource/sig)."""
RANDOM_END = re.compile(r"-[0-9a-f]{7}\b")
"""What the engine ends a name with (Pulumi Docs, "Auto-naming")."""
UNORDERED = {"dependencies", "propertyDependencies", "replaceWith"}

Resources = dict[str, dict[str, Any]]


def resources(text: str) -> Resources:
    """Return the plan of each resource by its URN; ValueError for what is no plan."""
    try:
        found = json.loads(text)["resourcePlans"]
        if all(isinstance(each, dict) for each in found.values()):
            return dict(found)
    except (KeyError, TypeError, AttributeError):
        pass
    raise ValueError("is no update plan of the engine")


def steps(planned: dict[str, Any]) -> list[str]:
    """Return what is done to a resource; that a provider takes another role is nothing done."""
    return list(_compared(planned)["steps"])


def differing(one: str, other: str) -> list[str]:
    """Return the logical names of what two plans would not do alike, sorted; errors as above."""
    first, second = (
        {urn: _compared(each) for urn, each in resources(text).items()} for text in (one, other)
    )
    urns = first.keys() | second.keys()
    return sorted(urn.rpartition("::")[2] for urn in urns if first.get(urn) != second.get(urn))


def _compared(planned: dict[str, Any]) -> dict[str, Any]:
    """Return what counts of a resource's plan: its goal and its steps."""
    goal = {key: _plain(key, value) for key, value in (planned.get("goal") or {}).items()}
    done = list(planned.get("steps") or ())
    if goal.get("type") == PROVIDER:
        for side in ("inputDiff", "outputDiff"):
            goal[side] = dict(_without_roles(goal.get(side) or {}))
        if done == ["update"] and not (goal["inputDiff"] or goal["outputDiff"]):
            done = ["same"]
    return {"goal": goal, "steps": done}


def _without_roles(changes: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is added, updated and deleted beside the roles."""
    for kind, changed in changes.items():
        left = [each for each in changed if each != ROLES]
        if left:
            yield kind, left if kind == "deletes" else {each: changed[each] for each in left}


def _plain(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        if SIGNATURE in value:
            return {SIGNATURE: value[SIGNATURE]}
        inherited = key in UNORDERED
        return {name: _plain(key if inherited else name, each) for name, each in value.items()}
    if isinstance(value, list):
        found = [_plain(key, each) for each in value]
        return sorted(found, key=json.dumps) if key in UNORDERED else found
    return RANDOM_END.sub("-*", value) if isinstance(value, str) else value
