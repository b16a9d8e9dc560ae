"""Secrets, their values and their rotation through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.foundations import a_function, a_key, a_role

ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  (a type)
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
VALUE = "hunter2-hunter2"


def a_secret(cloud: Cloud, name: str, **more: Any) -> Thing:
    return cloud.make(SECRET, name, {"name": name, "tags": {"Name": name}, **more})


def test_a_secret_lives_changes_and_goes(cloud: Cloud) -> None:
    key = a_key(cloud)
    policy: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:DeleteSecret",
                "Resource": "*",
            }
        ],
    }
    secret = a_secret(
        cloud,
        "life",
        description="first",
        kmsKeyId=key,
        policy=json.dumps(policy),
        recoveryWindowInDays=7,
    )
    settled(secret)
    assert secret.props["arn"] == secret.id
    policy["Statement"][0]["Sid"] = "NeverDeleted"
    secret.update(description="second", policy=json.dumps(policy), tags={"More": "yes"})
    settled(secret)
    secret.update(description=None, kmsKeyId=None)
    settled(secret)
    imported = secret.imported()
    assert imported["name"] == "life"
    assert "description" not in imported
    assert secret.plan(name="other").replaces == {"name"}
    secret.delete()
    assert secret.refresh() is None
    assert secret.found() is None
    with pytest.raises(SandboxError, match="scheduled for deletion"):
        a_secret(cloud, "life")


def test_a_secret_without_recovery_goes_at_once(cloud: Cloud) -> None:
    for _ in range(2):
        secret = a_secret(cloud, "brief", recoveryWindowInDays=0)
        secret.delete()
    problems = cloud.problems(SECRET, {"name": "x", "recoveryWindowInDays": 3})
    assert problems == {"recoveryWindowInDays": "must be 0 or between 7 and 30, got 3"}


def test_what_was_changed_by_hand_in_a_secret_is_found(cloud: Cloud) -> None:
    secret = a_secret(cloud, "drift", description="ours")
    client = cloud.boto3("secretsmanager")
    client.update_secret(SecretId=secret.id, Description="theirs")
    client.tag_resource(SecretId=secret.id, Tags=[{"Key": "Hand", "Value": "made"}])
    assert secret.refresh() == {"description", "tags"}


def test_a_secret_is_copied_to_other_regions(cloud: Cloud) -> None:
    secret = a_secret(cloud, "copied", replicas=[{"region": "eu-central-1"}])
    settled(secret)
    assert secret.imported()["replicas"][0]["region"] == "eu-central-1"
    secret.update(replicas=[{"region": "eu-west-2"}])
    settled(secret)
    secret.delete()
    assert secret.refresh() is None


def test_a_secret_wants_a_key_that_exists(cloud: Cloud) -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(SandboxError, match="does not exist"):
        a_secret(cloud, "keyless", kmsKeyId=key)


def test_a_value_lives_and_is_replaced(cloud: Cloud) -> None:
    secret = a_secret(cloud, "valued", description="what it is for")
    first = cloud.make(VERSION, "v", {"secretId": secret.id, "secretString": VALUE})
    settled(first)
    assert first.id == f"{secret.id}|{first.props['versionId']}"
    assert first.imported()["secretString"] == VALUE
    assert first.plan(secretString="other").replaces == {"secretString"}
    second = cloud.make(VERSION, "v", {"secretId": secret.id, "secretString": "other"})
    settled(second)
    settled(secret)
    assert first.found() is None
    first.delete()
    assert first.refresh() is None
    shown = cloud.boto3("secretsmanager").get_secret_value(SecretId=secret.id)
    assert shown["SecretString"] == "other"
    second.delete()
    assert second.refresh() == set(), "AWSCURRENT stays as long as the secret"
    secret.delete()
    assert second.refresh() is None
    assert second.found() is None


def test_a_stage_of_the_teams_own_outlives_a_newer_value(cloud: Cloud) -> None:
    secret = a_secret(cloud, "staged")
    blue = cloud.make(
        VERSION,
        "blue",
        {
            "secretId": secret.id,
            "secretString": VALUE,
            "versionStages": ["AWSCURRENT", "blue"],
        },
    )
    settled(blue)
    green = cloud.make(VERSION, "green", {"secretId": secret.id, "secretString": "green"})
    stages = cloud.boto3("secretsmanager").describe_secret(SecretId=secret.id)["VersionIdsToStages"]
    assert "blue" in stages[blue.props["versionId"]]
    green.update(versionStages=["AWSCURRENT", "blue"])
    settled(green)
    green.update(versionStages=["AWSCURRENT"])
    settled(green)


def test_a_binary_value_is_carried_as_base64(cloud: Cloud) -> None:
    secret = a_secret(cloud, "binary")
    version = cloud.make(VERSION, "b", {"secretId": secret.id, "secretBinary": "AAEC"})
    settled(version)
    assert version.imported()["secretBinary"] == "AAEC"


def test_no_message_holds_a_value(cloud: Cloud) -> None:
    gone = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:gone-AAAAAA"
    said: list[str] = []
    tried: list[dict[str, Any]] = [
        {"secretId": gone, "secretString": VALUE},
        {"secretId": gone, "secretString": VALUE, "versionStages": ["x" * 300]},
        {"secretId": gone, "secretString": [VALUE]},
        {"secretId": gone, "secretString": VALUE * 10_000},
        {"secretId": gone, "secretString": VALUE, "secretBinary": "AA"},
        {"secretId": gone, "secretBinary": VALUE + "é"},
    ]
    for inputs in tried:
        problems = cloud.problems(VERSION, inputs)
        said += problems.values()
        if not problems:
            with pytest.raises(SandboxError) as caught:
                cloud.make(VERSION, "v", inputs)
            said.append(str(caught.value))
    assert len(said) >= 6
    assert not [text for text in said if VALUE in text]
    assert cloud.provider.secrets(f"urn:pulumi:t::p::{VERSION}::v") >= {"secretString"}


def test_a_rotation_lives_changes_and_goes(cloud: Cloud) -> None:
    function = a_function(cloud, "rotate", a_role(cloud, "rotating", "lambda.amazonaws.com"))
    secret = a_secret(cloud, "rotated")
    cloud.make(VERSION, "v", {"secretId": secret.id, "secretString": VALUE})
    rotation = cloud.make(
        ROTATION,
        "r",
        {
            "secretId": secret.id,
            "rotationLambdaArn": function,
            "rotateImmediately": False,
            "rotationRules": {"scheduleExpression": "rate(10 days)", "duration": "3h"},
        },
    )
    settled(rotation)
    rotation.update(rotationRules={"automaticallyAfterDays": 30})
    settled(rotation)
    assert rotation.imported()["rotationRules"] == {"automaticallyAfterDays": 30}
    rotation.update(rotateImmediately=True)
    client = cloud.boto3("secretsmanager")
    assert client.get_secret_value(SecretId=secret.id)["SecretString"] == VALUE
    assert len(client.list_secret_version_ids(SecretId=secret.id)["Versions"]) == 1
    client.cancel_rotate_secret(SecretId=secret.id)
    assert rotation.refresh() is None
    rotation.update(rotationRules={"automaticallyAfterDays": 31})
    rotation.delete()
    assert rotation.refresh() is None


def test_only_a_managed_secret_rotates_without_a_function(cloud: Cloud) -> None:
    secret = a_secret(cloud, "manual")
    rules = {"automaticallyAfterDays": 30}
    with pytest.raises(SandboxError, match="needs a Lambda function"):
        cloud.make(ROTATION, "r", {"secretId": secret.id, "rotationRules": rules})
    made = cloud.boto3("rds").create_db_instance(
        DBInstanceIdentifier="managed",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="owner",
        ManageMasterUserPassword=True,
    )
    arn = made["DBInstance"]["MasterUserSecret"]["SecretArn"]
    rotation = cloud.make(ROTATION, "m", {"secretId": arn, "rotationRules": rules})
    settled(rotation)
    assert cloud.boto3("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    rotation.delete()
    both = {**rules, "scheduleExpression": "rate(1 day)"}
    assert "rotationRules" in cloud.problems(ROTATION, {"secretId": arn, "rotationRules": both})
