"""What holds for every alarm of every set, at either size."""

import re
from typing import Any

import pytest

from tests.support.graph import Node
from tests.support.monitoring import (
    GLOBAL_TOPIC,
    LARGE,
    METRIC_ALARM,
    METRIC_FILTER,
    SMALL,
    TAGS,
    TOPIC,
    Size,
    monitored,
)

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["staging", "production"])


def alarms(size: Size) -> list[Node]:
    found = monitored(size).of(METRIC_ALARM)
    assert len(found) > 40
    return found


def queries(node: Node) -> list[dict[str, Any]]:
    return list(node.inputs.get("metricQueries", []))


def periods(node: Node) -> set[int]:
    plain = {int(node.inputs["period"])} if "period" in node.inputs else set()
    return plain | {int(query["metric"]["period"]) for query in queries(node) if "metric" in query}


@SIZES
def test_topic_hears_when_it_rings_and_when_it_is_over(size: Size) -> None:
    for node in alarms(size):
        of_route_53 = node.name.startswith(("dns-alarms-", "outside-alarms-"))
        topic = [GLOBAL_TOPIC if of_route_53 else TOPIC]

        assert node.inputs["actionsEnabled"] is True, node.name
        assert node.inputs["alarmActions"] == topic, node.name
        assert node.inputs["okActions"] == topic, node.name


@SIZES
def test_topic_hears_of_silence_just_where_silence_is_neither_health_nor_failure(
    size: Size,
) -> None:
    for node in alarms(size):
        told = "insufficientDataActions" in node.inputs

        assert told is (node.inputs["treatMissingData"] == "missing"), node.name


@SIZES
def test_description_says_what_to_do_first_and_what_silence_means(size: Size) -> None:
    for node in alarms(size):
        description = node.inputs["alarmDescription"]

        assert re.fullmatch(
            r".+[.:)] First: .+\. No data counts as "
            r"(healthy|failure|unknown|what was reported last), because .+\.",
            description,
        ), node.name
        assert len(description) <= 1024, node.name


@SIZES
def test_measures_one_metric_or_one_expression(size: Size) -> None:
    for node in alarms(size):
        results = [query for query in queries(node) if query["returnData"]]

        if "metricName" in node.inputs:
            assert not queries(node), node.name
            assert ("statistic" in node.inputs) != ("extendedStatistic" in node.inputs), node.name
        else:
            assert len(results) == 1, node.name
            ids = {query["id"] for query in queries(node)} - {"result"}
            words = set(re.findall(r"\b[a-z]\w*", results[0]["expression"]))
            assert words == ids, node.name


@SIZES
def test_looks_back_no_longer_than_cloudwatch_can(size: Size) -> None:
    for node in alarms(size):
        (period,) = periods(node)

        longest = 7 * 86_400 if period >= 3_600 else 86_400
        assert period % 60 == 0, node.name
        assert period * int(node.inputs["evaluationPeriods"]) <= longest, node.name
        assert 1 <= node.inputs["datapointsToAlarm"] <= node.inputs["evaluationPeriods"], node.name


@SIZES
def test_physical_names_are_distinct_and_begin_with_the_prefix(size: Size) -> None:
    names = [node.inputs["name"] for node in monitored(size).of(METRIC_ALARM)]

    assert len(names) == len(set(names))
    assert all(name.startswith("storefront-staging-") for name in names)


@SIZES
def test_every_alarm_hangs_under_its_set_is_named_after_it_and_tagged(size: Size) -> None:
    for node in monitored(size).of(METRIC_ALARM):
        assert node.name.startswith(f"{node.parent}-")
        assert node.inputs["tags"] == {**TAGS, "Component": node.parent, "Name": node.name}


@SIZES
def test_each_metric_of_a_filter_has_an_alarm(size: Size) -> None:
    graph = monitored(size)
    watched = {
        (node.inputs["namespace"], node.inputs["metricName"])
        for node in graph.of(METRIC_ALARM)
        if "namespace" in node.inputs
    }

    filters = graph.of(METRIC_FILTER)
    assert filters
    for node in filters:
        to = node.inputs["metricTransformation"]
        assert (to["namespace"], to["name"]) in watched


def test_sizes_differ_only_by_what_is_counted_by_zone_or_replica() -> None:
    more = {name for _, _, name in monitored(LARGE).shape - monitored(SMALL).shape}

    assert monitored(SMALL).shape < monitored(LARGE).shape
    of_the_replica = ("silent", "cpu", "connections", "storage", "memory", "lag")
    assert more == {
        *(f"database-alarms-replica-1-{key}" for key in of_the_replica),
        "network-alarms-nat-b-ports",
        "network-alarms-nat-b-dropped",
        "network-alarms-nat-c-ports",
        "network-alarms-nat-c-dropped",
    }


def test_only_thresholds_of_the_database_differ_between_sizes() -> None:
    large = {node.key: node.inputs for node in monitored(LARGE).of(METRIC_ALARM)}

    differing = {
        (node.name, key)
        for node in monitored(SMALL).of(METRIC_ALARM)
        for key in node.inputs.keys() | large[node.key].keys()
        if node.inputs.get(key) != large[node.key].get(key)
    }

    assert differing == {
        ("database-alarms-connections", "threshold"),
        ("database-alarms-storage", "threshold"),
        ("database-alarms-memory", "threshold"),
        ("database-alarms-cpu-credits", "threshold"),
    }
