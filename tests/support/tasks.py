"""The same task and service at staging's and at production's size, for the compute tests."""

import json
from dataclasses import replace
from typing import Any

from components.service import ServiceArgs
from components.task import ContainerCheck, TaskArgs
from components.task_roles import DatabaseAccess
from tests.support.graph import Graph

ACCOUNT = "222222222222"
REGION = "eu-west-1"
PLACE = f"{REGION}:{ACCOUNT}"
TAGS = {"Owner": "platform"}
DIGEST = "0123456789abcdef" * 4
REPOSITORY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/storefront"
KEY = f"arn:aws:kms:{PLACE}:key/application"
CLUSTER = f"arn:aws:ecs:{PLACE}:cluster/storefront"
API_KEY = f"arn:aws:secretsmanager:{PLACE}:secret:api-key-a1b2c3"
SIGNING_KEY = f"arn:aws:secretsmanager:{PLACE}:secret:signing-key-d4e5f6"

SMALL_TASK = TaskArgs(
    family="storefront-staging-web",
    image=f"{REPOSITORY}@sha256:{DIGEST}",
    command=["serve"],
    cpu=256,
    memory_mib=512,
    environment={"LOG_LEVEL": "info", "DATABASE_HOST": "db.internal"},
    secrets={"SIGNING_KEY": f"{SIGNING_KEY}:::version", "API_KEY": API_KEY},
    secret_key_arns=[KEY],
    account=ACCOUNT,
    region=REGION,
    repository_arn=f"arn:aws:ecr:{PLACE}:repository/storefront",
    log_group_name="/storefront/staging/web",
    log_retention_days=365,
    log_key_arn=KEY,
    database=DatabaseAccess(resource_id="db-ABC", user="storefront"),
    port=8080,
    check=ContainerCheck(command=["CMD", "/app/healthcheck"]),
    tags=TAGS,
)
LARGE_TASK = replace(SMALL_TASK, cpu=1024, memory_mib=4096)

SMALL_SERVICE = ServiceArgs(
    cluster_arn=CLUSTER,
    subnet_ids=["subnet-a", "subnet-b", "subnet-c"],
    security_group_ids=["sg-web"],
    initial_tasks=1,
    spot_percent=100,
    minimum_healthy_percent=100,
    maximum_percent=200,
    rollback_alarm_names=["errors"],
)
LARGE_SERVICE = replace(SMALL_SERVICE, initial_tasks=3, spot_percent=30)


def statements(graph: Graph, policy: str) -> dict[str, dict[str, Any]]:
    """Return the statements of one role's policy by their names."""
    document = json.loads(graph.one("aws:iam/rolePolicy:RolePolicy", policy).inputs["policy"])
    return {statement["Sid"]: statement for statement in document["Statement"]}


def container(graph: Graph) -> dict[str, Any]:
    """Return the only container of the only task definition."""
    definition = graph.one("aws:ecs/taskDefinition:TaskDefinition")
    (only,) = json.loads(definition.inputs["containerDefinitions"])
    assert isinstance(only, dict)
    return only


def differing(small: dict[str, Any], large: dict[str, Any]) -> set[str]:
    """Return the properties that two resources do not have alike."""
    return {key for key in small | large if small.get(key) != large.get(key)}


def untagged(graph: Graph) -> list[str]:
    """Return the AWS resources that carry tags but lack what every child must carry."""
    return [
        node.name
        for node in graph.nodes
        if node.type.startswith("aws:")
        and "tags" in node.inputs
        and node.inputs["tags"]
        != {**TAGS, "Component": node.parent.split("/")[-1], "Name": node.name}
    ]
