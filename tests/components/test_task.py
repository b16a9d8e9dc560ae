"""A task is hardened whatever its size, and is only ever the image that was reviewed."""

from dataclasses import replace
from typing import Any

import pytest

from components.task import ContainerCheck, Task, TaskArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import (
    API_KEY,
    DIGEST,
    KEY,
    LARGE_TASK,
    REPOSITORY,
    SIGNING_KEY,
    SMALL_TASK,
    container,
    differing,
    statements,
    untagged,
)

DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
LOG = "aws:cloudwatch/logGroup:LogGroup"
SIZES = pytest.mark.parametrize("args", [SMALL_TASK, LARGE_TASK], ids=["staging", "production"])


@once
def deploy(args: TaskArgs) -> Graph:
    return record(lambda: Task("task", args))


@SIZES
def test_container_is_hardened_at_every_size(args: TaskArgs) -> None:
    found = container(deploy(args))

    assert found["image"] == f"{REPOSITORY}@sha256:{DIGEST}"
    assert found["readonlyRootFilesystem"] is True
    assert found["user"] == "10001:10001"
    assert found["linuxParameters"] == {
        "initProcessEnabled": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert found.get("privileged", False) is False


@SIZES
def test_definition_is_for_fargate_on_arm_in_its_own_network(args: TaskArgs) -> None:
    inputs = deploy(args).one(DEFINITION).inputs

    assert inputs["requiresCompatibilities"] == ["FARGATE"]
    assert inputs["networkMode"] == "awsvpc"
    assert inputs["runtimePlatform"] == {
        "operatingSystemFamily": "LINUX",
        "cpuArchitecture": "ARM64",
    }
    assert (inputs["cpu"], inputs["memory"]) == (str(args.cpu), str(args.memory_mib))
    assert "pidMode" not in inputs


@SIZES
def test_log_is_encrypted_kept_and_what_the_container_writes_to(args: TaskArgs) -> None:
    graph = deploy(args)
    log = graph.one(LOG).inputs

    assert (log["kmsKeyId"], log["retentionInDays"]) == (KEY, 365)
    configuration = container(graph)["logConfiguration"]
    assert configuration["logDriver"] == "awslogs"
    assert configuration["options"]["awslogs-group"] == log["name"]


def test_both_sizes_have_the_same_shape_and_differ_only_in_size() -> None:
    small, large = deploy(SMALL_TASK), deploy(LARGE_TASK)

    assert small.shape == large.shape
    assert differing(small.one(DEFINITION).inputs, large.one(DEFINITION).inputs) == {
        "cpu",
        "memory",
        "containerDefinitions",
    }
    assert differing(container(small), container(large)) == {"memory"}


def test_variables_are_sorted_and_secrets_come_by_reference() -> None:
    found = container(deploy(SMALL_TASK))

    assert found["environment"] == [
        {"name": "DATABASE_HOST", "value": "db.internal"},
        {"name": "LOG_LEVEL", "value": "info"},
    ]
    assert found["secrets"] == [
        {"name": "API_KEY", "valueFrom": API_KEY},
        {"name": "SIGNING_KEY", "valueFrom": f"{SIGNING_KEY}:::version"},
    ]


def test_execution_role_may_read_exactly_the_secrets_of_the_task() -> None:
    allowed = statements(deploy(SMALL_TASK), "task-roles-execution-policy")

    assert allowed["ReadSecrets"]["Resource"] == [API_KEY, SIGNING_KEY]


def test_task_and_execution_role_are_two() -> None:
    links = deploy(SMALL_TASK).one(DEFINITION).options["propertyDependencies"]

    assert links["taskRoleArn"] != links["executionRoleArn"]


def test_definition_waits_for_the_log_and_the_policies_of_its_roles() -> None:
    dependencies = deploy(SMALL_TASK).one(DEFINITION).options["dependencies"]

    names = {urn.rsplit("::", 1)[-1] for urn in dependencies}
    assert {"task-log", "task-roles-execution-policy", "task-roles-task-policy"} <= names


def test_only_the_scratch_directory_can_be_written() -> None:
    graph = deploy(SMALL_TASK)
    (mount,) = container(graph)["mountPoints"]

    assert graph.one(DEFINITION).inputs["volumes"] == [{"name": mount["sourceVolume"]}]
    assert mount["containerPath"].removeprefix("/") == "tmp"
    assert mount["readOnly"] is False


def test_port_and_check_are_there_only_for_what_has_them() -> None:
    serving = container(deploy(SMALL_TASK))
    once = container(deploy(replace(SMALL_TASK, port=None, check=None)))

    assert serving["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    assert serving["healthCheck"]["command"] == ["CMD", "/app/healthcheck"]
    assert {"portMappings", "healthCheck"}.isdisjoint(once)


def test_every_child_is_tagged() -> None:
    assert untagged(deploy(SMALL_TASK)) == []


@pytest.mark.parametrize(
    "image", [f"{REPOSITORY}:1.0.0", REPOSITORY, f"{REPOSITORY}@sha256:abc", f"@sha256:{DIGEST}"]
)
def test_an_image_without_a_whole_digest_is_refused(image: str) -> None:
    with pytest.raises(ValueError, match="image must be given by digest"):
        replace(SMALL_TASK, image=image)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cpu": 300}, "cpu must be one of .* got 300"),
        ({"memory_mib": 4096}, r"\[512, 1024, 2048\] with cpu 256, got 4096"),
        ({"environment": {"API_KEY": "x"}}, "got API_KEY"),
        ({"command": []}, "command must say"),
        ({"log_retention_days": 30}, "log_retention_days must be one of 365, .* got 30"),
        ({"stop_seconds": 121}, "between 1 and 120, got 121"),
    ],
)
def test_what_fargate_would_refuse_is_refused_first(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL_TASK, **change)


@pytest.mark.parametrize("command", [[], ["CMD"], ["/app/healthcheck", "now"]])
def test_a_check_that_runs_nothing_is_refused(command: list[str]) -> None:
    with pytest.raises(ValueError, match="CMD or CMD-SHELL"):
        ContainerCheck(command=command)
