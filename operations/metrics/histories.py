"""Numbers from the files of earlier runs: checks, parity, backup drills, load."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.metrics.metric import Metric, Unit, rate, unknown

Line = Mapping[str, Any]
NOT_APPLICABLE = "not applicable"


def checks(lines: Sequence[Line], stack: str) -> Iterator[Metric]:
    """Yield how many checks of the last run passed, and of how many it is known at all.

    A line is what ``test-staging STACK --json`` says.
    """
    runs = [each for each in lines if each.get("stack") == stack and _verdicts(each)]
    last = runs[-1] if runs else {}
    verdicts = [each for each in _verdicts(last) if each != NOT_APPLICABLE]
    passed, failed = verdicts.count("pass"), verdicts.count("fail")
    when, number = f"of {last.get('began', 'no run')}", len(verdicts)
    nothing = f"no run of the checks of {stack} is recorded"
    yield rate("CheckPassRate", passed, number, f"{passed} of {number} checks {when}", nothing)
    told = passed + failed
    yield rate("CheckCoverage", told, number, f"{told} of {number} had an answer {when}", nothing)


def _verdicts(run: Line) -> list[str]:
    found = run.get("checks")
    listed = found if isinstance(found, list) else []
    return [str(each.get("verdict")) for each in listed if isinstance(each, dict)]


def parity(lines: Sequence[Line], stack: str) -> Iterator[Metric]:
    """Yield the last index and likeness of a mirror.

    A line is what ``python -m policies.command --history`` adds.
    """
    own = [each for each in lines if each.get("mirror") == stack]
    for name, key in (("ParityIndex", "index"), ("ParityLikeness", "likeness")):
        yield _last(name, "Percent", own, key, f"no parity of {stack} is recorded")


def drills(lines: Sequence[Line], stack: str, now: datetime, days: int) -> Iterator[Metric]:
    """Yield what the last drill that passed measured, and how many passed at all.

    A line is what ``backup drill STACK`` adds.
    """
    own = [each for each in lines if each.get("stack") == stack]
    good = [each for each in own if each.get("verdict") == "passed"]
    nothing = f"no drill of {stack} that passed is recorded"
    for name, key in (
        ("RecoveryTime", "recoveryTimeSeconds"),
        ("RecoveryPoint", "recoveryPointSeconds"),
    ):
        yield _last(name, "Seconds", good, key, nothing)
    recent = [each for each in own if _within(each, now, days)]
    passed = sum(1 for each in recent if each.get("verdict") == "passed")
    words = f"{passed} of {len(recent)} in {days} days"
    yield rate("DrillSuccessRate", passed, len(recent), words, f"no drill in {days} days")


def load(lines: Sequence[Line], stack: str) -> Iterator[Metric]:
    """Yield what the last run under load measured.

    A line has ``time``, ``stack``, ``p95Milliseconds``, ``requestsPerSecond``, ``errorPercent``.
    """
    own = [each for each in lines if each.get("stack") == stack]
    nothing = f"no run under load of {stack} is recorded"
    kinds: tuple[tuple[str, Unit, str], ...] = (
        ("LoadLatencyP95", "Milliseconds", "p95Milliseconds"),
        ("LoadRequests", "Count/Second", "requestsPerSecond"),
        ("LoadErrorRate", "Percent", "errorPercent"),
    )
    for name, unit, key in kinds:
        yield _last(name, unit, own, key, nothing)


def _last(name: str, unit: Unit, lines: Sequence[Line], key: str, nothing: str) -> Metric:
    if not lines:
        return unknown(name, unit, nothing)
    value = lines[-1].get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return unknown(name, unit, f"the last line has no {key}")
    return Metric(name, unit, float(value), f"of {lines[-1].get('time', 'an unknown time')}")


def _within(line: Line, now: datetime, days: int) -> bool:
    try:
        moment = datetime.fromisoformat(str(line.get("time")))
    except ValueError:
        return False
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return now - timedelta(days=days) < moment <= now
