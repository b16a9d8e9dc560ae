"""What there is of each of the program's resources, as it was found."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.adopt.changes import Change
from operations.adopt.inventory import Item
from policies.graph import Key, Resource

FOUND, BESIDE, UNCLEAR, MISSING = "found", "beside", "ambiguous", "missing"
ELSEWHERE, NEVER = "elsewhere", "not imported"


@dataclass(frozen=True)
class Match:
    """One resource of the program, and what there is of it."""

    resource: Resource
    standing: str
    why: str
    item: Item | None = None
    changes: tuple[Change, ...] = ()
    """What an update would change once it is imported."""
    candidates: tuple[Item, ...] = ()

    @property
    def replaced(self) -> list[Change]:
        """The changes for which AWS makes another object in its place."""
        return [change for change in self.changes if change.replaces]


@dataclass(frozen=True)
class Matches:
    """Every resource of the program, and what else the account holds."""

    matches: tuple[Match, ...]
    left: tuple[Item, ...]
    """What is no resource of the program's."""

    @property
    def by_key(self) -> Mapping[Key, Match]:
        """The matches by type and name."""
        return {each.resource.key: each for each in self.matches}
