"""A service follows its load between two bounds; only the bounds are scale."""

from dataclasses import replace
from typing import Any

import pytest

from components.autoscaling import Autoscaling, AutoscalingArgs, RequestTracking
from tests.support.graph import Graph, once, record
from tests.support.tasks import TAGS, differing, untagged

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"

SMALL = AutoscalingArgs(
    cluster_name="storefront",
    service_name="web",
    min_tasks=1,
    max_tasks=2,
    cpu_percent=60,
    requests=RequestTracking(
        load_balancer_arn_suffix="app/alb/1",
        target_group_arn_suffix="targetgroup/web/2",
        per_task=500,
    ),
    tags=TAGS,
)
LARGE = replace(SMALL, min_tasks=3, max_tasks=12)


@once
def deploy(args: AutoscalingArgs) -> Graph:
    return record(lambda: Autoscaling("web-scaling", args))


@pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])
def test_the_count_of_the_service_is_what_is_bounded(args: AutoscalingArgs) -> None:
    inputs = deploy(args).one(TARGET).inputs

    assert inputs["resourceId"] == "service/storefront/web"
    assert inputs["scalableDimension"] == "ecs:service:DesiredCount"
    assert inputs["serviceNamespace"] == "ecs"
    assert (inputs["minCapacity"], inputs["maxCapacity"]) == (args.min_tasks, args.max_tasks)


def test_web_follows_processor_and_requests() -> None:
    policies = {node.name: node.inputs for node in deploy(SMALL).of(POLICY)}

    cpu = policies["web-scaling-cpu"]["targetTrackingScalingPolicyConfiguration"]
    assert cpu["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ECSServiceAverageCPUUtilization"
    }
    assert cpu["targetValue"] == 60
    assert cpu["scaleOutCooldown"] < cpu["scaleInCooldown"]
    requests = policies["web-scaling-requests"]["targetTrackingScalingPolicyConfiguration"]
    assert requests["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/alb/1/targetgroup/web/2",
    }
    assert requests["targetValue"] == 500


def test_what_no_load_balancer_calls_follows_the_processor_alone() -> None:
    assert deploy(replace(SMALL, requests=None)).one(POLICY).name == "web-scaling-cpu"


def test_both_sizes_have_the_same_shape_and_differ_only_in_bounds() -> None:
    small, large = deploy(SMALL), deploy(LARGE)

    assert small.shape == large.shape
    assert differing(small.one(TARGET).inputs, large.one(TARGET).inputs) == {
        "minCapacity",
        "maxCapacity",
    }


def test_policies_wait_for_the_target() -> None:
    for policy in deploy(SMALL).of(POLICY):
        (urn,) = policy.options["propertyDependencies"]["resourceId"]
        assert urn.endswith("::web-scaling-target")


def test_every_child_is_tagged() -> None:
    assert untagged(deploy(SMALL)) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"min_tasks": 0}, "between 1 and max_tasks 2, got 0"),
        ({"min_tasks": 3}, "between 1 and max_tasks 2, got 3"),
        ({"cpu_percent": 0}, "between 1 and 100, got 0"),
        ({"cpu_percent": 101}, "between 1 and 100, got 101"),
        (
            {
                "requests": RequestTracking(
                    load_balancer_arn_suffix="a", target_group_arn_suffix="b", per_task=0
                )
            },
            "at least 1, got 0",
        ),
    ],
)
def test_bounds_and_targets_that_cannot_hold_are_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **change)
