"""What came of a load: held against the settings' own limits, and against the last run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operations.environment.check import Answer, failed, holds, not_applicable, unknown
from operations.environment.load.profile import Profile
from policies.verdict import Kind
from settings import Settings

LEAST_SHARE = 0.8
"""Of the load that was wanted; below it the figures are of another load."""
NOISE_MS = 20.0
"""A difference that nobody feels, and that the next run may have the other way round."""
WHOLE = 100
SAME = ("stack", "profile", "rate", "seconds", "paths")
"""What two runs must have alike to be compared."""


@dataclass(frozen=True)
class Measured:
    """What was measured over all paths; times in milliseconds."""

    requests: int
    failures: int
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, total: Mapping[str, Any]) -> "Measured":
        """Return what the load's process wrote."""
        return cls(
            int(total["requests"]),
            int(total["failures"]),
            *(float(total[each]) for each in ("p50", "p95", "p99")),
        )

    @property
    def error_percent(self) -> float:
        """The share of requests that were answered with an error, or not at all."""
        return WHOLE * self.failures / self.requests if self.requests else WHOLE


def judge(
    measured: Measured,
    profile: Profile,
    settings: Settings,
    before: Mapping[str, Any] | None,
    slower_percent: int,
) -> dict[str, Answer]:
    """Return an answer for each limit, by its name."""
    limits = settings.shape.alarms.deployment
    return {
        "load-reached": _reached(measured, profile),
        "load-errors": holds(
            measured.error_percent < limits.error_percent,
            f"{measured.error_percent:.2f} % errors, below {limits.error_percent} %",
            f"{measured.error_percent:.2f} % errors, must be below {limits.error_percent} %",
        ),
        "load-p95": holds(
            measured.p95 <= limits.latency_seconds * 1000,
            f"p95 {measured.p95:.0f} ms, {limits.latency_seconds} s at most",
            f"p95 {measured.p95:.0f} ms, must be {limits.latency_seconds} s at most",
        ),
        "load-as-before": _as_before(measured, before, slower_percent),
    }


def _reached(measured: Measured, profile: Profile) -> Answer:
    wanted = profile.rate * profile.seconds
    words = f"{measured.requests} requests of {wanted:.0f}"
    # One may have been under way at the end.
    if measured.requests + 1 >= LEAST_SHARE * wanted:
        return holds(right=True, well=words, wrong="")
    return unknown(f"{words}: this machine, or the site, did not keep up")


def _as_before(measured: Measured, before: Mapping[str, Any] | None, percent: int) -> Answer:
    if before is None:
        return not_applicable("no earlier run of this load passed")
    allowed = float(before["p95"]) * (1 + percent / WHOLE) + NOISE_MS
    words = f"p95 {measured.p95:.0f} ms, {float(before['p95']):.0f} ms on {before['time']}"
    if measured.p95 <= allowed:
        return holds(right=True, well=words, wrong="")
    return failed(f"{words}: more than {percent} % slower")


def record(
    stack: str, profile: Profile, measured: Measured, release: str, time: str
) -> dict[str, Any]:
    """Return what is kept of a run, without its verdict."""
    return {
        "time": time,
        "stack": stack,
        "profile": profile.name,
        "rate": profile.rate,
        "seconds": profile.seconds,
        "paths": list(profile.paths),
        "release": release,
        "requests": measured.requests,
        "errorPercent": round(measured.error_percent, 3),
        "p50": measured.p50,
        "p95": measured.p95,
        "p99": measured.p99,
    }


def last_like(records: Sequence[dict[str, Any]], like: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the last run that passed under the same load."""
    alike = (each for each in reversed(records) if _is_like(each, like))
    return next(alike, None)


def _is_like(line: Mapping[str, Any], like: Mapping[str, Any]) -> bool:
    whole = "p95" in line and "time" in line and line.get("verdict") == "passed"
    return whole and all(line.get(key) == like[key] for key in SAME)


def stops(answers: Mapping[str, Answer]) -> bool:
    """Tell whether the run failed."""
    return any(each.kind in (Kind.FAIL, Kind.UNKNOWN) for each in answers.values())
