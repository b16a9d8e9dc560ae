"""Database instances through their lives on moto: new, replicated, restored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.sandbox.services.rds_network import INSTANCE, Made, inputs, instance
from tests.support.cloud import Cloud, settled


@pytest.fixture(scope="module")
def home(cloud: Cloud) -> Iterator[Made]:
    """Return an instance whose groups other instances may share."""
    made = instance(cloud, "home", "10.50.0.0/16")
    yield made
    made.database.delete()


def near(home: Made, name: str, **more: Any) -> dict[str, Any]:
    """Return inputs of another instance in the same groups."""
    return inputs(
        name,
        dbSubnetGroupName=home.subnet_group.id,
        parameterGroupName=home.parameter_group.id,
        **more,
    )


def without(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


BROUGHT = ("engine", "engineVersion", "dbName", "username", "allocatedStorage", "storageEncrypted")


def test_an_instance_lives_changes_and_goes(cloud: Cloud, home: Made) -> None:
    key = cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    group = cloud.boto3("ec2").create_security_group(
        GroupName="database", Description="x", VpcId=home.subnet_group.props["vpcId"]
    )["GroupId"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = cloud.boto3("iam").create_role(
        RoleName="monitoring", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]
    given = near(
        home,
        "life",
        multiAz=True,
        maxAllocatedStorage=100,
        storageEncrypted=True,
        kmsKeyId=key,
        masterUserSecretKmsKeyId=key,
        vpcSecurityGroupIds=[group],
        port=5432,
        publiclyAccessible=False,
        caCertIdentifier="rds-ca-rsa2048-g1",
        iamDatabaseAuthenticationEnabled=True,
        autoMinorVersionUpgrade=True,
        performanceInsightsEnabled=True,
        performanceInsightsKmsKeyId=key,
        performanceInsightsRetentionPeriod=7,
        databaseInsightsMode="standard",
        monitoringInterval=60,
        monitoringRoleArn=role,
        enabledCloudwatchLogsExports=["postgresql", "upgrade"],
        backupWindow="02:00-03:00",
        maintenanceWindow="sun:03:30-sun:04:30",
        copyTagsToSnapshot=True,
        deletionProtection=True,
    )
    database = cloud.make(INSTANCE, "life", given)
    settled(database)
    props = database.props
    assert props["resourceId"] == database.id != home.database.id
    assert props["endpoint"] == f"{props['address']}:5432"
    assert props["hostedZoneId"] == "Z29XKXDKYMONMX"
    secret = cloud.boto3("secretsmanager").get_secret_value(
        SecretId=props["masterUserSecrets"][0]["secretArn"]
    )
    assert json.loads(secret["SecretString"])["username"] == "owner"
    assert database.imported()["performanceInsightsEnabled"] is True
    database.update(
        instanceClass="db.t4g.large",
        allocatedStorage=60,
        port=5433,
        performanceInsightsEnabled=None,
        performanceInsightsKmsKeyId=None,
        performanceInsightsRetentionPeriod=None,
        monitoringInterval=0,
        monitoringRoleArn=None,
        enabledCloudwatchLogsExports=["postgresql"],
        engineVersion="16.9",
        tags={"Name": "life", "More": "yes"},
    )
    settled(database)
    assert database.props["engineVersionActual"] == "16.9"
    assert database.plan(storageEncrypted=False).replaces == {"storageEncrypted"}
    with pytest.raises(SandboxError, match="disable deletion protection"):
        database.delete()
    database.update(deletionProtection=None)
    database.delete()
    assert database.refresh() is None


def test_storage_that_grows_and_a_volume_for_logs_can_be_taken_away(
    cloud: Cloud, home: Made
) -> None:
    given = near(home, "grows", maxAllocatedStorage=100, dedicatedLogVolume=True)
    database = cloud.make(INSTANCE, "grows", given)
    settled(database)
    database.update(maxAllocatedStorage=None, dedicatedLogVolume=None)
    settled(database)
    rds = cloud.boto3("rds")
    (live,) = rds.describe_db_instances(DBInstanceIdentifier="grows")["DBInstances"]
    assert "MaxAllocatedStorage" not in live
    assert live["DedicatedLogVolume"] is False
    database.update(allocatedStorage=70, maxAllocatedStorage=200)
    database.update(allocatedStorage=80, maxAllocatedStorage=None)
    settled(database)
    assert "maxAllocatedStorage" not in database.props
    database.delete()


def test_an_identifier_begins_with_the_prefix_that_was_given(cloud: Cloud, home: Made) -> None:
    given = without(near(home, "x", identifierPrefix="pre-"), "identifier")
    database = cloud.make(INSTANCE, "prefixed", given)
    settled(database)
    assert database.props["identifier"].startswith("pre-2")
    assert len(database.props["identifier"]) == len("pre-") + 26
    database.update(backupRetentionPeriod=8)
    settled(database)
    source = {"sourceDbiResourceId": home.database.id, "useLatestRestorableTime": True}
    restored = cloud.make(
        INSTANCE,
        "restored-pre",
        without(
            {**given, "restoreToPointInTime": source, "identifierPrefix": "back-"},
            *BROUGHT,
            "manageMasterUserPassword",
        ),
    )
    assert restored.props["identifier"].startswith("back-2")
    problems = cloud.problems(INSTANCE, {**given, "identifierPrefix": "Pre"})
    assert "identifierPrefix" in problems
    restored.delete()
    database.delete()


def test_a_refresh_finds_what_was_changed_behind_pulumis_back(cloud: Cloud, home: Made) -> None:
    database = cloud.make(INSTANCE, "drift", near(home, "drift", deletionProtection=True))
    cloud.boto3("rds").modify_db_instance(
        DBInstanceIdentifier="drift", DeletionProtection=False, BackupRetentionPeriod=1
    )
    assert database.refresh() == {"backupRetentionPeriod", "deletionProtection"}
    database.delete()


def test_a_renamed_instance_stays_the_same_one(cloud: Cloud, home: Made) -> None:
    database = cloud.make(INSTANCE, "before", near(home, "before"))
    database.update(identifier="after")
    settled(database)
    assert database.props["arn"].endswith(":db:after")
    database.delete()


def test_what_rds_would_refuse_leaves_the_instance_as_it_was(cloud: Cloud, home: Made) -> None:
    database = cloud.make(INSTANCE, "firm", near(home, "firm"))
    for change, said in (
        ({"allocatedStorage": 20}, "cannot shrink from 50 to 20"),
        ({"engineVersion": "16.4"}, "cannot upgrade postgres from 16.8 to 16.4"),
        ({"engineVersion": "17.4"}, "AllowMajorVersionUpgrade"),
        ({"engineVersion": "17.4", "allowMajorVersionUpgrade": True}, "needs postgres17"),
        ({"multiAz": True, "parameterGroupName": "nobody"}, "DBParameterGroup nobody not found"),
        ({"multiAz": True, "dbSubnetGroupName": "nobody"}, "'nobody' does not exist"),
        ({"multiAz": True, "vpcSecurityGroupIds": ["sg-0123456789"]}, "no security group"),
    ):
        new = {**database.inputs, **change}
        with pytest.raises(SandboxError, match=said):
            cloud.provider.update(database.urn, database.id, database.inputs, new, database.props)
        assert database.refresh() == set()
    database.delete()


def test_a_deletion_leaves_the_last_snapshot(cloud: Cloud, home: Made) -> None:
    given = near(home, "last", skipFinalSnapshot=False)
    database = cloud.make(INSTANCE, "last", given)
    with pytest.raises(SandboxError, match="finalSnapshotIdentifier is required"):
        database.delete()
    database.update(finalSnapshotIdentifier="last-one")
    database.delete()
    shown = cloud.boto3("rds").describe_db_snapshots(DBSnapshotIdentifier="last-one")
    assert shown["DBSnapshots"][0]["DBInstanceIdentifier"] == "last"


def test_a_replica_follows_its_source_until_it_is_promoted(cloud: Cloud, home: Made) -> None:
    own = {"password": "kept-by-ourselves", "skipFinalSnapshot": True}
    source = cloud.make(
        INSTANCE, "leader", without(near(home, "leader", **own), "manageMasterUserPassword")
    )
    settled(source)
    given = without(
        near(home, "copy", replicateSourceDb="leader", backupRetentionPeriod=0),
        *BROUGHT,
        "manageMasterUserPassword",
        "dbSubnetGroupName",
    )
    logs = {"enabledCloudwatchLogsExports": ["postgresql"], "deletionProtection": True}
    replica = cloud.make(INSTANCE, "copy", {**given, **logs})
    settled(replica)
    assert replica.props["engine"] == "postgres"
    assert replica.id != source.id
    assert source.refresh() == set()
    assert source.props["replicas"] == ["copy"]
    assert replica.imported()["replicateSourceDb"] == "leader"
    replica.update(deletionProtection=False, enabledCloudwatchLogsExports=[])
    replica.update(replicateSourceDb=None)
    settled(replica)
    source.refresh()
    assert source.props["replicas"] == []
    replica.delete()
    assert source.refresh() == set()
    source.delete()


def test_a_source_whose_password_rds_manages_has_no_replicas(cloud: Cloud, home: Made) -> None:
    given = without(
        near(home, "of-home", replicateSourceDb="home"), *BROUGHT, "manageMasterUserPassword"
    )
    with pytest.raises(SandboxError, match="Creating read replicas for home is not supported"):
        cloud.make(INSTANCE, "of-home", given)


def test_a_source_without_backups_has_no_replicas(cloud: Cloud, home: Made) -> None:
    source = cloud.make(INSTANCE, "bare", near(home, "bare", backupRetentionPeriod=0))
    given = without(
        near(home, "of-bare", replicateSourceDb="bare"), *BROUGHT, "manageMasterUserPassword"
    )
    with pytest.raises(SandboxError, match="automated backups are not enabled for bare"):
        cloud.make(INSTANCE, "of-bare", given)
    with pytest.raises(SandboxError, match="DBInstance nobody not found"):
        cloud.make(INSTANCE, "of-nobody", {**given, "replicateSourceDb": "nobody"})
    source.delete()


def test_an_instance_is_restored_from_a_snapshot(cloud: Cloud, home: Made) -> None:
    cloud.boto3("rds").create_db_snapshot(DBInstanceIdentifier="home", DBSnapshotIdentifier="kept")
    given = without(near(home, "again", snapshotIdentifier="kept", multiAz=True), "dbName")
    given = {**given, "engineVersion": "16.9", "monitoringInterval": 0}
    database = cloud.make(INSTANCE, "again", given)
    settled(database)
    assert database.props["dbName"] == "shop"
    assert database.props["engineVersionActual"] == "16.9"
    assert database.id != home.database.id
    database.delete()
    with pytest.raises(SandboxError, match="DBSnapshotNotFound"):
        cloud.make(INSTANCE, "never", {**given, "snapshotIdentifier": "missing"})


def test_an_instance_is_restored_to_a_moment(cloud: Cloud, home: Made) -> None:
    moment = {"sourceDbiResourceId": home.database.id, "useLatestRestorableTime": True}
    given = without(near(home, "then", restoreToPointInTime=moment), "dbName")
    database = cloud.make(INSTANCE, "then", given)
    settled(database)
    assert not database.props.get("replicateSourceDb")
    assert database.props["dbName"] == "shop"
    database.delete()
    assert home.database.refresh() == set()
    for asked, said in (
        ({**moment, "sourceDbiResourceId": "db-NOPE"}, "DBInstanceNotFound"),
        (
            {"sourceDbInstanceIdentifier": "home", "restoreTime": "2000-01-01T00:00:00Z"},
            "InvalidRestoreFault",
        ),
    ):
        with pytest.raises(SandboxError, match=said):
            cloud.make(INSTANCE, "never", {**given, "restoreToPointInTime": asked})


def test_inputs_that_rds_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    for change, name, said in (
        ({"engineVersion": "16.99"}, "engineVersion", "RDS has postgres 16.1 to 16."),
        ({"engineVersion": "9.6"}, "engineVersion", "major versions"),
        ({"instanceClass": "db.t4g.huge"}, "instanceClass", "t4g has the sizes"),
        ({"instanceClass": "t4g.small"}, "instanceClass", "must be db"),
        ({"identifier": "Two--Dashes"}, "identifier", "single hyphens"),
        ({"maxAllocatedStorage": 50}, "maxAllocatedStorage", "above allocatedStorage"),
        ({"allocatedStorage": 5}, "allocatedStorage", "between 20 and"),
        ({"iops": 4000}, "iops", "below 400 GiB"),
        ({"monitoringInterval": 45}, "monitoringInterval", "one of 0, 1, 5"),
        ({"monitoringInterval": 60}, "monitoringRoleArn", "is required"),
        ({"backupRetentionPeriod": 40}, "backupRetentionPeriod", "between 0 and 35"),
        ({"password": "short"}, "password", "8 to 128"),
        ({"username": "admin"}, "username", "reserved word"),
        ({"caCertIdentifier": "rds-ca-2019"}, "caCertIdentifier", "one of"),
        ({"enabledCloudwatchLogsExports": ["slow"]}, "enabledCloudwatchLogsExports", "no log"),
        ({"snapshotIdentifier": "s"}, "dbName", "PostgreSQL takes none"),
        ({"databaseInsightsMode": "advanced"}, "databaseInsightsMode", "465 days"),
        ({"networkType": "IPV9"}, "networkType", ""),
    ):
        found = cloud.problems(INSTANCE, inputs("x", **change))
        assert said in found.get(name, "") or not said, (change, found)
    found = cloud.problems(INSTANCE, without(inputs("x"), "manageMasterUserPassword"))
    assert "manageMasterUserPassword" in found["password"]
