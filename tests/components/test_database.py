"""The database keeps its promises whatever size it is given."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from components.database import Database, DatabaseArgs
from tests.support.databases import (
    INSTANCE,
    KEY,
    PRODUCTION,
    STAGING,
    TAGS,
    WITH_REPLICAS,
    deploy,
    primary,
)
from tests.support.graph import record

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
ROLE = "aws:iam/role:Role"
SIZES = {
    "instanceClass",
    "allocatedStorage",
    "maxAllocatedStorage",
    "multiAz",
    "backupRetentionPeriod",
}
PROTECTION = {
    "deletionProtection",
    "skipFinalSnapshot",
}
both_sizes = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_only_size_and_protection_differ_between_sizes() -> None:
    small, large = primary(STAGING).inputs, primary(PRODUCTION).inputs

    assert set(small) == set(large)
    assert {key for key in small if small[key] != large[key]} == SIZES | PROTECTION


def test_everything_but_the_instance_is_alike_at_both_sizes() -> None:
    small, large = deploy(STAGING), deploy(PRODUCTION)

    for type_ in {node.type for node in small.nodes} - {INSTANCE}:
        assert [n.inputs for n in small.of(type_)] == [n.inputs for n in large.of(type_)]


@both_sizes
def test_the_instance_is_private_encrypted_and_watched(args: DatabaseArgs) -> None:
    inputs = primary(args).inputs

    assert inputs["engine"] == "postgres"
    assert inputs["publiclyAccessible"] is False
    assert inputs["storageEncrypted"] is True
    assert inputs["kmsKeyId"] == KEY
    assert inputs["storageType"] == "gp3"
    assert inputs["dbSubnetGroupName"] == "database-subnets"
    assert inputs["parameterGroupName"] == "database-parameters"
    assert inputs["monitoringRoleArn"].endswith(":database-monitoring")
    assert inputs["iamDatabaseAuthenticationEnabled"] is True
    assert inputs["performanceInsightsEnabled"] is True
    assert inputs["performanceInsightsKmsKeyId"] == KEY
    assert inputs["performanceInsightsRetentionPeriod"] == 7
    assert inputs["monitoringInterval"] == 60
    assert inputs["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    assert inputs["copyTagsToSnapshot"] is True
    assert inputs["autoMinorVersionUpgrade"] is True
    assert inputs["caCertIdentifier"] == "rds-ca-rsa2048-g1"


def shown(secret: dict[str, str]) -> str:
    """Return a value that travels as a secret, and so is encrypted in the state."""
    assert secret[rpc._special_sig_key] == rpc._special_secret_sig  # noqa: SLF001
    return secret["value"]


@both_sizes
def test_the_master_password_is_random_and_kept_in_a_secret(args: DatabaseArgs) -> None:
    graph = deploy(args)
    inputs = graph.one(INSTANCE, "database-instance").inputs
    value = graph.one("random:index/randomPassword:RandomPassword").inputs
    secret = graph.one("aws:secretsmanager/secret:Secret").inputs
    version = graph.one("aws:secretsmanager/secretVersion:SecretVersion").inputs

    assert value["length"] == 64
    assert value["special"] is False
    assert value["keepers"] == {"rotation": "2026-q1"}
    assert inputs["username"] == "storefront_owner"
    assert shown(inputs["password"]) == "mock"
    assert secret["kmsKeyId"] == KEY
    assert secret["recoveryWindowInDays"] == args.secret_recovery_days
    assert version["secretId"] == "database-master-secret-id"
    assert json.loads(shown(version["secretString"])) == {
        "engine": "postgres",
        "host": "database-instance.mock",
        "port": 5432,
        "dbname": "storefront",
        "username": "storefront_owner",
        "password": "mock",
    }


def test_rds_does_not_manage_the_password_or_it_would_refuse_replicas() -> None:
    for args in (STAGING, PRODUCTION, WITH_REPLICAS):
        assert "manageMasterUserPassword" not in primary(args).inputs


def test_another_rotation_gives_another_password() -> None:
    rotated = deploy(replace(STAGING, password_rotation="2026-q2"))

    value = rotated.one("random:index/randomPassword:RandomPassword").inputs
    assert value["keepers"] == {"rotation": "2026-q2"}


@both_sizes
def test_tls_is_forced_and_static_parameters_wait_for_a_restart(args: DatabaseArgs) -> None:
    group = deploy(args).one(PARAMETERS).inputs
    methods = {one["name"]: (one["value"], one["applyMethod"]) for one in group["parameters"]}

    assert group["family"] == "postgres16"
    assert methods == {
        "log_statement": ("ddl", "immediate"),
        "rds.force_ssl": ("1", "pending-reboot"),
        "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
    }


def test_the_caller_cannot_decide_about_tls() -> None:
    with pytest.raises(ValueError, match=r"leave out rds\.force_ssl"):
        replace(STAGING, parameters={"rds.force_ssl": "0"})


@both_sizes
def test_the_logs_are_ours_before_the_instance_writes_to_them(args: DatabaseArgs) -> None:
    graph = deploy(args)
    logs = graph.of(LOG_GROUP)
    waits_for = " ".join(graph.one(INSTANCE).options["dependencies"])

    assert [log.inputs["name"] for log in logs] == [
        "/aws/rds/instance/storefront-test/postgresql",
        "/aws/rds/instance/storefront-test/upgrade",
    ]
    for log in logs:
        assert log.inputs["kmsKeyId"] == KEY
        assert log.inputs["retentionInDays"] == 365
        assert log.options["retainOnDelete"] is args.protect
        assert log.name in waits_for
    assert "database-monitoring-policy" in waits_for


def test_events_of_each_instance_and_of_its_parameters_reach_the_topic() -> None:
    graph = deploy(WITH_REPLICAS)
    parameters = graph.one(SUBSCRIPTION, "database-parameter-events").inputs
    events = graph.one(SUBSCRIPTION, "database-events").inputs

    assert events["sourceType"] == "db-instance"
    assert events["sourceIds"] == [
        "storefront-test",
        "storefront-test-replica-1",
        "storefront-test-replica-2",
    ]
    assert {"maintenance", "configuration change", "failure"} <= set(events["eventCategories"])
    assert parameters["sourceType"] == "db-parameter-group"
    assert parameters["sourceIds"] == ["database-parameters"]
    assert parameters["eventCategories"] == ["configuration change"]
    assert events["snsTopic"] == parameters["snsTopic"] == STAGING.topic_arn


def test_only_rds_of_this_account_takes_the_monitoring_role() -> None:
    statement = json.loads(deploy(STAGING).one(ROLE).inputs["assumeRolePolicy"])["Statement"]

    assert len(statement) == 1
    assert statement[0]["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert statement[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": "000000000000"}}


def test_every_child_is_parented_named_after_the_database_and_tagged() -> None:
    untaggable = {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:secretsmanager/secretVersion:SecretVersion",
    }
    children = deploy(WITH_REPLICAS).under("database")

    assert len(children) == 19
    for child in children:
        assert child.name.startswith("database-")
        if child.type.startswith("aws:") and child.type not in untaggable:
            expected = {**TAGS, "Component": "database", "Name": child.name}
            assert expected.items() <= child.inputs["tags"].items()


def test_the_outputs_are_those_of_the_primary() -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        database = Database("database", WITH_REPLICAS)
        pulumi.Output.all(
            identifier=database.identifier,
            secret=database.master_secret.arn,
            replicas=database.replica_identifiers,
            logs=database.log_group_names,
        ).apply(seen.update)

    record(program)

    assert seen == {
        "identifier": "storefront-test",
        "secret": "arn:aws:mock:eu-west-1:000000000000:database-master-secret",
        "replicas": ["storefront-test-replica-1", "storefront-test-replica-2"],
        "logs": {
            "postgresql": "/aws/rds/instance/storefront-test/postgresql",
            "upgrade": "/aws/rds/instance/storefront-test/upgrade",
        },
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("backup_days", 0, "backup_days must be between 1 and 35, got 0"),
        ("backup_days", 36, "backup_days must be between 1 and 35, got 36"),
        ("read_replicas", -1, "read_replicas must be between 0 and 5, got -1"),
        ("port", 80, "port must be between 1150 and 65535, got 80"),
        ("monitoring_seconds", 0, "monitoring_seconds must be one of 1, 5, 10, 15, 30, 60, got 0"),
        ("storage_gib", 10, "storage_gib must be at least 20, got 10"),
        ("max_storage_gib", 54, "a tenth above storage_gib"),
        ("master_username", "postgres", "master_username must be a name of your own"),
        ("engine_version", "16", "engine_version must be major.minor"),
        ("identifier", "Storefront", "identifier must be"),
        ("identifier", "store--front", "identifier must be"),
        ("subnet_ids", ["subnet-a"], "at least two zones, got 1"),
    ],
)
def test_what_rds_would_refuse_is_refused_by_name(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **{field: value})


def test_the_least_room_to_grow_is_a_tenth() -> None:
    assert replace(STAGING, max_storage_gib=55).max_storage_gib == 55
