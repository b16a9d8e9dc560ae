"""Two existing environments side by side: which difference is size, identity, or should be none.

A setting says by its section what a difference in it is. A difference that no setting can hold
should be none: the blueprint describes it once for both. Values that may be secret are not shown.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.adopt.changes import shown
from operations.adopt.inventory import Item, texts
from operations.adopt.readings import PLAIN, SERVICE, Found, containers, readings, task_of
from sandbox.provider.overlay import same
from sandbox.services import resource_type

SHAPE = "shape (one value)"
KINDS = {"scale": "scale", "identity": "identity", "shape": SHAPE}
PRESENCE = "shape (in both)"
READ_ELSEWHERE = frozenset(
    {"tags", "name", "identifier", "containerDefinitions", "cpu", "memory", "desiredCount"}
) | frozenset(property_ for _, _, _, property_ in PLAIN)
"""Properties that a reading tells, that name the object, or that may hold what is secret."""


@dataclass(frozen=True)
class Compared:
    """One difference between the two."""

    kind: str
    """What it should be in the settings: ``scale``, ``identity``, or one value for both."""
    what: str
    one: str
    other: str


def compare(one: Found, other: Found) -> list[Compared]:
    """Return every difference that can be read."""
    return [
        *_settings(one, other),
        *_variables(one, other),
        *_presences(one, other),
        *_properties(one, other),
    ]


def _settings(one: Found, other: Found) -> Iterator[Compared]:
    mine, theirs = ({each.key: each.value for each in readings(found)} for found in (one, other))
    for key in sorted(mine.keys() | theirs.keys()):
        if key != "identity.adopted" and mine.get(key) != theirs.get(key):
            kind = KINDS[key.partition(".")[0]]
            yield Compared(kind, key, shown(mine.get(key)), shown(theirs.get(key)))


def _variables(one: Found, other: Found) -> Iterator[Compared]:
    """Yield the containers' variables that differ; their values may be secrets."""
    for part in ("web", "worker"):
        mine, theirs = _environment(one, part), _environment(other, part)
        for name in sorted(mine.keys() | theirs.keys()):
            what = f"variable {name} of {part}"
            if name not in mine or name not in theirs:
                told = {True: "given", False: "missing"}
                yield Compared(PRESENCE, what, told[name in mine], told[name in theirs])
            elif mine[name] != theirs[name]:
                yield Compared("identity", f"{what} (perEnvironment)", "a value", "another value")


def _environment(found: Found, part: str) -> Mapping[str, str]:
    service = found.item(SERVICE, f"{part}-service")
    task = task_of(found.inventory, service) if service else None
    if task is None:
        return {}
    first = containers(task)[0]
    given = {str(each["name"]): str(each["value"]) for each in first.get("environment") or []}
    # Where a secret lies is each account's own.
    return given | {str(each["name"]): "a secret" for each in first.get("secrets") or []}


def _presences(one: Found, other: Found) -> Iterator[Compared]:
    mine, theirs = (Counter(item.type for item in each.inventory.items) for each in (one, other))
    for type_ in sorted(mine.keys() | theirs.keys()):
        if bool(mine[type_]) != bool(theirs[type_]):
            yield Compared(PRESENCE, type_, f"{mine[type_]} there", f"{theirs[type_]} there")


def _properties(one: Found, other: Found) -> Iterator[Compared]:
    """Yield the properties of what both have that no setting decides."""
    for each in one.matches.matches:
        item = each.item
        twin = other.item(*each.resource.key)
        if item is None or twin is None:
            continue
        for name in resource_type(item.type).inputs:
            mine, theirs = item.properties.get(name), twin.properties.get(name)
            if (
                name in READ_ELSEWHERE
                or same(mine, theirs)
                or mine in ([], {})
                or theirs in ([], {})
            ):
                continue
            if not _own(mine, one, item) and not _own(theirs, other, twin):
                yield Compared(SHAPE, f"{each.resource} {name}", shown(mine), shown(theirs))


def _own(value: Any, found: Found, item: Item) -> bool:
    """Tell whether a value names an account, a network or an object, which no two share."""
    owned = {word for each in found.inventory.items for word in (*each.words, each.name) if word}
    return any(
        text in owned
        or found.inventory.account in text
        or (text.count(".") >= 3 and text[:1].isdigit())  # noqa: PLR2004  (an address)
        or (item.name and item.name in text)
        for text in texts(value)
    )
