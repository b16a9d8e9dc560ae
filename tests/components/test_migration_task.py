"""A migration is described for a release to run, with the master user's secret by reference."""

from dataclasses import replace
from typing import Any

import pytest

from components.database_password import MasterSecret
from components.migration_task import MigrationTask, MigrationTaskArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import (
    API_KEY,
    CLUSTER,
    KEY,
    LARGE_TASK,
    PLACE,
    SIGNING_KEY,
    SMALL_TASK,
    TAGS,
    container,
    statements,
    untagged,
)

MASTER = f"arn:aws:secretsmanager:{PLACE}:secret:database-master-secret-1234-a1b2c3"
MASTER_KEY = f"arn:aws:kms:{PLACE}:key/database"

SMALL = MigrationTaskArgs(
    task=replace(SMALL_TASK, command=["migrate"], port=None, check=None, database=None),
    master_secret=MasterSecret(MASTER, "v1"),
    master_secret_key_arn=MASTER_KEY,
    cluster_arn=CLUSTER,
    subnet_ids=["subnet-a", "subnet-b"],
    security_group_ids=["sg-worker"],
    tags=TAGS,
)
LARGE = replace(SMALL, task=replace(SMALL.task, cpu=LARGE_TASK.cpu, memory_mib=4096))


@once
def deploy(args: MigrationTaskArgs) -> Graph:
    return record(lambda: MigrationTask("migration", args))


@pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])
def test_migration_gets_the_master_user_by_reference(args: MigrationTaskArgs) -> None:
    graph = deploy(args)

    values = {entry["name"]: entry["valueFrom"] for entry in container(graph)["secrets"]}
    assert values["DATABASE_MASTER_USER"] == f"{MASTER}:username::v1"
    assert values["DATABASE_MASTER_PASSWORD"] == f"{MASTER}:password::v1"
    allowed = statements(graph, "migration-task-roles-execution-policy")
    assert allowed["ReadSecrets"]["Resource"] == sorted([API_KEY, SIGNING_KEY, MASTER])
    assert allowed["DecryptSecrets"]["Resource"] == sorted([KEY, MASTER_KEY])


def test_migration_runs_nothing_by_itself() -> None:
    types = {node.type for node in deploy(SMALL).nodes}

    assert "aws:ecs/service:Service" not in types
    assert "aws:scheduler/schedule:Schedule" not in types


def test_outputs_say_how_to_run_it() -> None:
    run: dict[str, Any] = {}
    record(lambda: MigrationTask("migration", SMALL).run.apply(run.update))

    assert run == {
        "cluster": CLUSTER,
        "taskDefinition": "arn:aws:mock:eu-west-1:000000000000:migration-task-definition",
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-a", "subnet-b"],
                "securityGroups": ["sg-worker"],
                "assignPublicIp": "DISABLED",
            }
        },
        "propagateTags": "TASK_DEFINITION",
        "enableECSManagedTags": True,
        "containerName": "application",
        "logGroupName": "/storefront/staging/web",
    }


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(SMALL).shape == deploy(LARGE).shape


def test_every_child_is_tagged() -> None:
    assert untagged(deploy(SMALL)) == []


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (replace(SMALL_TASK, port=None), "task.database must be None"),
        (replace(SMALL_TASK, database=None), "must be None for a migration, got 8080"),
    ],
)
def test_a_second_way_in_or_a_port_is_refused(task: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, task=task)
