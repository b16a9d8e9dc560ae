"""Schedule expressions, which AWS reads when they are given and moto does not.

Source: EventBridge User Guide, "Setting a schedule pattern"; EventBridge Scheduler User Guide,
"Schedule types in EventBridge Scheduler".
"""

import re
import zoneinfo
from functools import cache

FIELDS = ("minutes", "hours", "day of month", "month", "day of week", "year")
FIELD = re.compile(r"[0-9A-Z*?,/LW#-]+")
RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
"""A single time; only EventBridge Scheduler has it."""


def schedule_problem(expression: str, *, once: bool = False) -> str | None:
    """Return what is wrong with an expression, or None; ``once`` also allows ``at(...)``."""
    if once and expression.startswith("at("):
        return None if AT.fullmatch(expression) else "must be at(yyyy-mm-ddThh:mm:ss)"
    if expression.startswith("rate("):
        return _rate_problem(expression)
    if expression.startswith("cron(") and expression.endswith(")"):
        return _cron_problem(expression[len("cron(") : -1].split())
    return f"must be cron(...){', at(...)' if once else ''} or rate(...), got {expression}"


def timezone_problem(name: str) -> str | None:
    """Return what is wrong with a time zone, or None."""
    if name in _zones():
        return None
    return f"must be a time zone of the IANA database, got {name}"


@cache
def _zones() -> set[str]:
    """Read which there are once: it is a file each."""
    return zoneinfo.available_timezones()


def _rate_problem(expression: str) -> str | None:
    found = RATE.fullmatch(expression)
    if found is None or int(found[1]) < 1:
        return f"must be rate(<1 or more> minutes, hours or days), got {expression}"
    if (found[1] == "1") == bool(found[3]):
        return f"must write one minute, hour or day without s, and more with it, got {expression}"
    return None


def _cron_problem(fields: list[str]) -> str | None:
    if len(fields) != len(FIELDS):
        return f"must have {len(FIELDS)} fields ({', '.join(FIELDS)}), got {len(fields)}"
    for name, field in zip(FIELDS, fields, strict=True):
        if not FIELD.fullmatch(field):
            return f"cannot have {field} for {name}"
    day_of_month, day_of_week = fields[2], fields[4]
    if [day_of_month, day_of_week].count("?") != 1:
        return "must have ? for either day of month or day of week"
    return None
