"""How what is there differs from what the files want, and one thing that is to be done about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operations.github.api import Repository

ABSENT = "(absent)"
"""What is shown for a key or a thing that is not there."""


@dataclass(frozen=True)
class Difference:
    """One value that is not as wanted."""

    path: str
    found: Any
    wanted: Any


@dataclass(frozen=True)
class Change:
    """One thing that is to be made, changed or deleted, and how."""

    thing: str
    action: str
    differences: tuple[Difference, ...]
    apply: Callable[[Repository], object]

    @property
    def title(self) -> str:
        """What would be done, in three words."""
        return f"{self.action} {self.thing}"


def differences(wanted: Any, found: Any, path: str = "") -> list[Difference]:
    """Return where ``found`` differs; a key that ``wanted`` lacks is left to GitHub's default.

    The order of a list says nothing to GitHub, so none is compared.
    """
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return [
            each
            for key, value in wanted.items()
            for each in differences(value, found.get(key, ABSENT), f"{path}.{key}".lstrip("."))
        ]
    if isinstance(wanted, list) and isinstance(found, list):
        return [] if _same(wanted, found) else [Difference(path, found, wanted)]
    return [] if wanted == found else [Difference(path, found, wanted)]


def _same(wanted: Sequence[Any], found: Sequence[Any]) -> bool:
    left = list(found)
    for each in wanted:
        fits = [other for other in left if not differences(each, other)]
        if not fits:
            return False
        left.remove(fits[0])
    return not left
