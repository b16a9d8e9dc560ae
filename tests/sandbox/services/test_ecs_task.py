"""Task definitions through their lives on moto, and what ECS refuses of them."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, settled
from tests.support.ecs import TASK, containers, role_of, task_inputs


def test_a_task_definition_lives_and_goes(cloud: Cloud) -> None:
    role = role_of(cloud, "task-life")
    task = cloud.make(
        TASK,
        "life",
        task_inputs(
            "task-life",
            executionRoleArn=role,
            taskRoleArn=role,
            ephemeralStorage={"sizeInGib": 30},
            containerDefinitions=containers(secrets=[{"name": "KEY", "valueFrom": "arn"}]),
        ),
    )
    settled(task)
    assert task.id.endswith(":task-definition/task-life:1")
    assert task.props["arnWithoutRevision"] == task.id.removesuffix(":1")
    assert task.props["revision"] == 1
    task.update(tags={"Name": "task-life", "More": "yes"})
    settled(task)
    assert task.plan(cpu="512").replaces == {"cpu"}
    imported = task.imported()
    assert imported["ephemeralStorage"] == {"sizeInGib": 30}
    assert json.loads(imported["containerDefinitions"])[0]["name"] == "application"
    task.delete()
    assert task.refresh() is None
    task.delete()


def test_containers_that_say_the_same_are_no_change(cloud: Cloud) -> None:
    task = cloud.make(TASK, "order", task_inputs("task-order"))
    (container,) = json.loads(task.inputs["containerDefinitions"])
    turned = json.dumps([dict(reversed(container.items()))], indent=2)
    assert task.plan(containerDefinitions=turned).changed == set()
    changed = containers(image="registry.example/app@sha256:2")
    assert task.plan(containerDefinitions=changed).replaces == {"containerDefinitions"}
    task.delete()


def test_two_revisions_of_a_family_are_told_apart(cloud: Cloud) -> None:
    old = cloud.make(TASK, "old", task_inputs("task-two"))
    new = cloud.make(TASK, "new", task_inputs("task-two"))
    assert new.props["revision"] == old.props["revision"] + 1
    assert new.found() == new.id
    assert cloud.provider.find(new.urn, new.inputs, {new.id}) == old.id
    assert cloud.provider.find(new.urn, new.inputs, {new.id, old.id}) is None
    old.delete()
    assert new.refresh() == set()
    new.delete()


def test_volumes_and_proxy_come_back_as_they_were_given(cloud: Cloud) -> None:
    efs = {
        "fileSystemId": "fs-1",
        "transitEncryption": "ENABLED",
        "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
    }
    volumes: list[Any] = [
        {"name": "tmp"},
        {"name": "host", "hostPath": "/data"},
        {"name": "efs", "efsVolumeConfiguration": efs},
    ]
    task = cloud.make(
        TASK,
        "forms",
        {
            "family": "task-forms",
            "containerDefinitions": containers(),
            "volumes": volumes,
            "proxyConfiguration": {
                "containerName": "application",
                "type": "APPMESH",
                "properties": {"AppPorts": "8080"},
            },
        },
    )
    settled(task)
    imported = task.imported()
    assert imported["volumes"][:2] == volumes[:2]
    assert imported["proxyConfiguration"]["properties"] == {"AppPorts": "8080"}
    task.delete()


def test_a_task_definition_that_is_to_stay_is_not_deregistered(cloud: Cloud) -> None:
    task = cloud.make(TASK, "stays", task_inputs("task-stays", skipDestroy=True))
    task.delete()
    assert task.refresh() == set()


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"cpu": "300"}, "cpu", "must be one of 256"),
        ({"cpu": "1 vCPU", "memory": "1 GB"}, "memory", "2048"),
        ({"cpu": "1024", "memory": "2500"}, "memory", "must be one of 2048"),
        ({"networkMode": "bridge"}, "networkMode", "must be awsvpc"),
        ({"ephemeralStorage": {"sizeInGib": 20}}, "ephemeralStorage", "between 21 and 200"),
        ({"trackLatest": True}, "trackLatest", "only as false"),
        ({"containerDefinitions": "{"}, "containerDefinitions", "JSON"),
        (
            {"containerDefinitions": containers(memory=1024)},
            "containerDefinitions",
            "more than that of the task",
        ),
        (
            {"containerDefinitions": containers(secrets=[{"name": "MODE", "valueFrom": "x"}])},
            "containerDefinitions[0].secrets",
            "MODE",
        ),
        (
            {"containerDefinitions": containers(colour="red")},
            "containerDefinitions[0].colour",
            "is unknown",
        ),
        (
            {"containerDefinitions": containers(mountPoints=[{"sourceVolume": "none"}])},
            "containerDefinitions[0].mountPoints",
            "unknown volume 'none'",
        ),
        (
            {"containerDefinitions": containers(logConfiguration={"logDriver": "awslogs"})},
            "containerDefinitions[0].logConfiguration",
            "executionRoleArn",
        ),
        (
            {"containerDefinitions": containers(stopTimeout=121)},
            "containerDefinitions[0].stopTimeout",
            "at most 120",
        ),
    ],
)
def test_what_ecs_refuses_is_refused_in_preview(
    cloud: Cloud, changes: dict[str, Any], where: str, said: str
) -> None:
    problems = cloud.problems(TASK, task_inputs("refused", **changes))
    assert said in problems[where]


def test_sizes_are_read_with_and_without_units(cloud: Cloud) -> None:
    for cpu, memory in (("0.25 vCPU", "0.5 GB"), ("1024", "8192"), ("16 vCPU", "120GB")):
        inputs = task_inputs("sizes", cpu=cpu, memory=memory)
        assert cloud.problems(TASK, inputs) == {}


def test_a_role_that_does_not_exist_is_refused(cloud: Cloud) -> None:
    missing = "arn:aws:iam::222222222222:role/nobody"
    with pytest.raises(SandboxError, match="nobody does not exist"):
        cloud.make(TASK, "role", task_inputs("task-role", taskRoleArn=missing))
