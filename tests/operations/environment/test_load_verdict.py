"""How much load there is, and what is said of what it brought: without a site."""

from typing import Any

import pytest

from operations.environment.load.profile import SECONDS, Name, Profile, profile_of
from operations.environment.load.verdict import Measured, judge, last_like, record, stops
from settings import Settings, load
from tests.settings.workspace import ROOT

PATHS = ("/", "/healthz")
PROFILE = Profile("steady", 5.0, 5.0, 60, PATHS)
GOOD = Measured(requests=300, failures=0, p50=40, p95=120, p99=200)


@pytest.fixture(name="staging", scope="module")
def _staging() -> Settings:
    return load(ROOT, "staging")


@pytest.mark.parametrize(
    ("stack", "name", "wanted", "rate"),
    [
        ("staging", "smoke", 1.0, 1.0),
        # 500 requests a minute and task: seven tenths of one task, and the whole of two.
        ("staging", "steady", 5.83, 5.83),
        # The firewall blocks an address above 2000 in five minutes.
        ("staging", "peak", 16.67, 6.0),
        ("production", "steady", 17.5, 6.0),
        ("production", "peak", 100.0, 6.0),
    ],
)
def test_load_is_in_proportion_to_the_size_and_below_the_firewalls_limit(
    stack: str, name: Name, wanted: float, rate: float
) -> None:
    found = profile_of(load(ROOT, stack), name, PATHS, 0)

    assert (found.wanted_rate, found.rate, found.seconds) == (wanted, rate, SECONDS[name])
    assert found.is_capped is (rate < wanted)
    assert profile_of(load(ROOT, stack), name, PATHS, 7).seconds == 7


def failing(
    staging: Settings, measured: Measured, before: dict[str, Any] | None = None
) -> set[str]:
    answers = judge(measured, PROFILE, staging, before, 25)
    wrong = {name for name, each in answers.items() if each.kind.value in ("fail", "unknown")}
    assert stops(answers) is bool(wrong)
    return wrong


BEFORE = {"p95": 100.0, "time": "2031-05-20T12:00:00Z"}


@pytest.mark.parametrize(
    ("measured", "before", "told_by"),
    [
        (GOOD, None, set()),
        (GOOD, BEFORE, set()),
        (Measured(238, 0, 40, 120, 200), None, {"load-reached"}),
        (Measured(0, 0, 0, 0, 0), None, {"load-reached", "load-errors"}),
        (Measured(300, 15, 40, 120, 200), None, {"load-errors"}),
        (Measured(300, 14, 40, 120, 200), None, set()),
        (Measured(300, 0, 40, 1001, 1100), None, {"load-p95"}),
        (Measured(300, 0, 40, 1000, 1100), None, set()),
        # A quarter more than 100 ms, and what nobody feels.
        (Measured(300, 0, 40, 145, 200), BEFORE, set()),
        (Measured(300, 0, 40, 146, 200), BEFORE, {"load-as-before"}),
    ],
)
def test_what_was_measured_is_held_against_the_settings_and_the_last_run(
    staging: Settings, measured: Measured, before: dict[str, Any] | None, told_by: set[str]
) -> None:
    assert failing(staging, measured, before) == told_by


def test_only_the_last_run_that_passed_under_the_same_load_counts() -> None:
    like = record("staging", PROFILE, GOOD, "sha256:1", "2031-05-20T12:00:00Z")
    passed = {**like, "verdict": "passed"}
    first, second = {**passed, "p95": 1.0}, {**passed, "p95": 2.0}
    others = [
        {**passed, "verdict": "failed"},
        {**passed, "stack": "production"},
        {**passed, "profile": "peak"},
        {**passed, "rate": 6.0},
        {**passed, "seconds": 30},
        {**passed, "paths": ["/"]},
        {key: value for key, value in passed.items() if key != "p95"},
        {"verdict": "passed"},
    ]

    assert last_like([first, second, *others], like) == second
    assert last_like(others, like) is None


def test_a_record_says_what_was_measured_of_what() -> None:
    line = record("staging", PROFILE, GOOD, "sha256:1", "2031-05-20T12:00:00Z")

    assert line == {
        "time": "2031-05-20T12:00:00Z", "stack": "staging", "profile": "steady", "rate": 5.0,
        "seconds": 60, "paths": ["/", "/healthz"], "release": "sha256:1", "requests": 300,
        "errorPercent": 0.0, "p50": 40, "p95": 120, "p99": 200,
    }  # fmt: skip
