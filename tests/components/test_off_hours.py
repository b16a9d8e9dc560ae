"""Both actions are there for every service in every environment; only staging's do something."""

from dataclasses import replace
from typing import Any

import pytest

from components.off_hours import OffHours, OffHoursArgs, SleepingService
from tests.support.graph import Graph, once, record

ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"


def service(name: str, *, minimum: int, maximum: int, night: int) -> SleepingService:
    return SleepingService(
        resource_id=f"service/storefront/{name}",
        min_tasks=minimum,
        max_tasks=maximum,
        night_min_tasks=night,
    )


STAGING = OffHoursArgs(
    services={
        "web": service("web", minimum=1, maximum=2, night=0),
        "worker": service("worker", minimum=1, maximum=2, night=0),
    },
    stop="cron(0 20 ? * MON-FRI *)",
    start="cron(0 6 ? * MON-FRI *)",
    timezone="Europe/Dublin",
    keep_running=[],
    paused_until="",
)
PRODUCTION = replace(
    STAGING,
    services={
        "web": service("web", minimum=3, maximum=12, night=3),
        "worker": service("worker", minimum=2, maximum=6, night=2),
    },
)


@once
def deploy(args: OffHoursArgs) -> Graph:
    return record(lambda: OffHours("off-hours", args))


def bounds(args: OffHoursArgs) -> dict[str, tuple[int, int]]:
    return {
        node.name.removeprefix("off-hours-"): (
            node.inputs["scalableTargetAction"]["minCapacity"],
            node.inputs["scalableTargetAction"]["maxCapacity"],
        )
        for node in deploy(args).of(ACTION)
    }


def test_staging_sleeps_and_wakes() -> None:
    assert bounds(STAGING) == {
        "web-stop": (0, 0),
        "web-start": (1, 2),
        "worker-stop": (0, 0),
        "worker-start": (1, 2),
    }


def test_in_production_both_actions_repeat_what_holds_anyway() -> None:
    assert bounds(PRODUCTION) == {
        "web-stop": (3, 12),
        "web-start": (3, 12),
        "worker-stop": (2, 6),
        "worker-start": (2, 6),
    }


def test_a_lower_minimum_that_is_not_zero_leaves_room_to_grow() -> None:
    smaller = {"web": service("web", minimum=3, maximum=12, night=1)}

    assert bounds(replace(PRODUCTION, services=smaller))["web-stop"] == (1, 12)


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_an_exception_keeps_a_service_running_and_its_actions_in_place() -> None:
    kept = replace(STAGING, keep_running=["web"])

    assert bounds(kept)["web-stop"] == (1, 2)
    assert bounds(kept)["worker-stop"] == (0, 0)
    assert deploy(kept).shape == deploy(STAGING).shape


def test_times_are_read_in_the_teams_own_timezone() -> None:
    graph = deploy(STAGING)

    assert graph.one(ACTION, "off-hours-web-stop").inputs["schedule"] == STAGING.stop
    assert graph.one(ACTION, "off-hours-web-start").inputs["schedule"] == STAGING.start
    assert {node.inputs["timezone"] for node in graph.of(ACTION)} == {"Europe/Dublin"}


def test_a_pause_holds_back_the_stop_and_never_the_start() -> None:
    graph = deploy(replace(STAGING, paused_until="2026-03-01"))

    stop = graph.one(ACTION, "off-hours-web-stop").inputs
    assert stop["startTime"] == "2026-03-01T00:00:00Z"
    assert "startTime" not in graph.one(ACTION, "off-hours-web-start").inputs
    assert "startTime" not in deploy(STAGING).one(ACTION, "off-hours-web-stop").inputs


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stop": "20:00"}, r"stop must be cron\(...\), got '20:00'"),
        ({"start": "rate(1 day)"}, r"start must be cron\(...\)"),
        ({"keep_running": ["webb"]}, "among web, worker, got webb"),
        ({"paused_until": "next week"}, "YYYY-MM-DD or empty, got 'next week'"),
        ({"paused_until": "20260301"}, "YYYY-MM-DD or empty, got '20260301'"),
    ],
)
def test_times_and_exceptions_that_mean_nothing_are_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)


@pytest.mark.parametrize(("minimum", "maximum", "night"), [(1, 2, 2), (3, 2, 0), (1, 2, -1)])
def test_a_night_busier_than_the_day_is_refused(minimum: int, maximum: int, night: int) -> None:
    with pytest.raises(ValueError, match="night_min_tasks <= min_tasks <= max_tasks"):
        service("web", minimum=minimum, maximum=maximum, night=night)
