"""What was asked for, overlaid with what AWS shows.

AWS answers in another order, case and fullness than it was asked; only a value that means
something else may replace the one that was asked for, or every refresh would find changes.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.provider.values import UNKNOWN

ANY: Final = object()
"""A default that depends on the rest: AWS fills it in, and the real provider takes it as it is."""
Defaults = Mapping[str, Any]
"""What AWS puts where nothing was asked for, by dotted path in the value, in lower case; the items
of a list have the path of the list."""


def covers(
    live: Any, saved: Any, *, exact: bool = False, defaults: Defaults | None = None, at: str = ""
) -> bool:
    """Return whether ``live`` says all that ``saved`` says, and nothing besides but defaults.

    A key of an object that was not asked for must say nothing or a default of AWS, and with
    ``exact`` not be there; lists are compared as sets, since AWS keeps no order for the lists that
    these types have.
    """
    if saved is UNKNOWN:
        return True
    if isinstance(saved, Mapping) and isinstance(live, Mapping):
        if exact:
            return dict(live) == dict(saved)
        return _covers_object(live, saved, defaults or {}, at)
    if isinstance(saved, list) and isinstance(live, list):
        return len(saved) == len(live) and _covers_list(live, saved, defaults or {}, at)
    if isinstance(saved, str) and isinstance(live, str | Mapping) and _is_json(saved):
        return _same_json(live, saved)
    return _scalar(live) == _scalar(saved)


def absent(value: Any) -> bool:
    """Return whether a value says no more than none at all, such as ``false`` or an empty block."""
    return value is not UNKNOWN and (not value or value == "false")


def says_nothing(value: Any) -> bool:
    """Return whether a value that nobody asked for says nothing; a zero may well do."""
    if isinstance(value, Mapping):
        return all(says_nothing(item) for item in value.values())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return False
    return absent(value)


def _covers_object(
    live: Mapping[str, Any], saved: Mapping[str, Any], defaults: Defaults, at: str
) -> bool:
    by_lower = {key.lower(): value for key, value in live.items()}
    shown = {key: live[key] if key in live else by_lower.get(key.lower()) for key in saved}
    paths = {key: f"{at}.{key}".lower().lstrip(".") for key in {*live, *saved}}
    asked = {key.lower() for key in saved}
    for key, value in live.items():
        if key.lower() in asked or says_nothing(value):
            continue
        default = defaults.get(paths[key])
        if default is not ANY and (default is None or not covers(value, default)):
            return False
    if live and saved and all(value == {} for value in saved.values()):
        # Only which key stands there says anything: ``{"allow": {}}`` is not ``{"block": {}}``.
        return any(key.lower() in by_lower for key in saved)
    return all(
        covers(shown[key], value, defaults=defaults, at=paths[key])
        or (key.lower() not in by_lower and absent(value))
        for key, value in saved.items()
    )


def _covers_list(live: list[Any], saved: list[Any], defaults: Defaults, at: str) -> bool:
    """Return whether each saved item has a live one of its own.

    One live item may cover several saved ones, so an item once taken gives way where it can.
    """
    taken: dict[int, int] = {}

    def place(wanted: int, tried: set[int]) -> bool:
        for index, item in enumerate(live):
            if index in tried or not covers(item, saved[wanted], defaults=defaults, at=at):
                continue
            tried.add(index)
            if index not in taken or place(taken[index], tried):
                taken[index] = wanted
                return True
        return False

    return all(place(wanted, set()) for wanted in range(len(saved)))


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in {"{", "["}


def _same_json(live: Any, saved: str) -> bool:
    if live == saved:
        return True
    try:
        left = json.loads(live) if isinstance(live, str) else live
        return bool(left == json.loads(saved))
    except ValueError:
        return False


def same(before: Any, after: Any) -> bool:
    """Return whether two values that a program gave mean the same.

    Lists are compared as sets and JSON by what it says, as in ``covers``; but of an object each key
    counts: a tag with an empty value is not a tag left out, nor ``false`` the same as no answer.
    """
    if before is UNKNOWN or after is UNKNOWN:
        return False
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(same(before[key], after[key]) for key in after)
    if isinstance(before, list) and isinstance(after, list):
        rest = list(before)
        for item in after:
            found = next((i for i, other in enumerate(rest) if same(other, item)), None)
            if found is None:
                return False
            del rest[found]
        return not rest
    if isinstance(before, Mapping | list) or isinstance(after, Mapping | list):
        return False
    return covers(before, after)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
