"""One value of a resource, with the path that leads to it.

Reading goes on over whatever is there: what is missing, unknown or of another form than expected
is a place too, so no property map makes a rule break.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from policies.verdict import PASS, Verdict, all_of, any_of, fail, needed, undecided


class Missing(Enum):
    """Why there is no value."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


_T = TypeVar("_T")

ABSENT = Missing.ABSENT
UNKNOWN = Missing.UNKNOWN

REFERENCE = re.compile(r"\$\{[^{}]+::[^{}]+\}")
"""How a recorded graph writes what another resource will say: ``${type::name.output}``."""


@dataclass(frozen=True)
class Place:
    """A value and where it stands, like ``rules[0].action.block``."""

    path: str
    value: Any

    @property
    def is_absent(self) -> bool:
        """Tell whether nothing is given; a null is nothing."""
        return self.value is ABSENT or self.value is None

    @property
    def is_known(self) -> bool:
        """Tell whether the value can be read now."""
        if isinstance(self.value, str):
            return REFERENCE.fullmatch(self.value) is None
        return self.value is not UNKNOWN

    @property
    def text(self) -> str:
        """The value where it is text, and else an empty one."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> float | None:
        """The value where it is a number; the engine gives every number as a float."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        return self.value

    def __getitem__(self, key: str) -> "Place":
        path = f"{self.path}.{key}" if self.path else key
        if not self.is_known:
            return Place(path, UNKNOWN)
        if isinstance(self.value, dict):
            return Place(path, self.value.get(key, ABSENT))
        return Place(path, ABSENT)

    def or_else(self, default: Any) -> "Place":
        """Return the place as the provider reads it where nothing is given."""
        return Place(self.path, default) if self.is_absent else self

    def items(self) -> list["Place"]:
        """Return the places of a list. One thing counts as a list of it, as in AWS's documents.

        A list that is not known is one place, unknown: nothing can be said of all of it or any.
        """
        if self.is_absent:
            return []
        if not self.is_known:
            return [Place(f"{self.path}[]", UNKNOWN)]
        if isinstance(self.value, list):
            return [Place(f"{self.path}[{n}]", value) for n, value in enumerate(self.value)]
        return [self]

    def of(self, owner: str) -> "Place":
        """Return the place with its owner's name before it: a problem may lie with another one."""
        return Place(f"{owner}.{self.path}", self.value)

    def names(self) -> list[str]:
        """Return the keys of a mapping that is known."""
        return sorted(self.value) if isinstance(self.value, dict) else []

    def document(self) -> "Place":
        """Return what JSON text says; text that is no JSON says nothing."""
        if not isinstance(self.value, str) or not self.is_known:
            return self
        try:
            return Place(self.path, json.loads(self.value))
        except (ValueError, RecursionError):
            return Place(self.path, ABSENT)

    def given(self) -> Verdict:
        """Pass where there is a value, even one that is known only later; an empty one is none."""
        if self.is_absent or self.value in ("", [], {}):
            return fail(self.path, "must be given")
        return PASS

    def absent(self) -> Verdict:
        """Pass where nothing is given."""
        if self.is_absent or self.value in ("", [], {}):
            return PASS
        return fail(self.path, "must not be given")

    def empty(self) -> Verdict:
        """Pass where surely nothing is given: what is known only later may be nothing or not."""
        return self.absent() if self.is_known else undecided(self.path, "must not be given")

    def is_(self, wanted: bool | float | str) -> Verdict:  # noqa: FBT001
        """Pass where the value is this one: ``true`` is not 1, but 7 is 7.0."""
        return self.satisfies(lambda value: _same(value, wanted), f"must be {json.dumps(wanted)}")

    def is_one_of(self, wanted: Iterable[str]) -> Verdict:
        """Pass where the value is one of these texts."""
        options = sorted(wanted)
        return self.satisfies(
            lambda value: isinstance(value, str) and value in options,
            f"must be one of {', '.join(options)}",
        )

    def at_least(self, least: float) -> Verdict:
        """Pass where the value is a number and not below."""
        return self.satisfies(
            lambda _: self.number is not None and self.number >= least, f"must be at least {least}"
        )

    def at_most(self, most: float) -> Verdict:
        """Pass where the value is a number and not above."""
        return self.satisfies(
            lambda _: self.number is not None and self.number <= most, f"must be at most {most}"
        )

    def satisfies(self, holds: Callable[[Any], bool], wanted: str) -> Verdict:
        """Pass where ``holds`` says so of the value; it must take any value there is."""
        if not self.is_known:
            return undecided(self.path, wanted)
        if not self.is_absent and holds(self.value):
            return PASS
        return fail(self.path, wanted)


def every(things: Iterable[_T], check: Callable[[_T], Verdict]) -> Verdict:
    """Pass where all pass; not applicable where there are none."""
    return all_of(*(check(thing) for thing in things))


def some(things: Iterable[_T], check: Callable[[_T], Verdict]) -> Verdict:
    """Pass where at least one passes; not applicable where there are none."""
    return any_of(*(check(thing) for thing in things))


def one_of(things: Iterable[_T], check: Callable[[_T], Verdict], path: str, wanted: str) -> Verdict:
    """Pass where at least one passes; a failure where none does, also where there are none."""
    return needed(some(things, check), path, wanted)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return bool(value == wanted)
