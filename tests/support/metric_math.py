"""Evaluate the little of CloudWatch's metric math that the alarms use, for one data point."""

from typing import Any

REPEAT = "REPEAT"


def evaluate(expression: str, **metrics: float | None) -> float | None:
    """Return the value of ``expression``; a metric that is None has no data; None: no result."""

    def fill(value: float | None, filler: float | str) -> float | None:
        if value is not None:
            return value
        return None if isinstance(filler, str) else filler

    def choose(condition: bool, yes: float | None, no: float) -> float | None:  # noqa: FBT001
        return yes if condition else no

    names: dict[str, Any] = {
        **metrics,
        "FILL": fill,
        "IF": choose,
        "REPEAT": REPEAT,
        "__builtins__": {},
    }
    try:
        # The expression is our own, from the graph under test.
        return eval(expression.replace(" AND ", " and "), names)  # type: ignore[no-any-return]  # noqa: S307
    except (TypeError, ZeroDivisionError):
        # A metric without data, or a share of nothing: CloudWatch gives no data point.
        return None
