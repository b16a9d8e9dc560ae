"""The alarms of the entrance ring for users' trouble, and not for a quiet or sleeping service."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.alarms_deployment import DeploymentAlarms
from components.alarms_firewall import FirewallAlarms
from components.alarms_service import ServiceAlarms
from components.alarms_web import WebAlarms
from tests.support.graph import Graph, record
from tests.support.metric_math import evaluate
from tests.support.monitoring import (
    METRIC_ALARM,
    SMALL,
    deployment_args,
    firewall_args,
    monitored,
    service_args,
    web_args,
)


def rings(name: str, *, graph: Graph | None = None, **metrics: float | None) -> bool:
    """Return whether one data point of these metrics breaches; no result is no breach."""
    inputs: dict[str, Any] = (graph or monitored(SMALL)).one(METRIC_ALARM, name).inputs
    expression = next(q["expression"] for q in inputs["metricQueries"] if q["returnData"])
    value = evaluate(expression, **metrics)
    if value is None:
        assert inputs["treatMissingData"] != "breaching"
        return False
    compared = {
        "GreaterThanThreshold": value > inputs["threshold"],
        "GreaterThanOrEqualToThreshold": value >= inputs["threshold"],
    }
    return bool(compared[inputs["comparisonOperator"]])


@pytest.mark.parametrize(
    ("errors", "requests", "expected"),
    [(1, 1, False), (4, 4, False), (5, 20, True), (5, 1000, False), (60, 1000, True)],
    ids=["one at night", "few", "quiet staging", "small share", "large share"],
)
def test_error_rate_needs_both_a_share_and_a_number(
    errors: float, requests: float, *, expected: bool
) -> None:
    assert rings("deployment-alarms-error-rate", errors=errors, requests=requests) is expected


def test_without_requests_nothing_rings() -> None:
    assert not rings("deployment-alarms-error-rate", errors=None, requests=None)
    assert not rings("deployment-alarms-latency", latency=None, requests=None)
    assert not rings("web-alarms-slowest-requests", latency=None, requests=None)


@pytest.mark.parametrize(("requests", "expected"), [(19, False), (20, True)])
def test_latency_of_a_handful_of_requests_does_not_ring(requests: float, *, expected: bool) -> None:
    assert rings("deployment-alarms-latency", latency=9.0, requests=requests) is expected


@pytest.mark.parametrize(
    ("desired", "healthy", "expected"),
    [(2, 0, True), (2, None, True), (2, 1, False), (0, None, False), (None, None, False)],
    ids=["none healthy", "none registered", "one left", "switched off", "not known"],
)
def test_no_healthy_host_rings_only_while_a_task_is_wanted(
    desired: float | None, healthy: float | None, *, expected: bool
) -> None:
    rung = rings("web-alarms-no-healthy-hosts", desired=desired, webHosts=healthy)

    assert rung is expected


@pytest.mark.parametrize(("desired", "expected"), [(1, True), (0, False)])
def test_balancer_errors_ring_only_while_a_task_is_wanted(
    desired: float, *, expected: bool
) -> None:
    assert rings("web-alarms-balancer-errors", desired=desired, errors=50) is expected


@pytest.mark.parametrize(
    ("desired", "running", "expected"),
    [(2, 1, True), (2, None, True), (2, 2, False), (2, 4, False), (0, None, False)],
)
def test_missing_tasks_ring_only_below_what_is_wanted(
    desired: float, running: float | None, *, expected: bool
) -> None:
    name = "worker-service-alarms-missing-tasks"
    assert rings(name, desired=desired, running=running) is expected


@pytest.mark.parametrize(
    ("first", "second", "allowed", "expected"),
    [(99, None, 0, False), (60, 60, 100, True), (100, 0, 10_000, False), (200, 0, None, True)],
)
def test_firewall_rings_for_a_large_share_of_many(
    first: float, second: float | None, allowed: float | None, *, expected: bool
) -> None:
    rung = rings("firewall-alarms-blocked", blocked0=first, blocked1=second, allowed=allowed)

    assert rung is expected


@pytest.mark.parametrize(
    ("dropped", "packets", "expected"), [(99, 10, False), (150, 1e6, True), (150, 1e9, False)]
)
def test_dropped_packets_ring_for_a_share_of_many(
    dropped: float, packets: float, *, expected: bool
) -> None:
    rung = rings("network-alarms-nat-a-dropped", dropped=dropped, out=packets, back=0)

    assert rung is expected


def test_two_target_groups_share_one_alarm_so_that_either_may_serve() -> None:
    groups = {"blue": "targetgroup/blue/1", "green": "targetgroup/green/1"}
    args = replace(web_args(), target_group_suffixes=groups)
    graph = record(lambda: WebAlarms("web-alarms", args))

    assert graph.shape == record(lambda: WebAlarms("web-alarms", web_args())).shape
    name = "web-alarms-no-healthy-hosts"
    assert not rings(name, graph=graph, desired=2, blueHosts=None, greenHosts=2)
    assert rings(name, graph=graph, desired=2, blueHosts=0, greenHosts=None)


def test_deployment_alarms_know_no_service_and_give_their_names() -> None:
    known: list[Any] = []

    def program() -> None:
        made = DeploymentAlarms("deployment-alarms", deployment_args())
        pulumi.Output.all(*made.deployment_alarm_names).apply(known.extend)

    graph = record(program)

    assert known == [
        "storefront-staging-web-error-rate",
        "storefront-staging-web-latency",
        "storefront-staging-web-unhealthy-hosts",
    ]
    for node in graph.of(METRIC_ALARM):
        assert "ServiceName" not in str(node.inputs)
        assert node.inputs["treatMissingData"] == "notBreaching"


@pytest.mark.parametrize("field", ["error_percent", "least_errors", "latency_seconds"])
def test_deployment_limits_of_nothing_are_refused(field: str) -> None:
    with pytest.raises(ValueError, match=f"{field} must be more than 0"):
        replace(deployment_args(), **{field: 0})  # type: ignore[arg-type]


@pytest.mark.parametrize("groups", [{}, {"blue-green": "x"}])
def test_target_groups_without_a_usable_name_are_refused(groups: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="target_group_suffixes must be named by small letters"):
        replace(web_args(), target_group_suffixes=groups)


@pytest.mark.parametrize("count", [0, 19])
def test_firewall_rules_are_at_least_one_and_fit_one_alarm(count: int) -> None:
    with pytest.raises(ValueError, match=f"rule_metrics must be 1 to 18, got {count}"):
        replace(firewall_args(), rule_metrics=["rule"] * count)


def test_most_firewall_rules_that_are_accepted_fit() -> None:
    args = replace(firewall_args(), rule_metrics=["rule"] * 18)

    node = record(lambda: FirewallAlarms("firewall-alarms", args)).one(METRIC_ALARM)

    assert len(node.inputs["metricQueries"]) == 20


@pytest.mark.parametrize("percent", [0, 101])
def test_share_of_a_service_that_is_none_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match=f"memory_percent .* got {percent}"):
        replace(service_args("web"), memory_percent=percent)


def test_service_alarms_measure_the_one_service() -> None:
    graph = record(lambda: ServiceAlarms("alarms", service_args("worker")))

    for key in ("cpu", "memory"):
        inputs = graph.one(METRIC_ALARM, f"alarms-{key}").inputs
        assert inputs["dimensions"] == {"ClusterName": "cluster", "ServiceName": "worker"}
