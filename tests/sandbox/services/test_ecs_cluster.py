"""Clusters and their capacity providers through their lives on moto."""

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, settled
from tests.support.ecs import CLUSTER, PROVIDERS


def test_a_cluster_lives_changes_and_goes(cloud: Cloud) -> None:
    log = {"cloudWatchEncryptionEnabled": True, "cloudWatchLogGroupName": "/exec"}
    command = {"kmsKeyId": "key", "logging": "OVERRIDE", "logConfiguration": log}
    cluster = cloud.make(
        CLUSTER,
        "life",
        {
            "settings": [{"name": "containerInsights", "value": "enhanced"}],
            "configuration": {"executeCommandConfiguration": command},
            "tags": {"Name": "life"},
        },
    )
    settled(cluster)
    assert cluster.inputs["name"].startswith("life-")
    assert cluster.id == cluster.props["arn"]
    cluster.update(settings=[{"name": "containerInsights", "value": "disabled"}])
    bucket = {"s3BucketName": "sessions", "s3BucketEncryptionEnabled": True}
    cluster.update(
        configuration={
            "executeCommandConfiguration": {**command, "logConfiguration": {**log, **bucket}}
        },
        tags={"Name": "life", "More": "yes"},
    )
    settled(cluster)
    imported = cluster.imported()
    assert imported["name"] == cluster.inputs["name"]
    assert imported["configuration"] == cluster.inputs["configuration"]
    assert cluster.plan(name="other").replaces == {"name"}
    cluster.update(settings=None, configuration=None)
    settled(cluster)
    imported = cluster.imported()
    assert "configuration" not in imported
    assert imported["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    cluster.delete()
    assert cluster.refresh() is None
    cluster.delete()


def test_a_cluster_is_imported_by_its_name(cloud: Cloud) -> None:
    cluster = cloud.make(CLUSTER, "named", {"name": "named"})
    read = cloud.provider.read(cluster.urn, "named", {}, {})
    assert read is not None
    assert read[0]["arn"] == cluster.id
    cluster.delete()


def test_a_refresh_finds_a_cluster_changed_behind_pulumis_back(cloud: Cloud) -> None:
    cluster = cloud.make(
        CLUSTER,
        "drift",
        {"name": "drift", "settings": [{"name": "containerInsights", "value": "enhanced"}]},
    )
    ecs = cloud.boto3("ecs")
    ecs.update_cluster(
        cluster="drift", settings=[{"name": "containerInsights", "value": "disabled"}]
    )
    ecs.tag_resource(resourceArn=cluster.id, tags=[{"key": "Hand", "value": "made"}])
    assert cluster.refresh() == {"settings", "tags"}
    cluster.delete()


def test_a_second_cluster_of_the_same_name_is_refused(cloud: Cloud) -> None:
    cluster = cloud.make(CLUSTER, "once", {"name": "once"})
    with pytest.raises(SandboxError, match="once exists already"):
        cloud.make(CLUSTER, "twice", {"name": "once"})
    cluster.delete()
    cloud.make(CLUSTER, "again", {"name": "once"}).delete()


def test_capacity_providers_live_change_and_go(cloud: Cloud) -> None:
    cluster = cloud.make(CLUSTER, "capacity", {"name": "capacity"})
    providers = cloud.make(
        PROVIDERS,
        "capacity",
        {
            "clusterName": "capacity",
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        },
    )
    settled(providers)
    assert providers.id == "capacity"
    providers.update(defaultCapacityProviderStrategies=None, capacityProviders=["FARGATE"])
    settled(providers)
    assert providers.imported()["capacityProviders"] == ["FARGATE"]
    cloud.boto3("ecs").put_cluster_capacity_providers(
        cluster="capacity", capacityProviders=[], defaultCapacityProviderStrategy=[]
    )
    assert providers.refresh() == {"capacityProviders"}
    assert providers.found() is None
    providers.delete()
    cluster.delete()
    assert providers.refresh() is None


def test_a_default_strategy_names_providers_of_the_cluster(cloud: Cloud) -> None:
    problems = cloud.problems(
        PROVIDERS,
        {
            "clusterName": "x",
            "capacityProviders": ["FARGATE"],
            "defaultCapacityProviderStrategies": [
                {"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 1},
            ],
        },
    )
    assert "FARGATE_SPOT" in problems["defaultCapacityProviderStrategies"]
    with pytest.raises(SandboxError, match="cluster nowhere does not exist"):
        cloud.make(PROVIDERS, "x", {"clusterName": "nowhere", "capacityProviders": ["FARGATE"]})
