"""Cron expressions as EventBridge Scheduler, AWS Backup and Application Auto Scaling take them.

Source: Amazon EventBridge Scheduler User Guide, "Schedule types", cron-based schedules.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_WEEK = 7
_LAST_YEAR = 2199
_MANY = r"\*(/[1-9][0-9]?)?|{0}(-{0})?(/[1-9][0-9]?)?"
_LISTS = [
    rf"({_MANY.format(number)})(,({_MANY.format(number)}))*"
    for number in ("[0-5]?[0-9]", "(1?[0-9]|2[0-3])")
]
_REST = r"(\? [^ ?]+ [^ ?]+|[^ ?]+ [^ ?]+ \?) [^ ?]+"
CRON_PATTERN = rf"cron\({' '.join(_LISTS)} {_REST}\)"
"""What every expression looks like, for editors."""


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    special: str = r"(?!)"
    """What the field takes alone, besides numbers, names, lists, ranges and steps."""

    def accepts(self, text: str) -> bool:
        """Tell whether the text is well-formed in this field."""
        return self.is_special(text) or self.values(text) is not None

    def is_special(self, text: str) -> bool:
        """Tell whether the text says a day by its place in the month or week."""
        return re.fullmatch(self.special, text) is not None

    @cache  # noqa: B019  (fields are constants)
    def values(self, text: str) -> AbstractSet[int] | None:
        """Return the numbers that a comma-separated list stands for; None if it is ill-formed."""
        found: set[int] = set()
        for part in text.split(","):
            span = self._span(part)
            if span is None:
                return None
            found |= set(span)
        return frozenset(found)

    def _span(self, part: str) -> range | None:
        match = re.fullmatch(r"(\*|(\w+)(?:-(\w+))?)(?:/([1-9][0-9]{0,3}))?", part)
        if not match or int(match[4] or 1) > self.high:
            return None
        step = int(match[4] or 1)
        if match[1] == "*":
            return range(self.low, self.high + 1, step)
        first = self._number(match[2])
        # 5/10 goes on from 5 to the end of the field.
        last = self._number(match[3]) if match[3] else self.high if match[4] else first
        if first is None or last is None or first > last:
            return None
        return range(first, last + 1, step)

    def _number(self, text: str) -> int | None:
        if text in self.names:
            return self.names.index(text) + self.low
        known = re.fullmatch(r"[0-9]{1,4}", text) and self.low <= int(text) <= self.high
        return int(text) if known else None


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, special=r"\?|L|([1-9]|[12][0-9]|3[01])W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, _WEEK, _DAYS, rf"\?|L|([1-7]|{'|'.join(_DAYS)})(L|#[1-5])"),
    _Field("year", 1970, _LAST_YEAR),
)
_MINUTES, _HOURS, _DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK, _YEAR = _FIELDS


def cron_problem(value: str) -> str | None:
    """Return what is wrong with ``cron(minutes hours day-of-month month day-of-week year)``."""
    match = re.fullmatch(r"cron\((.*)\)", value)
    if not match or not value.isascii():
        return f"must be a cron expression like cron(0 4 * * ? *), got {value!r}"
    parts = match[1].split(" ")
    if len(parts) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        return f"must be a cron expression of six fields ({names}), got {len(parts)} in {value!r}"
    for field, part in zip(_FIELDS, parts, strict=True):
        if not field.accepts(part.upper()):
            return f"must be a cron expression, but {part!r} does not fit {field.name} in {value!r}"
    if (parts[2] == "?") == (parts[4] == "?"):
        return f"must have ? in exactly one of day of month and day of week, got {value!r}"
    if not _fires_from(value, datetime.now(UTC).date()):
        return f"must have a day to come on which it fires, got {value!r}"
    return None


@lru_cache
def _fires_from(value: str, start: date) -> bool:
    return next(_days(value, start), None) is not None


def every_day_problem(value: str) -> str | None:
    """Return why a well-formed expression doesn't fire once a day."""
    days = _sample(value)
    fits = len(days) == (_SAMPLE_END - _SAMPLE_START).days
    return _tier_problem(value, "every day", fits=fits)


def every_week_problem(value: str) -> str | None:
    """Return why a well-formed expression doesn't fire on one day of each week."""
    days = _sample(value)
    fits = len({day.weekday() for day in days}) == 1 and all(
        later - day == timedelta(days=_WEEK) for day, later in pairwise(days)
    )
    return _tier_problem(value, "on one day of every week", fits=fits)


def every_month_problem(value: str) -> str | None:
    """Return why a well-formed expression doesn't fire on one day of each month."""
    months = [(day.year, day.month) for day in _sample(value)]
    fits = len(months) == len(set(months)) == 12 * (_SAMPLE_END.year - _SAMPLE_START.year)
    return _tier_problem(value, "on one day of every month", fits=fits)


_SAMPLE_START, _SAMPLE_END = date(2031, 1, 1), date(2033, 1, 1)
"""Two years, one of them a leap year."""


@cache
def _sample(value: str) -> tuple[date, ...]:
    found: list[date] = []
    for day in _days(value, _SAMPLE_START):
        if day >= _SAMPLE_END:
            break
        found.append(day)
    return tuple(found)


def longest_gap_days(value: str) -> int:
    """Return the most days between two that a well-formed expression fires on.

    One that does not go on for two years leaves all of them.
    """
    days = _sample(value)
    whole = (_SAMPLE_END - _SAMPLE_START).days
    edges = (_SAMPLE_START, *days, _SAMPLE_END) if len(days) <= 1 else days
    return max(((later - day).days for day, later in pairwise(edges)), default=whole)


def moments(value: str, start: date, end: date) -> Iterator[datetime]:
    """Yield when a well-formed expression fires from ``start`` up to ``end``, without a zone."""
    minutes, hours, *_ = _parts(value)
    times = [
        time(hour, minute)
        for hour in sorted(_HOURS.values(hours) or ())
        for minute in sorted(_MINUTES.values(minutes) or ())
    ]
    for day in _days(value, start):
        if day >= end:
            return
        yield from (datetime.combine(day, each) for each in times)


def _tier_problem(value: str, when: str, *, fits: bool) -> str | None:
    minutes, hours, *_, year = _parts(value)
    times = len(_MINUTES.values(minutes) or ()) * len(_HOURS.values(hours) or ())
    if fits and times == 1 and year == "*":
        return None
    return f"must fire {when}, once, got {value!r}"


def _parts(value: str) -> list[str]:
    return value[len("cron(") : -1].upper().split(" ")


def _days(value: str, start: date) -> Iterator[date]:
    """Yield the days from ``start`` on which a well-formed expression fires."""
    _, _, day_of_month, month, day_of_week, year = _parts(value)
    months, years = _MONTH.values(month) or (), _YEAR.values(year) or ()
    for number in sorted(each for each in years if each >= start.year):
        for each in sorted(months):
            for day in range(1, monthrange(number, each)[1] + 1):
                moment = date(number, each, day)
                if moment >= start and _fires(moment, day_of_month, day_of_week):
                    yield moment


def _fires(day: date, day_of_month: str, day_of_week: str) -> bool:
    if day_of_week == "?":
        return _fits_month(day, day_of_month)
    return _fits_week(day, day_of_week)


def _fits_month(day: date, text: str) -> bool:
    last = monthrange(day.year, day.month)[1]
    if text == "L":
        return day.day == last
    if text.endswith("W"):
        return day == _nearest_weekday(day.replace(day=min(int(text[:-1]), last)))
    return day.day in (_DAY_OF_MONTH.values(text) or ())


def _nearest_weekday(day: date) -> date:
    """Return the nearest day from Monday to Friday within the month."""
    near = (day + timedelta(days=days) for days in (0, -1, 1, -2, 2))
    return next(each for each in near if each.month == day.month and each.isoweekday() <= 5)  # noqa: PLR2004


def _fits_week(day: date, text: str) -> bool:
    number = day.isoweekday() % _WEEK + 1
    which, _, position = text.partition("#")
    if position:
        return _DAY_OF_WEEK.values(which) == {number} and (day.day - 1) // _WEEK + 1 == int(
            position
        )
    if text == "L":
        return number == _WEEK
    if text.endswith("L"):
        is_last = (day + timedelta(days=_WEEK)).month != day.month
        return is_last and _DAY_OF_WEEK.values(text[:-1]) == {number}
    return number in (_DAY_OF_WEEK.values(text) or ())
