"""Read replicas: as many as scale says, as closed as their source."""

from tests.support.databases import INSTANCE, PRODUCTION, WITH_REPLICAS, asked, deploy


def test_replicas_are_the_only_presence_that_scale_controls() -> None:
    added = deploy(WITH_REPLICAS).shape - deploy(PRODUCTION).shape

    assert {name for _, _, name in added} == {
        f"database-replica-{number}{noun}"
        for number in (1, 2)
        for noun in ("", "-postgresql-log", "-upgrade-log")
    }


def test_a_replica_is_as_closed_as_its_source() -> None:
    graph = deploy(WITH_REPLICAS)
    source = graph.one(INSTANCE, "database-instance").inputs
    replica = graph.one(INSTANCE, "database-replica-2")

    assert replica.inputs["identifier"] == "storefront-test-replica-2"
    assert replica.inputs["replicateSourceDb"] == "storefront-test"
    alike = {
        "publiclyAccessible",
        "storageEncrypted",
        "vpcSecurityGroupIds",
        "parameterGroupName",
        "iamDatabaseAuthenticationEnabled",
        "enabledCloudwatchLogsExports",
        "performanceInsightsEnabled",
        "performanceInsightsKmsKeyId",
        "monitoringInterval",
        "monitoringRoleArn",
        "deletionProtection",
        "caCertIdentifier",
    }
    assert {key: replica.inputs[key] for key in alike} == {key: source[key] for key in alike}
    assert replica.options["protect"] is True


def test_a_replica_follows_its_source_to_another_instance() -> None:
    requests = asked(WITH_REPLICAS)

    assert list(requests["database-replica-1"].replaceOnChanges) == ["replicateSourceDb"]


def test_only_the_source_is_tagged_for_the_backup_plan() -> None:
    graph = deploy(WITH_REPLICAS)
    tagged = [n.name for n in graph.nodes if "Backup" in n.inputs.get("tags", {})]

    assert tagged == ["database-instance"]
    assert graph.one(INSTANCE, "database-instance").inputs["tags"]["Backup"] == "storefront-test"
