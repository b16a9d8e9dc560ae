"""Errors in logs are counted by one component and told by another, under one metric."""

from dataclasses import replace

import pytest

from components.alarms_log import LogAlarms
from components.log_errors import (
    JSON_ERRORS,
    POSTGRESQL_ERRORS,
    LogErrors,
    LogErrorsArgs,
    LogSource,
)
from tests.support.graph import record
from tests.support.monitoring import METRIC_ALARM, METRIC_FILTER, log_args

ARGS = LogErrorsArgs(
    sources={
        "web": LogSource(log_group_name="/storefront/staging/web"),
        "worker": LogSource(log_group_name="/storefront/staging/worker"),
        "database": LogSource(log_group_name="/aws/rds/x", pattern=POSTGRESQL_ERRORS),
    },
    metric_namespace="storefront/staging/logs",
)


def test_each_log_is_counted_by_its_own_pattern() -> None:
    graph = record(lambda: LogErrors("log-errors", ARGS))

    patterns = {n.name: (n.inputs["logGroupName"], n.inputs["pattern"]) for n in graph.nodes[1:]}
    assert patterns == {
        "log-errors-web-filter": ("/storefront/staging/web", JSON_ERRORS),
        "log-errors-worker-filter": ("/storefront/staging/worker", JSON_ERRORS),
        "log-errors-database-filter": ("/aws/rds/x", POSTGRESQL_ERRORS),
    }


def test_line_without_an_error_counts_as_none_so_that_there_is_data() -> None:
    node = record(lambda: LogErrors("log-errors", ARGS)).one(METRIC_FILTER, "log-errors-web-filter")

    to = node.inputs["metricTransformation"]
    assert (to["value"], to["defaultValue"]) == ("1", "0")


def test_alarms_look_at_just_what_the_filters_count() -> None:
    counted = {
        (to["namespace"], to["name"])
        for node in record(lambda: LogErrors("log-errors", ARGS)).of(METRIC_FILTER)
        for to in [node.inputs["metricTransformation"]]
    }
    watched = {
        (node.inputs["namespace"], node.inputs["metricName"])
        for node in record(lambda: LogAlarms("log-alarms", log_args())).of(METRIC_ALARM)
    }

    assert counted == watched
    assert len(counted) == 3


def test_alarm_needs_no_log_group_so_that_it_can_come_before_the_service() -> None:
    node = record(lambda: LogAlarms("log-alarms", log_args())).one(
        METRIC_ALARM, "log-alarms-worker-log-errors"
    )

    assert "logGroup" not in str(node.inputs)
    assert node.inputs["name"] == "storefront-staging-worker-log-errors"
    assert node.inputs["threshold"] == 10


def test_metrics_are_given_for_the_dashboard() -> None:
    metrics = {}
    record(lambda: metrics.update(LogErrors("log-errors", ARGS).metrics))

    assert {key: metric.name for key, metric in metrics.items()} == {
        "web": "web-errors",
        "worker": "worker-errors",
        "database": "database-errors",
    }


def test_pattern_that_would_count_every_line_is_refused() -> None:
    with pytest.raises(ValueError, match="pattern must be 1 to 1024 characters, got 0"):
        LogSource(log_group_name="web", pattern="")


@pytest.mark.parametrize("sources", [{}, {"Web log": 1}])
def test_source_without_a_usable_name_is_refused(sources: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="sources must be named by small letters"):
        replace(log_args(), sources=sources)


def test_no_error_at_all_allowed_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sources\.web must be more than 0, got 0"):
        replace(log_args(), sources={"web": 0})
