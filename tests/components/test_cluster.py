"""The cluster is measured, has both kinds of capacity and leaves a record of ECS Exec."""

from dataclasses import replace
from typing import Any

import pytest

from components.cluster import Cluster, ClusterArgs
from tests.support.graph import Graph, once, record

STAGING = ClusterArgs(
    cluster_name="storefront-staging",
    exec_log_group_name="/storefront/staging/exec",
    log_retention_days=365,
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(
    STAGING,
    cluster_name="storefront-production",
    exec_log_group_name="/storefront/production/exec",
)

CLUSTER = "aws:ecs/cluster:Cluster"
CAPACITY = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: ClusterArgs) -> Graph:
    """Build one cluster offline."""
    return record(lambda: Cluster("tasks", args))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_container_insights_are_on(args: ClusterArgs) -> None:
    settings = deploy(args).one(CLUSTER).inputs["settings"]

    assert settings == [{"name": "containerInsights", "value": "enhanced"}]


@both
def test_both_kinds_of_capacity_are_there_and_spot_is_never_the_default(args: ClusterArgs) -> None:
    capacity = deploy(args).one(CAPACITY).inputs

    assert capacity["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert capacity["defaultCapacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "weight": 1}
    ]


@both
def test_exec_sessions_are_logged_and_encrypted(args: ClusterArgs) -> None:
    graph = deploy(args)
    group = graph.one(LOG_GROUP, "tasks-exec-log").inputs
    configuration = graph.one(CLUSTER).inputs["configuration"]["executeCommandConfiguration"]

    assert group["name"] == args.exec_log_group_name
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"] == configuration["kmsKeyId"] == args.kms_key_arn
    assert configuration["logging"] == "OVERRIDE"
    assert configuration["logConfiguration"] == {
        "cloudWatchEncryptionEnabled": True,
        "cloudWatchLogGroupName": args.exec_log_group_name,
    }


def test_arn_waits_until_the_capacity_is_attached() -> None:
    depends: list[str] = []

    def program() -> Any:
        cluster = Cluster("tasks", STAGING)

        async def remember() -> None:
            depends.extend([str(await each.urn.future()) for each in await cluster.arn.resources()])

        return remember()

    record(program)

    assert {urn.rsplit("::", 1)[1] for urn in depends} >= {"tasks-capacity", "tasks-cluster"}


def test_every_taggable_child_is_tagged_with_its_own_name() -> None:
    tagged = [node for node in deploy(STAGING).under("tasks") if "tags" in node.inputs]

    assert {node.type for node in tagged} == {CLUSTER, LOG_GROUP}
    for node in tagged:
        assert node.inputs["tags"] == {"Owner": "platform", "Component": "tasks", "Name": node.name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exec_log_group_name": ""}, "exec_log_group_name must not be empty"),
        ({"log_retention_days": 30}, "log_retention_days must be one of 365,"),
    ],
)
def test_a_log_without_name_or_memory_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)


@both
def test_measurements_are_logged_under_our_key_before_ecs_would_do_it_by_itself(
    args: ClusterArgs,
) -> None:
    graph = deploy(args)
    group = graph.one(LOG_GROUP, "tasks-insights-log").inputs
    cluster = graph.one(CLUSTER)

    assert cluster.inputs["name"] == args.cluster_name
    assert group["name"] == f"/aws/ecs/containerinsights/{args.cluster_name}/performance"
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"] == args.kms_key_arn
    assert any(urn.endswith("::tasks-insights-log") for urn in cluster.options["dependencies"])


def test_a_name_that_ecs_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="cluster_name must be at most 255 letters"):
        replace(STAGING, cluster_name="store front")
