"""Targets, policies and scheduled actions through their lives on moto, and what is refused."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.values import Props
from tests.support.cloud import Cloud, Thing, settled
from tests.support.ecs import Place

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
SCALING = "application-autoscaling"


@pytest.fixture(scope="module")
def place(cloud: Cloud) -> Place:
    return Place(cloud, "scaled")


@pytest.fixture(scope="module")
def service(place: Place) -> Thing:
    return place.service("scaled", place.task("scaled"))


def named(service: Thing) -> Props:
    return {
        "serviceNamespace": "ecs",
        "resourceId": f"service/scaled/{service.inputs['name']}",
        "scalableDimension": "ecs:service:DesiredCount",
    }


@pytest.fixture
def target(cloud: Cloud, service: Thing) -> Thing:
    return cloud.make(TARGET, "target", {**named(service), "minCapacity": 1, "maxCapacity": 4})


def tracking(value: int = 60, **metric: Any) -> Props:
    measured = {"predefinedMetricType": "ECSServiceAverageCPUUtilization", **metric}
    return {
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": value,
            "predefinedMetricSpecification": measured,
            "scaleInCooldown": 300,
            "scaleOutCooldown": 60,
        },
    }


def alarms(cloud: Cloud) -> list[str]:
    found = cloud.boto3("cloudwatch").describe_alarms(
        AlarmNamePrefix="TargetTracking-service/scaled/"
    )
    return [alarm["AlarmArn"] for alarm in found["MetricAlarms"]]


def test_a_target_lives_changes_and_goes(cloud: Cloud, target: Thing) -> None:
    settled(target)
    assert target.id == "service/scaled/scaled"
    assert target.props["roleArn"].endswith("AWSServiceRoleForApplicationAutoScaling_ECSService")
    asleep = {"dynamicScalingInSuspended": True, "scheduledScalingSuspended": False}
    target.update(maxCapacity=6, suspendedState=asleep, tags={"Name": "target"})
    settled(target)
    whole = "ecs/service/scaled/scaled/ecs:service:DesiredCount"
    read = cloud.provider.read(target.urn, whole, {}, {})
    assert read is not None
    assert (read[1]["minCapacity"], read[1]["maxCapacity"]) == (1, 6)
    cloud.boto3(SCALING).register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=target.id,
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=0,
    )
    assert target.refresh() == {"minCapacity"}
    assert target.found() is None
    target.delete()
    assert target.refresh() is None
    target.delete()


def test_a_target_takes_its_policies_and_actions_with_it(
    cloud: Cloud, service: Thing, target: Thing
) -> None:
    policy = cloud.make(POLICY, "cpu", {**named(service), **tracking()})
    bounds = {"minCapacity": 0, "maxCapacity": 0}
    night = {**named(service), "schedule": "cron(0 19 ? * * *)", "scalableTargetAction": bounds}
    action = cloud.make(ACTION, "night", night)
    target.delete()
    assert policy.refresh() is None
    assert action.refresh() is None
    assert alarms(cloud) == []
    policy.delete()
    action.delete()


def test_a_target_needs_a_living_service_and_bounds_in_order(
    cloud: Cloud, place: Place, service: Thing
) -> None:
    problems = cloud.problems(TARGET, {**named(service), "minCapacity": 5, "maxCapacity": 4})
    assert problems == {"minCapacity": "must be at most maxCapacity 4, got 5"}
    other = place.service("dead", place.task("dead"))
    other.delete()
    with pytest.raises(SandboxError, match="ECS service doesn't exist"):
        cloud.make(TARGET, "dead", {**named(other), "minCapacity": 1, "maxCapacity": 2})


def test_a_policy_keeps_its_arn_and_alarms_when_it_changes(
    cloud: Cloud, service: Thing, target: Thing
) -> None:
    policy = cloud.make(POLICY, "cpu", {**named(service), **tracking()})
    settled(policy)
    arn, before = policy.props["arn"], sorted(alarms(cloud))
    assert policy.id == policy.inputs["name"]
    assert sorted(policy.props["alarmArns"]) == before
    assert len(before) == 2
    policy.update(**tracking(70))
    settled(policy)
    assert policy.props["arn"] == arn
    assert sorted(alarms(cloud)) == before
    whole = f"ecs/service/scaled/scaled/ecs:service:DesiredCount/{policy.id}"
    read = cloud.provider.read(policy.urn, whole, {}, {})
    assert read is not None
    assert read[1]["targetTrackingScalingPolicyConfiguration"]["targetValue"] == 70
    cloud.boto3(SCALING).put_scaling_policy(
        **{name[0].upper() + name[1:]: value for name, value in named(service).items()},
        PolicyName=policy.id,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 10,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
            },
        },
    )
    assert policy.refresh() == {"targetTrackingScalingPolicyConfiguration"}
    policy.delete()
    assert policy.refresh() is None
    assert alarms(cloud) == []
    target.delete()


def test_steps_are_carried(cloud: Cloud, service: Thing, target: Thing) -> None:
    policy = cloud.make(
        POLICY,
        "steps",
        {
            **named(service),
            "name": "steps",
            "policyType": "StepScaling",
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "ChangeInCapacity",
                "cooldown": 60,
                "metricAggregationType": "Maximum",
                "stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}],
            },
        },
    )
    settled(policy)
    target.delete()


def test_requests_are_measured_where_the_load_balancer_sends_them(
    cloud: Cloud, place: Place, service: Thing, target: Thing
) -> None:
    balancer = place.balancer.rpartition(":loadbalancer/")[2]
    group = place.target_group.rpartition(":")[2]
    measured = {"predefinedMetricType": "ALBRequestCountPerTarget"}
    good = tracking(100, **measured, resourceLabel=f"{balancer}/{group}")
    policy = cloud.make(POLICY, "requests", {**named(service), **good})
    settled(policy)
    other = place.new_target_group("unrouted", place.vpc).rpartition(":")[2]
    bad = tracking(100, **measured, resourceLabel=f"{balancer}/{other}")
    with pytest.raises(SandboxError, match="does not route traffic"):
        policy.update(**bad)
    worse = tracking(100, **measured, resourceLabel="balancer/group")
    problems = cloud.problems(POLICY, {**named(service), **worse, "name": "x"})
    assert "resourceLabel" in problems["targetTrackingScalingPolicyConfiguration"]
    target.delete()


def test_a_policy_needs_a_target_and_its_own_block(cloud: Cloud, service: Thing) -> None:
    with pytest.raises(SandboxError, match="No scalable target registered"):
        cloud.make(POLICY, "early", {**named(service), **tracking()})
    inputs = {**named(service), "name": "x", "policyType": "StepScaling"}
    assert set(cloud.problems(POLICY, inputs)) == {"stepScalingPolicyConfiguration"}


def test_a_scheduled_action_lives_changes_and_goes(
    cloud: Cloud, service: Thing, target: Thing
) -> None:
    action = cloud.make(
        ACTION,
        "night",
        {
            **named(service),
            "schedule": "cron(0 19 ? * MON-FRI *)",
            "timezone": "Europe/Dublin",
            "startTime": "2031-01-01T01:00:00+01:00",
            "scalableTargetAction": {"minCapacity": 0, "maxCapacity": 0},
        },
    )
    settled(action)
    assert action.id == f"{action.inputs['name']}-ecs-service/scaled/scaled"
    assert ":scheduledAction:" in action.props["arn"]
    assert action.imported()["startTime"] == "2031-01-01T00:00:00Z"
    action.update(
        timezone=None, startTime=None, scalableTargetAction={"minCapacity": 1, "maxCapacity": 2}
    )
    settled(action)
    assert action.props["timezone"] == "UTC"
    assert "startTime" not in action.props
    cloud.boto3(SCALING).put_scheduled_action(
        **{name[0].upper() + name[1:]: value for name, value in named(service).items()},
        ScheduledActionName=action.inputs["name"],
        Schedule="rate(1 day)",
    )
    assert action.refresh() == {"schedule"}
    action.delete()
    assert action.refresh() is None
    target.delete()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"schedule": "cron(0 19 * * *)"}, "schedule"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"startTime": "tomorrow"}, "startTime"),
        ({"startTime": "2031-01-01T00:00:00"}, "startTime"),
        ({"scalableTargetAction": {}}, "scalableTargetAction"),
        ({"scalableTargetAction": {"minCapacity": 2, "maxCapacity": 1}}, "scalableTargetAction"),
    ],
)
def test_what_is_no_schedule_is_refused_in_preview(
    cloud: Cloud, service: Thing, changes: Props, where: str
) -> None:
    inputs = {
        **named(service),
        "name": "x",
        "schedule": "rate(1 day)",
        "scalableTargetAction": {"minCapacity": 1, "maxCapacity": 1},
        **changes,
    }
    assert set(cloud.problems(ACTION, inputs)) == {where}
