"""A job is started at its times, by a role that can start nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.scheduled_job import ScheduledJob, ScheduledJobArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import (
    ACCOUNT,
    CLUSTER,
    LARGE_TASK,
    PLACE,
    SMALL_TASK,
    TAGS,
    container,
    statements,
    untagged,
)

SCHEDULE = "aws:scheduler/schedule:Schedule"

SMALL = ScheduledJobArgs(
    task=replace(SMALL_TASK, family="storefront-staging-report", port=None, check=None),
    group_name="storefront-staging-report",
    schedule="cron(0 4 * * ? *)",
    timezone="Europe/Dublin",
    cluster_arn=CLUSTER,
    cluster_name="storefront",
    subnet_ids=["subnet-a", "subnet-b"],
    security_group_ids=["sg-worker"],
    tags=TAGS,
)
LARGE = replace(SMALL, task=replace(SMALL.task, cpu=LARGE_TASK.cpu, memory_mib=4096))
SIZES = pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])


@once
def deploy(args: ScheduledJobArgs) -> Graph:
    return record(lambda: ScheduledJob("report", args))


@SIZES
def test_one_private_task_is_started_at_its_times(args: ScheduledJobArgs) -> None:
    inputs = deploy(args).one(SCHEDULE).inputs

    assert inputs["scheduleExpression"] == "cron(0 4 * * ? *)"
    assert inputs["scheduleExpressionTimezone"] == "Europe/Dublin"
    assert inputs["state"] == "ENABLED"
    assert inputs["groupName"] == "storefront-staging-report"
    assert inputs["target"]["arn"] == CLUSTER
    parameters = inputs["target"]["ecsParameters"]
    assert (parameters["taskCount"], parameters["launchType"]) == (1, "FARGATE")
    assert parameters["networkConfiguration"]["assignPublicIp"] is False
    assert parameters["enableExecuteCommand"] is False
    assert parameters["propagateTags"] == "TASK_DEFINITION"


def test_a_start_that_aws_refused_is_tried_again_within_the_hour() -> None:
    assert deploy(SMALL).one(SCHEDULE).inputs["target"]["retryPolicy"] == {
        "maximumRetryAttempts": 3,
        "maximumEventAgeInSeconds": 3600,
    }


def test_starter_may_start_this_task_with_its_roles_in_this_cluster_only() -> None:
    allowed = statements(deploy(SMALL), "report-starter-policy")

    assert allowed["StartTask"]["Resource"] == (
        f"arn:aws:ecs:{PLACE}:task-definition/storefront-staging-report:*"
    )
    assert allowed["StartTask"]["Condition"] == {"ArnEquals": {"ecs:cluster": CLUSTER}}
    assert allowed["TagStartedTask"]["Resource"] == f"arn:aws:ecs:{PLACE}:task/storefront/*"
    assert [arn.rsplit(":", 1)[-1] for arn in allowed["GiveTaskItsRoles"]["Resource"]] == [
        "report-task-roles-execution",
        "report-task-roles-task",
    ]
    assert allowed["GiveTaskItsRoles"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }


def test_schedule_waits_until_the_starter_may_start() -> None:
    dependencies = deploy(SMALL).one(SCHEDULE).options["dependencies"]

    assert any(urn.endswith("::report-starter-policy") for urn in dependencies)


def test_starter_is_taken_only_for_the_jobs_own_group() -> None:
    role = deploy(SMALL).one("aws:iam/role:Role", "report-starter")

    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {
            "aws:SourceArn": (f"arn:aws:scheduler:{PLACE}:schedule-group/storefront-staging-report")
        },
    }


def test_a_job_has_no_container_check_and_no_port() -> None:
    assert {"healthCheck", "portMappings"}.isdisjoint(container(deploy(SMALL)))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(SMALL).shape == deploy(LARGE).shape


def test_every_child_is_tagged() -> None:
    assert untagged(deploy(SMALL)) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schedule": "0 4 * * *"}, "got '0 4 \\* \\* \\*'"),
        ({"schedule": "at(2026-01-01T00:00:00)"}, r"cron\(...\) or rate"),
        ({"task": SMALL_TASK}, "must be None for a job, got 8080"),
    ],
)
def test_a_job_that_would_not_start_again_or_listens_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **change)
