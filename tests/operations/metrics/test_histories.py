"""Numbers from the files of earlier runs; what is not there is unknown."""

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.metrics.histories import checks, drills, load, parity
from operations.metrics.metric import Metric

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def by_name(found: Any) -> dict[str, Metric]:
    return {each.name: each for each in found}


def run(*verdicts: str, stack: str = "staging") -> dict[str, Any]:
    checks_ = [{"id": str(n), "verdict": each} for n, each in enumerate(verdicts)]
    return {"stack": stack, "began": "2026-11-28T09:00:00Z", "passed": True, "checks": checks_}


def test_checks_are_counted_of_the_last_run_that_applies() -> None:
    lines = [run("fail"), run("pass", "pass", "fail", "unknown", "not applicable")]
    found = by_name(checks([*lines, run("fail", stack="other"), {"checks": 3}], "staging"))

    assert found["CheckPassRate"].value == 50
    assert found["CheckCoverage"].value == 75
    assert found["CheckPassRate"].words == "2 of 4 checks of 2026-11-28T09:00:00Z"


def test_without_a_run_checks_are_unknown() -> None:
    assert [each.value for each in checks([run("pass", stack="other")], "staging")] == [None, None]


def test_parity_is_the_last_of_the_mirror() -> None:
    lines = [
        {"time": "1", "mirror": "staging", "index": 90.0, "likeness": 60.0},
        {"time": "2", "mirror": "staging", "index": 100.0, "likeness": 72.6},
        {"time": "3", "mirror": "other", "index": 1.0},
    ]
    found = by_name(parity(lines, "staging"))

    assert (found["ParityIndex"].value, found["ParityLikeness"].value) == (100.0, 72.6)
    assert found["ParityIndex"].words == "of 2"


@pytest.mark.parametrize("value", [None, "100", True, [100]])
def test_what_is_no_number_is_unknown(value: Any) -> None:
    found = by_name(parity([{"mirror": "staging", "index": value}], "staging"))

    assert found["ParityIndex"].value is None
    assert found["ParityIndex"].words == "the last line has no index"


def drill(day: str, verdict: str, **more: Any) -> dict[str, Any]:
    return {"time": f"{day}T09:00:00Z", "stack": "staging", "verdict": verdict, **more}


def test_a_drill_that_failed_measured_nothing() -> None:
    lines = [
        drill("2026-01-01", "passed", recoveryTimeSeconds=1, recoveryPointSeconds=1),
        drill("2026-11-20", "passed", recoveryTimeSeconds=900.5, recoveryPointSeconds=12),
        drill("2026-11-27", "failed", why="no snapshot"),
    ]
    found = by_name(drills(lines, "staging", NOW, 90))

    assert (found["RecoveryTime"].value, found["RecoveryPoint"].value) == (900.5, 12)
    assert found["DrillSuccessRate"].value == 50
    assert found["RecoveryTime"].shown == "15.0 min"


def test_without_a_drill_of_late_its_rate_is_unknown() -> None:
    found = by_name(
        drills([drill("2026-01-01", "passed"), {"stack": "staging"}], "staging", NOW, 90)
    )

    assert found["DrillSuccessRate"].value is None
    assert found["RecoveryTime"].words == "the last line has no recoveryTimeSeconds"


def test_load_is_of_the_last_run() -> None:
    line = {"time": "now", "stack": "staging", "p95Milliseconds": 250, "requestsPerSecond": 40.5}
    found = by_name(load([line], "staging"))

    assert (found["LoadLatencyP95"].shown, found["LoadRequests"].shown) == ("250 ms", "40.50")
    assert found["LoadErrorRate"].value is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0.0 s"), (59, "59.0 s"), (60, "1.0 min"), (5400, "1.5 h"), (129_600, "1.5 d")],
)
def test_durations_are_in_the_unit_that_people_take(seconds: float, told: str) -> None:
    assert Metric("LeadTime", "Seconds", seconds, "").shown == told
