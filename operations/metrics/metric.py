"""One number about an environment, and what it was computed from; unknown is never 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Unit = Literal["Percent", "Seconds", "Count", "Count/Second", "Milliseconds"]
"""As Amazon CloudWatch has them (CloudWatch API Reference, MetricDatum)."""
WHOLE = 100


@dataclass(frozen=True)
class Metric:
    """A number, or why there is none."""

    name: str
    unit: Unit
    value: float | None
    words: str
    """What it was computed from; for an unknown one, why it is."""

    @property
    def shown(self) -> str:
        """The value as people read it."""
        if self.value is None:
            return "unknown"
        if self.unit == "Percent":
            return f"{self.value:.1f} %"
        if self.unit == "Seconds":
            return duration(self.value)
        if self.unit == "Milliseconds":
            return f"{self.value:.0f} ms"
        return f"{self.value:.2f}"


def unknown(name: str, unit: Unit, why: str) -> Metric:
    """Return a metric of which nobody knows the value."""
    return Metric(name, unit, None, why)


def rate(name: str, part: int, whole: int, words: str, otherwise: str) -> Metric:
    """Return a part of a whole in percent; unknown where there is no whole."""
    if not whole:
        return unknown(name, "Percent", otherwise)
    return Metric(name, "Percent", WHOLE * part / whole, words)


def middle(name: str, seconds: Sequence[float], words: str, otherwise: str) -> Metric:
    """Return the median of durations; unknown where there are none."""
    if not seconds:
        return unknown(name, "Seconds", otherwise)
    return Metric(name, "Seconds", float(median(seconds)), words)


def duration(seconds: float) -> str:
    """Return seconds in the unit that people would take."""
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"
