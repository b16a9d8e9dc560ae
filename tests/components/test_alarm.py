"""An alarm that CloudWatch would refuse is refused before anything is created."""

from dataclasses import replace

import pytest

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, healthy_silence
from tests.support.graph import record
from tests.support.monitoring import METRIC_ALARM, TAGS, TOPIC

METRIC = Metric(namespace="AWS/ECS", name="CPUUtilization", dimensions={}, statistic="Average")
ALARM = Alarm(
    key="cpu",
    says="It is busy.",
    first="look.",
    metrics={"value": METRIC},
    period=60,
    comparison="GreaterThanThreshold",
    threshold=1,
    periods=3,
    silence=healthy_silence("it sleeps"),
)


def test_two_metrics_need_an_expression() -> None:
    with pytest.raises(ValueError, match="metrics must be one when there is no expression, got 2"):
        replace(ALARM, metrics={"one": METRIC, "two": METRIC})


def test_more_metrics_than_one_alarm_holds_are_refused() -> None:
    many = {f"m{n}": METRIC for n in range(20)}

    with pytest.raises(ValueError, match="metrics must be fewer than 20 beside an expression"):
        replace(ALARM, metrics=many, expression="m0")


def test_metric_id_that_cloudwatch_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match=r"metric ids must be .* got \['2xx'\]"):
        replace(ALARM, metrics={"2xx": METRIC})


def test_description_longer_than_cloudwatch_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="description must be at most 1024 characters"):
        replace(ALARM, says="x" * 1024)


@pytest.mark.parametrize("prefix", ["", "-web", "web_1", "a b", "x" * 100])
def test_prefix_that_could_not_stand_in_a_rule_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix must be 1 to 99 letters, digits or hyphens"):
        AlarmArgs(prefix=prefix, topic_arn=TOPIC, tags=TAGS)


def test_percentile_is_an_extended_statistic() -> None:
    alarm = replace(ALARM, metrics={"value": replace(METRIC, statistic="p95")})
    args = AlarmArgs(prefix="web", topic_arn=TOPIC, tags=TAGS)

    node = record(lambda: AlarmSet("understudy:test:Set", "set", args, [alarm], None)).one(
        METRIC_ALARM
    )

    assert node.inputs["extendedStatistic"] == "p95"
    assert "statistic" not in node.inputs


def test_all_points_must_breach_unless_fewer_are_named() -> None:
    args = AlarmArgs(prefix="web", topic_arn=TOPIC, tags=TAGS)
    alarms = [ALARM, replace(ALARM, key="some", breaching=2)]

    graph = record(lambda: AlarmSet("understudy:test:Set", "set", args, alarms, None))

    assert graph.one(METRIC_ALARM, "set-cpu").inputs["datapointsToAlarm"] == 3
    assert graph.one(METRIC_ALARM, "set-some").inputs["datapointsToAlarm"] == 2
