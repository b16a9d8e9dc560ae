"""Runs checks: looks at everything once, side by side, and judges what was seen."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from operations.environment.check import Answer, Check, Look, Result, unknown
from operations.errors import OperationError, one_line

AT_ONCE = 8
"""Looks side by side; each waits for the network nearly all of its time."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Seen:
    """What a look gave: facts, or why there are none."""

    facts: Any
    missing: str
    seconds: float


def run(checks: Sequence[Check], reach: Any, wanted: Any, say: Say) -> list[Result]:
    """Return a result for each check, in their order.

    Every look is given ``reach``, in a thread; every judgement ``wanted``.

    A look that breaks leaves its own checks unknown, and stops no other.
    """
    seen = _seen({check.look for check in checks}, reach, say)
    return [_judged(check, seen[check.look], wanted) for check in checks]


def _seen(looks: Iterable[Look], reach: Any, say: Say) -> dict[Look, Seen]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        waiting = {look: threads.submit(_look, look, reach, say) for look in looks}
        return {look: future.result() for look, future in waiting.items()}


def _look(look: Look, reach: Any, say: Say) -> Seen:
    began = time.monotonic()
    try:
        facts, missing = look(reach), ""
    except OperationError as error:
        facts, missing = None, str(error)
    except Exception as error:  # noqa: BLE001, RUF100  (what nobody foresaw is unknown, not well)
        facts, missing = None, f"could not be seen: {type(error).__name__}: {one_line(error)}"
    seconds = time.monotonic() - began
    say(f"{look.__module__.rpartition('.')[2]}: seen in {seconds:.1f} s")
    return Seen(facts, missing, seconds)


def _judged(check: Check, seen: Seen, wanted: Any) -> Result:
    if seen.missing:
        return Result(check, unknown(seen.missing), seen.seconds)
    return Result(check, _answer(check, seen, wanted), seen.seconds)


def _answer(check: Check, seen: Seen, wanted: Any) -> Answer:
    try:
        return check.judge(seen.facts, wanted)
    except (KeyError, TypeError, ValueError) as error:
        # An answer of AWS's in another form than its reference says; its words may hold a value.
        return unknown(f"could not be judged: {type(error).__name__}")
