"""The web service is private, replaced gradually and rolled back by itself, at every size."""

from dataclasses import replace
from typing import Any

import pytest
from pulumi_random import RandomId

from components.web_service import WebService, WebServiceArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import (
    CLUSTER,
    LARGE_SERVICE,
    LARGE_TASK,
    SMALL_SERVICE,
    SMALL_TASK,
    TAGS,
    differing,
    untagged,
)

SERVICE = "aws:ecs/service:Service"

SMALL = WebServiceArgs(
    task=SMALL_TASK,
    service=SMALL_SERVICE,
    target_group_arn="arn:tg",
    listener_arn="arn:listener",
    grace_seconds=60,
    tags=TAGS,
)
LARGE = replace(SMALL, task=LARGE_TASK, service=LARGE_SERVICE)
SIZES = pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])


@once
def deploy(args: WebServiceArgs) -> Graph:
    return record(lambda: WebService("web", args))


def service(args: WebServiceArgs) -> dict[str, Any]:
    return deploy(args).one(SERVICE).inputs


@SIZES
def test_service_is_private_and_closed_at_every_size(args: WebServiceArgs) -> None:
    inputs = service(args)

    assert inputs["cluster"] == CLUSTER
    assert inputs["networkConfiguration"] == {
        "subnets": ["subnet-a", "subnet-b", "subnet-c"],
        "securityGroups": ["sg-web"],
        "assignPublicIp": False,
    }
    assert inputs["enableExecuteCommand"] is False
    assert inputs["platformVersion"] == "LATEST"
    assert "launchType" not in inputs


@SIZES
def test_a_bad_release_is_rolled_back_at_every_size(args: WebServiceArgs) -> None:
    inputs = service(args)

    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["alarms"] == {"alarmNames": ["errors"], "enable": True, "rollback": True}
    assert inputs["waitForSteadyState"] is True
    assert inputs["healthCheckGracePeriodSeconds"] == 60
    assert inputs["deploymentMinimumHealthyPercent"] == 100
    assert inputs["deploymentMaximumPercent"] == 200
    assert inputs["availabilityZoneRebalancing"] == "ENABLED"


@pytest.mark.parametrize(
    ("percent", "base", "weights"), [(0, 1, (100, 0)), (30, 1, (70, 30)), (100, 0, (0, 100))]
)
def test_both_kinds_of_capacity_are_there_whatever_the_share(
    percent: int, base: int, weights: tuple[int, int]
) -> None:
    sized = replace(SMALL, service=replace(SMALL_SERVICE, spot_percent=percent))
    inputs = service(sized)

    assert inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "base": base, "weight": weights[0]},
        {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": weights[1]},
    ]
    assert inputs["forceNewDeployment"] is True


def test_the_count_is_left_to_autoscaling_after_creation() -> None:
    node = deploy(SMALL).one(SERVICE)

    assert node.inputs["desiredCount"] == 1
    assert node.options["ignoreChanges"] == ["desiredCount"]


def test_target_group_calls_the_port_that_the_container_listens_on() -> None:
    assert service(SMALL)["loadBalancers"] == [
        {"targetGroupArn": "arn:tg", "containerName": "application", "containerPort": 8080}
    ]


def test_service_waits_for_the_listener_that_uses_its_target_group() -> None:
    def program() -> None:
        listener = RandomId("listener", byte_length=1)
        WebService("web", replace(SMALL, listener_arn=listener.id))

    links = record(program).one(SERVICE).options["propertyDependencies"]["loadBalancers"]

    assert any(urn.endswith("::listener") for urn in links)


def test_both_sizes_have_the_same_shape_and_differ_only_in_size() -> None:
    small, large = deploy(SMALL), deploy(LARGE)

    assert small.shape == large.shape
    assert differing(small.one(SERVICE).inputs, large.one(SERVICE).inputs) == {
        "desiredCount",
        "capacityProviderStrategies",
    }


def test_every_child_hangs_under_the_component_and_is_tagged() -> None:
    graph = deploy(SMALL)

    assert {node.name for node in graph.under("web")} == {"web-task", "web-service"}
    assert untagged(graph) == []
    assert graph.one(SERVICE).inputs["enableEcsManagedTags"] is True
    assert graph.one(SERVICE).inputs["propagateTags"] == "SERVICE"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": replace(SMALL_TASK, port=None)}, "task.port must be the port"),
        ({"task": replace(SMALL_TASK, check=None)}, "task.check must say"),
        ({"grace_seconds": -1}, "grace_seconds must not be negative, got -1"),
    ],
)
def test_a_service_that_nothing_reaches_or_checks_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **change)
