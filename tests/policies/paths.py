"""Change a value within others by its path, like ``rules[0].priority``."""

import re
from typing import Any

GONE = object()
"""Given as the value, takes away what stands there."""
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def set_at(target: Any, path: str, value: Any) -> None:
    """Set a value in place; KeyError, IndexError or TypeError where the way to it is not there."""
    steps = [int(index) if index else name for name, index in _STEP.findall(path)]
    for step in steps[:-1]:
        target = target[step]
    if value is GONE:
        del target[steps[-1]]
    else:
        target[steps[-1]] = value
