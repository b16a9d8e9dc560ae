"""How far a copy is, in lines for a person who waits for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY_SECONDS = 5.0
"""How long a copy is silent at most; a short one says no more than that it is through."""
MINUTE, HOUR = 60, 3600

Say = Callable[[str], None]


@dataclass
class Progress:
    """Counts parts as they are done, and says from time to time when the rows will be there.

    Time goes by pages: tables differ in how large their rows are, pages all have 8 KiB. What other
    runs have copied before counts for nothing.
    """

    parts: int
    pages: int
    say: Say
    clock: Callable[[], float] = time.monotonic
    rows: int = 0
    _done: int = 0
    _pages_done: int = 0
    _begun: float = field(init=False)
    _said: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self._said = self.clock()

    def done(self, pages: int, rows: int) -> None:
        """Count a part of so many pages and rows."""
        self._done += 1
        self._pages_done += pages
        self.rows += rows
        now = self.clock()
        if self._done == self.parts:
            self.say(f"  {self.parts} of {self.parts} parts, {self.rows:,} rows")
        elif now - self._said >= EVERY_SECONDS:
            self._said = now
            left = (now - self._begun) * (self.pages - self._pages_done) / max(self._pages_done, 1)
            self.say(
                f"  {self._done} of {self.parts} parts, {self.rows:,} rows, "
                f"{100 * self._pages_done // max(self.pages, 1)} %; about {spoken(left)} left"
            )


def spoken(seconds: float) -> str:
    """Return a time as one says it, in the unit that fits."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h"
