"""Checks of times of day, windows of the week, days and time zones."""

import re
import zoneinfo
from datetime import date, datetime
from functools import cache

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_DAY = 24 * 60
_WEEK = 7 * _DAY
SHORTEST_WINDOW = 30
"""Minutes; RDS refuses a shorter backup or maintenance window (RDS API, CreateDBInstance)."""


_DAY_OF_WEEK = f"({'|'.join(_DAYS)})"
DAY_WINDOW = f"{_CLOCK}-{_CLOCK}"
WEEK_WINDOW = f"{_DAY_OF_WEEK}:{_CLOCK}-{_DAY_OF_WEEK}:{_CLOCK}"
DAY_PATTERN = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
MOMENT_PATTERN = rf"{DAY_PATTERN}T{_CLOCK}:[0-5][0-9]Z"
TIMEZONE_PATTERN = r"^(?!posix/|right/|localtime$|Factory$)[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"


def day_window(value: str) -> tuple[int, int] | None:
    """Return the start minute of the day and length in minutes of ``hh:mm-hh:mm``."""
    match = re.fullmatch(DAY_WINDOW, value)
    if not match:
        return None
    start, end = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    return start, (end - start) % _DAY


def week_window(value: str) -> tuple[int, int] | None:
    """Return the start minute of the week and length in minutes of ``ddd:hh:mm-ddd:hh:mm``."""
    match = re.fullmatch(WEEK_WINDOW, value)
    if not match:
        return None
    start, end = (
        _DAYS.index(match[i]) * _DAY + int(match[i + 1]) * 60 + int(match[i + 2]) for i in (1, 4)
    )
    return start, (end - start) % _WEEK


def day_window_problem(value: str) -> str | None:
    """Return what is wrong with a daily window."""
    return _window_problem(day_window(value), value, "02:00-03:00")


def week_window_problem(value: str) -> str | None:
    """Return what is wrong with a weekly window."""
    return _window_problem(week_window(value), value, "sun:03:30-sun:04:30")


def _window_problem(window: tuple[int, int] | None, value: str, example: str) -> str | None:
    if window is None:
        return f"must be a window in UTC like {example}, got {value!r}"
    if window[1] < SHORTEST_WINDOW:
        return f"must last at least {SHORTEST_WINDOW} minutes, got {value!r}"
    return None


def windows_overlap(daily: str, weekly: str) -> bool:
    """Tell whether a well-formed daily window ever meets a well-formed weekly one."""
    day, week = day_window(daily), week_window(weekly)
    if day is None or week is None:
        return False
    starts = (day[0] + number * _DAY for number in range(7))
    return any(
        (week[0] - start) % _WEEK < day[1] or (start - week[0]) % _WEEK < week[1]
        for start in starts
    )


def day_problem(value: str) -> str | None:
    """Return what is wrong with a day; empty text means none."""
    try:
        known = not value or date.fromisoformat(value).isoformat() == value
    except ValueError:
        known = False
    return None if known else f'must be "" or a day like 2031-05-01, got {value!r}'


def moment_problem(value: str) -> str | None:
    """Return what is wrong with a moment in UTC; empty text means none."""
    try:
        known = not value or bool(
            re.fullmatch(MOMENT_PATTERN, value) and datetime.fromisoformat(value)
        )
    except ValueError:
        known = False
    return (
        None if known else f'must be "" or a moment in UTC like 2031-05-01T09:00:00Z, got {value!r}'
    )


_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
"""Files beside the time zones, which mean another zone on another machine, or none."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones()) - _NO_PLACES


def timezone_problem(value: str) -> str | None:
    """Return what is wrong with the name of a time zone."""
    if value in _zones():
        return None
    return f"must be a time zone like Europe/Dublin, got {value!r}"
