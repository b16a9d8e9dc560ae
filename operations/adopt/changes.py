"""What an update would change of an existing object once the program has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.adopt.inventory import Item
from operations.adopt.wanted import filled
from policies.graph import Resource
from policies.hidden import HIDDEN
from sandbox.provider.defaults import filled as with_defaults
from sandbox.provider.diff import difference, filled_in
from sandbox.provider.values import UNKNOWN
from sandbox.services import resource_type

LONGEST = 60
KEEPING = frozenset(
    {
        "aws:iam/role:Role",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/targetGroup:TargetGroup",
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:secretsmanager/secret:Secret",
    }
)
"""Types whose name ``identity.adopted`` can keep; a test holds it against the blueprint."""


REPLACING_TOO: Mapping[str, frozenset[str]] = {
    "aws:rds/instance:Instance": frozenset({"replicateSourceDb"}),
}
"""What the program itself says to replace (``replace_on_changes``): a replica whose source gets
another identifier."""


@dataclass(frozen=True)
class Change:
    """One property that would become another."""

    property: str
    before: str
    after: str
    replaces: bool
    """Whether AWS can't change it: another object would take this one's place."""


def changes(
    resource: Resource, item: Item, known: Mapping[tuple[str, str, str], Any]
) -> tuple[Change, ...]:
    """Return every property in which the object differs from what the program describes.

    ``known`` are the outputs of what is imported too; any other counts as unlike. A name that the
    program leaves to Pulumi is another one, save where ``identity.adopted`` can keep it.
    """
    kind = resource_type(resource.type)
    taken = kind.imported(dict(item.properties))
    new = filled(dict(resource.properties), known, UNKNOWN)
    new = {name: value for name, value in new.items() if value != HIDDEN}
    new = with_defaults(kind.facts.defaults, kind.inputs, new)
    if kind.autoname and kind.autoname.property not in new:
        name = kind.autoname.property
        new[name] = taken.get(name) if resource.type in KEEPING else UNKNOWN
    live = filled_in(taken, dict(item.properties), new)
    found = difference(kind.facts, live, new, {"tags", "region"})
    found.replaces |= found.changed & REPLACING_TOO.get(resource.type, frozenset())
    return tuple(
        Change(
            name,
            shown(live.get(name)),
            shown(new.get(name)),
            name in found.replaces,
        )
        for name in sorted(found.changed)
        if kind.shows(name) or name in found.replaces
    )


def shown(value: Any) -> str:
    """Return a value in few words."""
    if value is None:
        return "nothing"
    text = "one of its own" if value is UNKNOWN else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
