"""Which existing resource is which of the program's, and what an update would do to it.

A pair is guessed from what can't be chance: a name that both have, a property that identifies
the object, or a tie to a pair that is settled already. What several could be is told as such.
Nothing is decided here: a person confirms each guess.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.adopt.changes import Change, changes
from operations.adopt.inventory import Inventory, Item, texts
from operations.adopt.keeping import HOLDS_DATA, NOT_IMPORTED
from operations.adopt.likeness import DIFFERING, HAVING, TELLING
from operations.adopt.matches import (
    BESIDE,
    ELSEWHERE,
    FOUND,
    MISSING,
    NEVER,
    UNCLEAR,
    Match,
    Matches,
)
from operations.adopt.tiers import tier_of
from operations.adopt.wanted import Reference, Wanted
from policies.graph import Key, Resource
from sandbox.services import resource_type

SUBNET = "aws:ec2/subnet:Subnet"


def match(
    wanted: Wanted, inventory: Inventory, decided: Mapping[str, str] | None = None
) -> Matches:
    """Pair the program's resources with the account's.

    ``decided`` are ids by ``type::name``: a person's word, from which the rest is guessed.
    """
    pairing = _Pairing(wanted, inventory)
    pairing.decide(decided or {})
    pairing.settle()
    told = pairing.told()
    found = [pairing.match_of(resource, told) for resource in wanted.resources]
    found += [
        Match(
            each,
            ELSEWHERE,
            f"lies in the account of the provider {each.options.get('provider')}: "
            "made anew there, by the program",
        )
        for each in wanted.elsewhere
    ]
    taken = {id(each.item) for each in found if each.item is not None}
    left = tuple(item for item in inventory.items if id(item) not in taken)
    return Matches(tuple(found), left)


@dataclass
class _Evidence:
    """What speaks for a pair, and whether something speaks against it."""

    reasons: list[str] = field(default_factory=list)
    alike: int = 0
    """How many plain properties are the same."""
    against: bool = False


class _Pairing:
    """Settles pairs one after the other, each by those that are settled."""

    def __init__(self, wanted: Wanted, inventory: Inventory) -> None:
        self._wanted, self._inventory = wanted, inventory
        self.pairs: dict[Key, tuple[Item, str]] = {}
        self._taken: set[int] = set()
        self._number = Counter(each.type for each in wanted.resources)
        by_type: dict[str, list[Item]] = defaultdict(list)
        for item in inventory.items:
            by_type[item.type].append(item)
        self._possible = {
            each.key: [item for item in by_type[each.type] if self._may_be(each, item)]
            for each in wanted.resources
        }

    def _may_be(self, resource: Resource, item: Item) -> bool:
        if item.region not in ("", self._wanted.region_of(resource)):
            return False
        for name in DIFFERING.get(resource.type, ()):
            given = resource.properties.get(name)
            if given is not None and item.properties.get(name) not in (None, given):
                return False
        return all(
            bool(resource.properties.get(name)) == bool(item.properties.get(name))
            for name in HAVING.get(resource.type, ())
        ) and (resource.type != SUBNET or self._same_tier(resource, item))

    def _same_tier(self, resource: Resource, item: Item) -> bool:
        return (resource.properties.get("tags") or {}).get("Tier") in (
            None,
            tier_of(item, self._inventory),
        )

    # Settling

    def decide(self, ids: Mapping[str, str]) -> None:
        """Settle what a person decided, whatever speaks against it."""
        for resource in self._wanted.resources:
            for item in self._inventory.of(resource.type):
                if item.id == ids.get(str(resource)):
                    self._take(resource, item, "decided")

    def settle(self) -> None:
        """Settle what can be, until nothing more follows."""
        going = True
        while going:
            going = False
            for resource in self._wanted.resources:
                if resource.key not in self.pairs and self._settled(resource):
                    going = True

    def _settled(self, resource: Resource) -> bool:
        weighed = self.weighed(resource)
        told = [(item, each) for item, each in weighed if each.reasons]
        if not told:
            return self._only(resource, weighed)
        most = max(len(each.reasons) for _, each in told)
        best = [(item, each) for item, each in told if len(each.reasons) == most]
        if len(best) != 1 or self._wanted_by_another(resource, *best[0]):
            return False
        item, evidence = best[0]
        self._take(resource, item, "; ".join(evidence.reasons))
        return True

    def _only(self, resource: Resource, weighed: list[tuple[Item, _Evidence]]) -> bool:
        """Settle what is the only one of its type on both sides."""
        if len(weighed) != 1 or self._number[resource.type] != 1:
            return False
        if len(self._inventory.of(resource.type)) != 1:
            return False
        self._take(resource, weighed[0][0], "the only one of its type")
        return True

    def _wanted_by_another(self, resource: Resource, item: Item, evidence: _Evidence) -> bool:
        """Tell whether as much speaks for another resource of the program."""
        rivals = [
            each
            for each in self._wanted.resources
            if each.type == resource.type
            and each.key != resource.key
            and each.key not in self.pairs
            and any(item is one for one in self._possible[each.key])
        ]
        return any(len(self._weigh(each, item).reasons) >= len(evidence.reasons) for each in rivals)

    def _take(self, resource: Resource, item: Item, why: str) -> None:
        self.pairs[resource.key] = (item, why)
        self._taken.add(id(item))

    def weighed(self, resource: Resource) -> list[tuple[Item, _Evidence]]:
        """Return the objects that a resource may be, with what speaks for each."""
        free = [item for item in self._possible[resource.key] if id(item) not in self._taken]
        found = [(item, self._weigh(resource, item)) for item in free]
        return [(item, evidence) for item, evidence in found if not evidence.against]

    def _weigh(self, resource: Resource, item: Item) -> _Evidence:
        evidence = _Evidence()
        own = resource.properties
        for name in (*_naming(resource.type), *TELLING.get(resource.type, ())):
            if own.get(name) and own[name] == item.properties.get(name):
                evidence.reasons.append(f"{name} is {own[name]}")
        if self._ends_alike(resource, item):
            evidence.reasons.append(f"its name ends as {item.name}")
        self._ties(resource, item, evidence)
        evidence.alike = sum(
            1
            for name, value in own.items()
            if isinstance(value, str | int) and item.properties.get(name) == value
        )
        return evidence

    @staticmethod
    def _ends_alike(resource: Resource, item: Item) -> bool:
        """Tell whether the program's name ends in the last part of the object's."""
        last = re.split("[/:.]", item.name)[-1].lower().replace("_", "-")
        return "-" in last and resource.name.endswith(f"-{last}")

    def _ties(self, resource: Resource, item: Item, evidence: _Evidence) -> None:
        for reference in self._wanted.references[resource.key]:
            if other := self.pairs.get(reference.to):
                self._tie(evidence, item, reference, other[0], f"its {reference.property} is")
        for key, reference in self._wanted.referrers.get(resource.key, ()):
            if other := self.pairs.get(key):
                said = f"it is the {reference.property} of"
                self._tie(evidence, other[0], reference, item, said)

    def _tie(
        self, evidence: _Evidence, owner: Item, reference: Reference, other: Item, said: str
    ) -> None:
        """Weigh whether ``owner`` names ``other`` where the program's resource does."""
        named = set(texts(owner.properties.get(reference.property)))
        if not named:
            return
        settled = other if said.startswith("its") else owner
        if outputs(other, reference.output) & named:
            evidence.reasons.append(f"{said} {settled.name or settled.id}")
        elif len(named) == 1:
            evidence.against = True

    # Telling

    def told(self) -> dict[Key, tuple[Change, ...]]:
        """Return what an update would change of each pair that is imported.

        What would be replaced is not imported, and what hangs on it meets another object then.
        """
        beside: set[Key] = set()
        while True:
            known = self._known(beside)
            found = {
                key: changes(self._wanted.by_key[key], item, known)
                for key, (item, _) in self.pairs.items()
            }
            replaced = {key for key, each in found.items() if any(one.replaces for one in each)}
            if replaced <= beside:
                return found
            beside |= replaced

    def match_of(self, resource: Resource, told: Mapping[Key, tuple[Change, ...]]) -> Match:
        """Return what there is of a resource."""
        if resource.type in NOT_IMPORTED:
            return Match(resource, NEVER, NOT_IMPORTED[resource.type])
        if resource.key in self.pairs:
            item, why = self.pairs[resource.key]
            return _paired(resource, item, why, told[resource.key])
        known = self._known({key for key, each in told.items() if any(c.replaces for c in each)})
        weighed = self.weighed(resource)
        weighed.sort(key=lambda pair: (-len(pair[1].reasons), -pair[1].alike, pair[0].id))
        fitting = [
            item
            for item, each in weighed
            if each.reasons and not any(c.replaces for c in changes(resource, item, known))
        ]
        if fitting:
            others = [each.name or each.id for each in fitting]
            why = f"may be {' or '.join(others)}, and so may another of the program's"
            return Match(resource, UNCLEAR, why, candidates=tuple(fitting))
        return Match(resource, MISSING, "nothing is like it: it would be created")

    def _known(self, without: set[Key]) -> dict[tuple[str, str, str], Any]:
        """Return what the settled pairs say of themselves, by type, name and output."""
        return {
            (type_, name, output): value
            for (type_, name), (item, _) in self.pairs.items()
            if (type_, name) not in without
            for output, value in {**item.properties, "id": item.id}.items()
        }


def _paired(resource: Resource, item: Item, why: str, told: tuple[Change, ...]) -> Match:
    replaced = [change.property for change in told if change.replaces]
    if not replaced:
        return Match(resource, FOUND, why, item, told)
    where = "its data stay there; " if resource.type in HOLDS_DATA else ""
    return Match(
        resource,
        BESIDE,
        f"{where}imported it would be replaced, by {', '.join(replaced)}",
        item,
        told,
    )


def outputs(item: Item, output: str) -> set[str]:
    """Return the texts that an output of an object may be."""
    told = item.properties.get(output)
    return {str(told)} if told is not None and output != "id" else item.words


def _naming(type_: str) -> tuple[str, ...]:
    autoname = resource_type(type_).autoname
    return (autoname.property,) if autoname else ()
