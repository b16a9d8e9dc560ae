"""Counts what is seen in one place, and says what of it is a finding."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from operations.scan.kinds import KINDS

FEW = 20
"""Texts with a form, from which on the share of those that pass its check says something."""
TIMES_CHANCE = 3
IN_NUMBERS = 0.5
"""The share of a column's numbers that must pass a check: any tenth number does by accident."""
MOST_DISTINCT = 10_000
"""Different values of a column that are counted; with more it has many."""
REPEATED = 3
"""How often each value of a column stands there on average, if it has few different ones."""
LEAST_UNCHANGED = 0.05
LEAST_ELSEWHERE = 0.05
"""Shares of values above which rows that kept theirs, or common words, are no accident."""
MOSTLY = 0.5


@dataclass
class Tally:
    """What was seen in one column."""

    number: bool = False
    masked: bool = False
    values: int = 0
    """All that are not null."""
    formed: Counter[str] = field(default_factory=Counter)
    real: Counter[str] = field(default_factory=Counter)
    originals: int = 0
    """Values that a masked column of the original held, in whole or in part."""
    by_value: int = 0
    """Values that said enough to be looked up."""
    unchanged: int = 0
    by_line: int = 0
    """Values that were held against those of the same row."""
    distinct: set[int] = field(default_factory=set)
    """The different values, as long as the column is being read and they are few."""
    different: int = 0
    """How many there were."""

    def count(self, seen: Iterable[tuple[str, bool]]) -> None:
        """Count the kinds that a value has the form of, and those that it is."""
        for kind, real in seen:
            self.formed[kind] += 1
            if real:
                self.real[kind] += 1

    def add(self, other: "Tally") -> None:
        """Count what was seen in another part of the same column."""
        self.values += other.values
        self.formed += other.formed
        self.real += other.real
        self.originals += other.originals
        self.by_value += other.by_value
        self.unchanged += other.unchanged
        self.by_line += other.by_line
        self.distinct |= other.distinct
        self.different = max(self.different, other.different)

    def settle(self) -> None:
        """Let go of the values of a column that has been read; their number stays."""
        self.different = max(self.different, len(self.distinct))
        self.distinct.clear()

    def kinds(self) -> Iterator[tuple[str, int]]:
        """Yield each kind of finding and in how many values it is."""
        for name, count in self.real.items():
            if self._is_no_accident(name, count):
                yield name, count
        if self._is_unchanged():
            yield "unchanged", self.unchanged
        if self._is_original():
            yield "original", self.originals

    @property
    def is_not_compared(self) -> bool:
        """Whether a masked column has values, and none could be held against the original."""
        return self.masked and self.values > 0 and self.by_value == 0 and self.by_line == 0

    def _is_no_accident(self, name: str, count: int) -> bool:
        if name not in KINDS or KINDS[name].chance == 0:
            return True
        if self.number:
            return count >= IN_NUMBERS * self.formed[name]
        few = self.formed[name] < FEW
        return few or count > TIMES_CHANCE * KINDS[name].chance * self.formed[name]

    def _is_unchanged(self) -> bool:
        return self.unchanged > LEAST_UNCHANGED * self.by_line

    def _is_original(self) -> bool:
        if self.originals == 0:
            return False
        if self._has_few_different() and self.masked:
            # Fakes out of a short list may be somebody's name by accident.
            return self.by_line == 0 and self.originals > MOSTLY * self.by_value
        if self._has_few_different():
            return False
        return self.masked or self.originals > LEAST_ELSEWHERE * self.by_value

    def _has_few_different(self) -> bool:
        few = self.different < MOST_DISTINCT
        return few and self.by_value >= REPEATED * self.different


Tallies = dict[str, Tally]
"""By ``schema.table.column``, or by what else holds text."""


def add(all_: Tallies, more: Tallies) -> None:
    """Count what was seen elsewhere, or in another part of the same columns."""
    for where, tally in more.items():
        if where in all_:
            all_[where].add(tally)
        else:
            all_[where] = tally
