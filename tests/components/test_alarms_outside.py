"""What users need rings soon, what they can do without rings late, and neither undoes a release."""

from dataclasses import replace

import pytest

from tests.support.graph import Node
from tests.support.monitoring import METRIC_ALARM, SMALL, monitored, outside_args


def alarm(key: str) -> Node:
    return monitored(SMALL).one(METRIC_ALARM, f"outside-alarms-{key}-unreachable")


@pytest.mark.parametrize(
    ("key", "check"), [("entrance", "check-0"), ("payments", "check-1"), ("search", "check-2")]
)
def test_each_alarm_looks_at_its_own_check_and_silence_is_failure(key: str, check: str) -> None:
    inputs = alarm(key).inputs

    assert inputs["namespace"] == "AWS/Route53"
    assert inputs["metricName"] == "HealthCheckStatus"
    assert inputs["dimensions"] == {"HealthCheckId": check}
    assert (inputs["comparisonOperator"], inputs["threshold"]) == ("LessThanThreshold", 1)
    assert inputs["treatMissingData"] == "breaching"


@pytest.mark.parametrize(("key", "minutes"), [("entrance", 3), ("payments", 3), ("search", 15)])
def test_what_users_need_rings_sooner_than_the_rest(key: str, minutes: int) -> None:
    inputs = alarm(key).inputs

    assert inputs["period"] * inputs["evaluationPeriods"] == minutes * 60
    assert inputs["datapointsToAlarm"] == inputs["evaluationPeriods"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"required": {"Pay": "check"}}, r"required and optional .* got \['Pay'\]"),
        ({"required": {"a": "1"}, "optional": {"a": "2"}}, "must each be named once"),
        ({"optional": {"entrance": "1"}}, "must each be named once"),
    ],
)
def test_names_that_two_alarms_would_share_or_none_could_bear_are_refused(
    changes: dict[str, dict[str, str]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(outside_args(), **changes)  # type: ignore[arg-type]
