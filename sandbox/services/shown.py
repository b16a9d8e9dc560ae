"""Small helpers for what AWS shows of an object."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.provider.values import Props

POLL_SECONDS = 0.2


def emptied(item: dict[str, Any], saved: Props, members: Mapping[str, str]) -> None:
    """Put an empty text where AWS shows no member for an input that was given.

    What AWS leaves out otherwise counts as "not shown", and the saved value would stay although
    somebody took it away.
    """
    for name, member in members.items():
        if saved.get(name) and item.get(member) is None:
            item[member] = ""


def lasting(refers: Callable[[], str | None], seconds: float) -> str | None:
    """Return who refers to an object, once that has lasted for some seconds.

    The real provider repeats a refused deletion for minutes, as the one who refers may be on its
    way out in the same destroy.
    """
    end = time.monotonic() + seconds
    while (who := refers()) is not None and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return who
