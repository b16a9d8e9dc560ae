"""Cron expressions as EventBridge Scheduler, AWS Backup and Application Auto Scaling take them.

Source: Amazon EventBridge Scheduler User Guide, "Schedule types", cron-based schedules.
"""

import re
from dataclasses import dataclass

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    special: str = r"(?!)"
    """What the field takes besides numbers, names, lists, ranges and steps."""

    def accepts(self, text: str) -> bool:
        """Tell whether each part of a comma-separated list is well-formed."""
        return all(self._accepts_part(part) for part in text.upper().split(","))

    def _accepts_part(self, part: str) -> bool:
        if re.fullmatch(self.special, part):
            return True
        span, _, step = part.partition("/")
        if span.count("-") > 1:
            return False
        if "/" in part and not (step.isdecimal() and 1 <= int(step) <= self.high):
            return False
        if span == "*":
            return True
        ends = [self._number(end) for end in span.split("-")]
        known = [end for end in ends if end is not None and self.low <= end <= self.high]
        return known == sorted(known) and len(known) == len(ends)

    def _number(self, text: str) -> int | None:
        if text in self.names:
            return self.names.index(text) + self.low
        return int(text) if text.isdecimal() else None


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, special=r"\?|L|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, special=rf"\?|L|([1-7]|{'|'.join(_DAYS)})(L|#[1-5])"),
    _Field("year", 1970, 2199),
)


def cron_problem(value: str) -> str | None:
    """Return what is wrong with ``cron(minutes hours day-of-month month day-of-week year)``."""
    match = re.fullmatch(r"cron\((.*)\)", value)
    if not match:
        return f"must be a cron expression like cron(0 4 * * ? *), got {value!r}"
    parts = match[1].split()
    if len(parts) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        return f"must be a cron expression of six fields ({names}), got {len(parts)} in {value!r}"
    for field, part in zip(_FIELDS, parts, strict=True):
        if not field.accepts(part):
            return f"must be a cron expression, but {part!r} does not fit {field.name} in {value!r}"
    if (parts[2] == "?") == (parts[4] == "?"):
        return f"must have ? in exactly one of day of month and day of week, got {value!r}"
    return None
