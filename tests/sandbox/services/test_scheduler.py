"""Schedules and their groups through their lives on moto."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.foundations import a_role

GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup"
SCHEDULE = "aws:scheduler/schedule:Schedule"
ECS = f"arn:aws:ecs:eu-west-1:{ACCOUNT}"


def target(role: str) -> dict[str, Any]:
    return {
        "arn": f"{ECS}:cluster/shop",
        "roleArn": role,
        "ecsParameters": {
            "taskDefinitionArn": f"{ECS}:task-definition/job:1",
            "taskCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": False,
            },
            "enableEcsManagedTags": True,
            "enableExecuteCommand": False,
            "propagateTags": "TASK_DEFINITION",
            "placementStrategies": [{"type": "random"}],
        },
        "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 3600},
    }


def a_schedule(cloud: Cloud, name: str, role: str, **more: Any) -> Thing:
    return cloud.make(
        SCHEDULE,
        name,
        {
            "name": name,
            "scheduleExpression": "cron(0 4 * * ? *)",
            "scheduleExpressionTimezone": "Europe/Dublin",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": target(role),
            **more,
        },
    )


def test_a_group_lives_changes_and_goes(cloud: Cloud) -> None:
    group = cloud.make(GROUP, "g", {"name": "jobs", "tags": {"Name": "g"}})
    settled(group)
    assert group.props["arn"] == f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule-group/jobs"
    assert group.props["state"] == "ACTIVE"
    group.update(tags={"More": "yes"})
    settled(group)
    assert group.imported() == {"name": "jobs", "tags": {"More": "yes"}}
    with pytest.raises(SandboxError, match="ConflictException"):
        cloud.make(GROUP, "g", {"name": "jobs"})
    group.delete()
    assert group.refresh() is None
    assert group.found() is None
    group.delete()


def test_a_schedule_lives_changes_and_goes(cloud: Cloud) -> None:
    role = a_role(cloud, "starter", "scheduler.amazonaws.com")
    cloud.make(GROUP, "g", {"name": "nightly"})
    schedule = a_schedule(
        cloud,
        "report",
        role,
        groupName="nightly",
        description="starts the report",
        startDate="2040-01-01T00:00:00Z",
        actionAfterCompletion="DELETE",
    )
    settled(schedule)
    assert schedule.id == "nightly/report"
    assert schedule.props["arn"].endswith(":schedule/nightly/report")
    imported = schedule.imported()
    assert imported["target"]["ecsParameters"] == target(role)["ecsParameters"]
    assert imported["startDate"] == "2040-01-01T00:00:00Z"
    schedule.update(
        state="DISABLED",
        description=None,
        scheduleExpression="rate(2 hours)",
        actionAfterCompletion="NONE",
        flexibleTimeWindow={"mode": "FLEXIBLE", "maximumWindowInMinutes": 5},
    )
    settled(schedule)
    client = cloud.boto3("scheduler")
    client.update_schedule(
        GroupName="nightly",
        Name="report",
        ScheduleExpression="rate(3 hours)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"{ECS}:cluster/other", "RoleArn": role},
        State="ENABLED",
    )
    assert schedule.refresh() == {
        "flexibleTimeWindow",
        "scheduleExpression",
        "scheduleExpressionTimezone",
        "startDate",
        "state",
        "target",
    }
    schedule.delete()
    assert schedule.refresh() is None
    assert schedule.found() is None


def test_a_schedule_wants_its_group_and_a_role_that_scheduler_may_assume(cloud: Cloud) -> None:
    role = a_role(cloud, "other-starter", "ecs-tasks.amazonaws.com")
    with pytest.raises(SandboxError, match="group missing does not exist"):
        a_schedule(cloud, "x", role, groupName="missing")
    with pytest.raises(SandboxError, match=r"does not let scheduler\.amazonaws\.com assume it"):
        a_schedule(cloud, "x", role)
    with pytest.raises(SandboxError, match="does not exist"):
        a_schedule(cloud, "x", f"arn:aws:iam::{ACCOUNT}:role/missing")


@pytest.mark.parametrize(
    "expression",
    [
        "every day",
        "cron(0 4 * * *)",
        "cron(0 4 * * * *)",
        "cron(0 4 ? * ? *)",
        "cron(0 four * * ? *)",
        "rate(0 hours)",
        "rate(1 hours)",
        "rate(2 hour)",
        "rate(2 weeks)",
        "at(tomorrow)",
    ],
)
def test_an_expression_that_aws_could_not_read_is_refused(cloud: Cloud, expression: str) -> None:
    problems = cloud.problems(
        SCHEDULE,
        {
            "scheduleExpression": expression,
            "scheduleExpressionTimezone": "Europe/Atlantis",
            "flexibleTimeWindow": {"mode": "FLEXIBLE"},
            "target": target("arn:aws:iam::1:role/x"),
        },
    )
    assert set(problems) == {
        "flexibleTimeWindow.maximumWindowInMinutes",
        "scheduleExpression",
        "scheduleExpressionTimezone",
        "target.RoleArn",
    }
