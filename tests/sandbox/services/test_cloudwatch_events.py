"""Event rules and their targets through their lives on moto."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.foundations import a_role

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"
PATTERN = json.dumps({"source": ["aws.backup"], "detail-type": ["Backup Job State Change"]})


def a_rule(cloud: Cloud, name: str, **more: Any) -> Thing:
    return cloud.make(RULE, name, {"name": name, "eventPattern": PATTERN, **more})


def test_a_rule_lives_changes_and_goes(cloud: Cloud) -> None:
    rule = a_rule(cloud, "life", description="first", tags={"Name": "life"})
    settled(rule)
    assert rule.props["arn"] == f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/life"
    rule.update(description=None, state="DISABLED", tags={"More": "yes"})
    settled(rule)
    rule.update(description="third")
    settled(rule)
    client = cloud.boto3("events")
    client.put_rule(Name="life", EventPattern=PATTERN, State="ENABLED")
    assert rule.refresh() == {"description", "state"}
    assert rule.imported()["tags"] == {"More": "yes"}
    assert rule.plan(name="other").replaces == {"name"}
    rule.delete()
    assert rule.refresh() is None
    assert rule.found() is None


def test_a_rule_on_a_bus_of_its_own_lives(cloud: Cloud) -> None:
    bus = cloud.boto3("events").create_event_bus(Name="shop")["EventBusArn"]
    for given in ("shop", bus):
        rule = a_rule(cloud, "on-bus", eventBusName=given, tags={"Name": "on-bus"})
        settled(rule)
        assert rule.props["arn"] == f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/shop/on-bus"
        target = cloud.make(
            TARGET, "t", {"rule": "on-bus", "eventBusName": given, "arn": TOPIC, "targetId": "t"}
        )
        settled(target)
        assert target.id == f"{given}-on-bus-t"
        shown = replace(target, id="shop/on-bus/t").imported()
        assert (shown["rule"], shown["eventBusName"]) == ("on-bus", "shop")
        target.delete()
        rule.delete()
        assert rule.refresh() is None


def test_a_rule_with_targets_is_not_deleted(cloud: Cloud) -> None:
    rule = a_rule(cloud, "aimed")
    target = cloud.make(TARGET, "t", {"rule": "aimed", "arn": TOPIC})
    settled(target)
    with pytest.raises(SandboxError, match="targets"):
        rule.delete()
    target.delete()
    assert target.refresh() is None
    assert target.found() is None
    rule.delete()


def test_a_rule_that_eventbridge_would_refuse_is_refused(cloud: Cloud) -> None:
    assert set(cloud.problems(RULE, {"name": "x"})) == {"eventPattern"}
    assert set(cloud.problems(RULE, {"name": "x", "eventPattern": "[]"})) == {"eventPattern"}
    assert set(
        cloud.problems(
            RULE, {"name": "x", "scheduleExpression": "rate(1 days)", "state": "SLEEPING"}
        )
    ) == {"scheduleExpression", "state"}


def test_a_target_lives_changes_and_goes(cloud: Cloud) -> None:
    role = a_role(cloud, "aiming", "events.amazonaws.com")
    rule = a_rule(cloud, "starts")
    task = {
        "taskDefinitionArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/job:1",
        "taskCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": True},
        "orderedPlacementStrategies": [{"type": "random"}],
        "enableEcsManagedTags": True,
        "tags": {"Of": "the task"},
    }
    target = cloud.make(
        TARGET,
        "t",
        {
            "rule": "starts",
            "targetId": "task",
            "arn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/shop",
            "roleArn": role,
            "ecsTarget": task,
            "inputTransformer": {
                "inputPaths": {"Name": "$.detail.name"},
                "inputTemplate": '{"name": <Name>}',
            },
            "deadLetterConfig": {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:dead"},
            "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 600},
        },
    )
    settled(target)
    assert target.id == "starts-task"
    imported = replace(target, id="starts/task").imported()
    with pytest.raises(SandboxError, match="starts-task is not <rule>/<target>"):
        target.imported()
    assert imported["ecsTarget"] == task
    assert imported["inputTransformer"]["inputPaths"] == {"Name": "$.detail.name"}
    target.update(ecsTarget={**task, "taskCount": 1}, inputTransformer=None, input='{"a": 1}')
    settled(target)
    cloud.boto3("events").put_targets(
        Rule="starts", Targets=[{"Id": "task", "Arn": TOPIC, "RoleArn": role}]
    )
    assert target.refresh() == {"arn", "deadLetterConfig", "ecsTarget", "input", "retryPolicy"}
    target.delete()
    assert target.refresh() is None
    rule.delete()


def test_a_target_that_eventbridge_would_refuse_is_refused(cloud: Cloud) -> None:
    problems = cloud.problems(
        TARGET,
        {
            "rule": "x",
            "arn": "topic",
            "input": "1",
            "inputPath": "$.detail",
            "ecsTarget": {"taskDefinitionArn": "x", "launchType": "MOON"},
            "retryPolicy": {"maximumRetryAttempts": 1000},
        },
    )
    assert set(problems) == {
        "arn",
        "ecsTarget.LaunchType",
        "inputPath",
        "retryPolicy.MaximumRetryAttempts",
        "roleArn",
    }
    with pytest.raises(SandboxError, match="does not exist"):
        cloud.make(TARGET, "t", {"rule": "missing", "arn": TOPIC})
    role = a_role(cloud, "not-for-events", "ecs-tasks.amazonaws.com")
    with pytest.raises(SandboxError, match=r"does not let events\.amazonaws\.com assume it"):
        cloud.make(TARGET, "t", {"rule": "missing", "arn": TOPIC, "roleArn": role})
