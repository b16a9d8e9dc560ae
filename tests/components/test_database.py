"""The database keeps its promises whatever size it is given."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockMonitor

from components.database import Database, DatabaseArgs, RestoreFrom
from tests.support.graph import Graph, Node, invented_outputs, record

INSTANCE = "aws:rds/instance:Instance"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
ROLE = "aws:iam/role:Role"
KEY = "arn:aws:kms:eu-west-1:000000000000:key/x"
TAGS = {"Owner": "platform"}
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
    "deleteAutomatedBackups",
}
SNAPSHOT = RestoreFrom(suffix="20250131", snapshot="sanitised-1")
MOMENT = RestoreFrom(suffix="2", source="storefront-live", time="2025-01-31T09:00:00Z")

STAGING = DatabaseArgs(
    identifier="storefront-test",
    account="000000000000",
    engine_version="16.8",
    database_name="storefront",
    master_username="storefront_owner",
    port=5432,
    parameters={"log_statement": "ddl", "shared_preload_libraries": "pg_stat_statements"},
    backup_window="02:00-03:00",
    maintenance_window="sun:03:30-sun:04:30",
    ca_certificate="rds-ca-rsa2048-g1",
    instance_class="db.t4g.medium",
    storage_gib=50,
    max_storage_gib=100,
    multi_az=False,
    read_replicas=0,
    backup_days=7,
    monitoring_seconds=60,
    log_retention_days=365,
    subnet_ids=["subnet-a", "subnet-b"],
    security_group_ids=["sg-db"],
    kms_key_arn=KEY,
    topic_arn="arn:aws:sns:eu-west-1:000000000000:alerts",
    backup_tag="storefront-test",
    protect=False,
    keep_final_snapshot=False,
    tags=TAGS,
)
PRODUCTION = replace(
    STAGING,
    instance_class="db.r7g.xlarge",
    storage_gib=500,
    max_storage_gib=1000,
    multi_az=True,
    backup_days=35,
    protect=True,
    keep_final_snapshot=True,
)
WITH_REPLICAS = replace(PRODUCTION, read_replicas=2)
both_sizes = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@pytest.fixture(autouse=True)
def _providers_name_things(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the mocks answer what the providers add: names not given, and a RandomId's digits."""

    def with_names(type_: str, name: str) -> dict[str, Any]:
        return {"name": name, "hex": "0a1b2c3d", **invented_outputs(type_, name)}

    monkeypatch.setattr("tests.support.graph.invented_outputs", with_names)


def deploy(args: DatabaseArgs) -> Graph:
    """Record one database."""
    return record(lambda: Database("database", args))


def primary(args: DatabaseArgs) -> Node:
    """Return the instance that takes the writes."""
    return deploy(args).one(INSTANCE, "database-instance")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Collect what the engine is asked, by logical name: options that the graph leaves out."""
    seen: dict[str, Any] = {}
    answer: Any = MockMonitor.RegisterResource

    def remember(self: MockMonitor, request: Any) -> Any:
        seen[request.name] = request
        return answer(self, request)

    monkeypatch.setattr(MockMonitor, "RegisterResource", remember)
    return seen


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


@both_sizes
def test_the_master_password_is_never_the_programs(args: DatabaseArgs) -> None:
    inputs = primary(args).inputs

    assert inputs["manageMasterUserPassword"] is True
    assert inputs["masterUserSecretKmsKeyId"] == KEY
    assert inputs["username"] == "storefront_owner"
    assert "password" not in inputs
    assert "passwordWo" not in inputs


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


def test_production_is_guarded_by_the_engine_and_by_rds() -> None:
    instance = primary(PRODUCTION)

    assert instance.options["protect"] is True
    assert instance.inputs["deletionProtection"] is True
    assert instance.inputs["skipFinalSnapshot"] is False
    assert instance.inputs["deleteAutomatedBackups"] is False


def test_staging_can_be_destroyed_and_leaves_nothing() -> None:
    instance = primary(STAGING)

    assert instance.options["protect"] is False
    assert instance.inputs["deletionProtection"] is False
    assert instance.inputs["skipFinalSnapshot"] is True
    assert instance.inputs["deleteAutomatedBackups"] is True


def test_a_protected_database_keeps_a_final_snapshot() -> None:
    with pytest.raises(ValueError, match="keep_final_snapshot must be true where protect is"):
        replace(PRODUCTION, keep_final_snapshot=False)


def test_each_instance_that_has_been_has_another_final_snapshot() -> None:
    changes: list[dict[str, Any]] = [
        {"identifier": "storefront-other"},
        {"database_name": "other"},
        {"master_username": "somebody"},
        {"kms_key_arn": "arn:aws:kms:eu-west-1:000000000000:key/y"},
        {"restore": SNAPSHOT},
        {"restore": MOMENT},
    ]
    keepers = [
        deploy(replace(PRODUCTION, **change)).one("random:index/randomId:RandomId").inputs
        for change in [{}, *changes]
    ]

    assert len({json.dumps(one["keepers"], sort_keys=True) for one in keepers}) == len(keepers)


def test_the_final_snapshot_is_named_after_the_instance() -> None:
    name = primary(PRODUCTION).inputs["finalSnapshotIdentifier"]

    assert name == "storefront-test-final-0a1b2c3d"


def test_a_change_of_size_keeps_the_final_snapshots_name() -> None:
    random_ids = [
        deploy(one).one("random:index/randomId:RandomId") for one in (STAGING, PRODUCTION)
    ]

    assert random_ids[0].inputs == random_ids[1].inputs


@both_sizes
def test_a_second_instance_of_the_same_name_is_left_to_rds_to_refuse(
    args: DatabaseArgs, requests: dict[str, Any]
) -> None:
    graph = deploy(args)
    asked = requests["database-instance"]

    assert graph.one(INSTANCE).inputs["identifier"] == "storefront-test"
    assert asked.deleteBeforeReplaceDefined is True
    assert asked.deleteBeforeReplace is False


def test_only_what_the_backup_plan_takes_over_is_ignored(requests: dict[str, Any]) -> None:
    deploy(WITH_REPLICAS)

    ignored = {name: list(one.ignoreChanges) for name, one in requests.items() if one.ignoreChanges}
    assert ignored == {"database-instance": ["backupRetentionPeriod", "backupWindow"]}


def test_a_restored_snapshot_stands_beside_the_old_database() -> None:
    instance = primary(replace(STAGING, restore=SNAPSHOT)).inputs

    assert instance["identifier"] == "storefront-test-20250131"
    assert instance["snapshotIdentifier"] == "sanitised-1"
    assert "restoreToPointInTime" not in instance
    assert "dbName" not in instance


@pytest.mark.parametrize(
    ("restore", "expected"),
    [
        (
            MOMENT,
            {
                "sourceDbInstanceIdentifier": "storefront-live",
                "restoreTime": "2025-01-31T09:00:00Z",
            },
        ),
        (
            RestoreFrom(suffix="2", source="storefront-live"),
            {"sourceDbInstanceIdentifier": "storefront-live", "useLatestRestorableTime": True},
        ),
        (
            RestoreFrom(suffix="2", source_resource_id="db-ABCDEFGHIJKL"),
            {"sourceDbiResourceId": "db-ABCDEFGHIJKL", "useLatestRestorableTime": True},
        ),
    ],
    ids=["moment", "latest", "deleted-source"],
)
def test_a_point_in_time_is_asked_of_its_source(
    restore: RestoreFrom, expected: dict[str, Any], requests: dict[str, Any]
) -> None:
    instance = primary(replace(STAGING, restore=restore)).inputs

    assert instance["restoreToPointInTime"] == expected
    assert "snapshotIdentifier" not in instance
    assert list(requests["database-instance"].replaceOnChanges) == ["restoreToPointInTime"]


def test_a_restore_has_the_same_shape_as_a_new_database() -> None:
    assert deploy(replace(STAGING, restore=SNAPSHOT)).shape == deploy(STAGING).shape


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"snapshot": "s", "source": "d"}, "got snapshot, source"),
        ({}, "got none"),
        ({"snapshot": "s", "suffix": "A-1"}, "suffix must be"),
        ({"source_resource_id": "storefront"}, "must look like db-"),
        ({"snapshot": "s", "time": "2025-01-31T09:00:00Z"}, "a moment in UTC"),
        ({"source": "d", "time": "2025-01-31T09:00:00+01:00"}, "a moment in UTC"),
        ({"source": "d", "time": "yesterday"}, "a moment in UTC"),
    ],
)
def test_a_restore_that_cannot_be_meant_is_refused(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RestoreFrom(**{"suffix": "1", **fields})


def test_a_database_is_not_restored_from_itself() -> None:
    with pytest.raises(ValueError, match="must be another database, got 'storefront-test-2'"):
        replace(STAGING, restore=RestoreFrom(suffix="2", source="storefront-test-2"))


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


def test_a_replica_follows_its_source_to_another_instance(requests: dict[str, Any]) -> None:
    deploy(WITH_REPLICAS)

    assert list(requests["database-replica-1"].replaceOnChanges) == ["replicateSourceDb"]


def test_only_the_source_is_tagged_for_the_backup_plan() -> None:
    graph = deploy(WITH_REPLICAS)
    tagged = [n.name for n in graph.nodes if "Backup" in n.inputs.get("tags", {})]

    assert tagged == ["database-instance"]
    assert graph.one(INSTANCE, "database-instance").inputs["tags"]["Backup"] == "storefront-test"


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
    untaggable = {"aws:iam/rolePolicyAttachment:RolePolicyAttachment"}
    children = deploy(WITH_REPLICAS).under("database")

    assert len(children) == 16
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
            secret=database.master_secret_arn,
            replicas=database.replica_identifiers,
            logs=database.log_group_names,
        ).apply(seen.update)

    record(program)

    assert seen == {
        "identifier": "storefront-test",
        "secret": "arn:aws:secretsmanager:mock:database-instance",
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
