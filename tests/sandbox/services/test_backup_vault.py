"""Vaults and their parts through their lives on moto, and what AWS Backup refuses of them."""

import json

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, Thing, settled

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
POLICY = "aws:backup/vaultPolicy:VaultPolicy"
NOTIFICATIONS = "aws:backup/vaultNotifications:VaultNotifications"


def vault_of(cloud: Cloud, name: str) -> Thing:
    return cloud.make(VAULT, name, {"name": name, "tags": {"Name": name}})


def policy(action: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_vault_lives_changes_and_goes(cloud: Cloud) -> None:
    key = cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    inputs = {"name": "life", "kmsKeyArn": key, "forceDestroy": True, "tags": {"Name": "life"}}
    vault = cloud.make(VAULT, "life", inputs)
    settled(vault)
    assert vault.props["arn"] == "arn:aws:backup:eu-west-1:222222222222:backup-vault:life"
    assert vault.props["recoveryPoints"] == 0
    vault.update(tags={"More": "yes"}, forceDestroy=False)
    settled(vault)
    assert vault.plan(kmsKeyArn="other").replaces == {"kmsKeyArn"}
    assert vault.imported() == {"name": "life", "kmsKeyArn": key, "tags": {"More": "yes"}}
    cloud.boto3("backup").tag_resource(ResourceArn=vault.props["arn"], Tags={"Hand": "made"})
    assert vault.refresh() == {"tags"}
    vault.delete()
    assert vault.refresh() is None
    vault.delete()


def test_a_vault_without_a_key_has_awss_own(cloud: Cloud) -> None:
    vault = vault_of(cloud, "plain")
    settled(vault)
    assert ":key/" in vault.props["kmsKeyArn"]
    vault.delete()


def test_a_vault_may_be_in_another_region(cloud: Cloud) -> None:
    vault = cloud.make(VAULT, "copy", {"name": "copy", "region": "eu-central-1"})
    settled(vault)
    assert ":eu-central-1:" in vault.props["arn"]
    vault.delete()


def test_a_vault_needs_a_key_and_a_name_that_aws_takes(cloud: Cloud) -> None:
    key = "arn:aws:kms:eu-west-1:222222222222:key/none"
    with pytest.raises(SandboxError, match=r"KMS key .* does not exist"):
        cloud.make(VAULT, "keyless", {"name": "keyless", "kmsKeyArn": key})
    assert "must match" in cloud.problems(VAULT, {"name": "a vault"})["name"]


def test_a_lock_lives_and_goes(cloud: Cloud) -> None:
    vault = vault_of(cloud, "locked")
    days = {"minRetentionDays": 7, "maxRetentionDays": 365}
    lock = cloud.make(LOCK, "lock", {"backupVaultName": "locked", **days})
    settled(lock)
    assert lock.props["backupVaultArn"] == vault.props["arn"]
    assert lock.plan(minRetentionDays=8).replaces == {"minRetentionDays"}
    assert lock.imported() == lock.inputs
    backup = cloud.boto3("backup")
    backup.put_backup_vault_lock_configuration(BackupVaultName="locked", MinRetentionDays=1)
    assert lock.refresh() == {"maxRetentionDays", "minRetentionDays"}
    assert lock.found() is None
    lock.delete()
    assert lock.refresh() is None
    vault.delete()
    lock.delete()


def test_a_lock_bounds_what_can_be(cloud: Cloud) -> None:
    problems = cloud.problems(
        LOCK,
        {
            "backupVaultName": "x1",
            "minRetentionDays": 30,
            "maxRetentionDays": 7,
            "changeableForDays": 2,
        },
    )
    assert set(problems) == {"changeableForDays", "minRetentionDays"}
    with pytest.raises(SandboxError, match="not found"):
        cloud.make(LOCK, "x1", {"backupVaultName": "x1", "minRetentionDays": 1})


def test_a_policy_lives_changes_and_goes(cloud: Cloud) -> None:
    vault = vault_of(cloud, "ruled")
    first = policy("backup:DeleteRecoveryPoint")
    part = cloud.make(POLICY, "policy", {"backupVaultName": "ruled", "policy": first})
    settled(part)
    assert part.props["backupVaultArn"] == vault.props["arn"]
    part.update(policy=policy("backup:UpdateRecoveryPointLifecycle"))
    settled(part)
    assert part.imported() == part.inputs
    other = policy("backup:StartCopyJob")
    backup = cloud.boto3("backup")
    backup.put_backup_vault_access_policy(BackupVaultName="ruled", Policy=other)
    assert part.refresh() == {"policy"}
    part.delete()
    assert part.refresh() is None
    problems = cloud.problems(POLICY, {"backupVaultName": "ruled", "policy": "{}"})
    assert set(problems) == {"policy"}
    vault.delete()


def test_what_is_in_a_vault_goes_with_it(cloud: Cloud) -> None:
    vault = vault_of(cloud, "whole")
    part = cloud.make(POLICY, "policy", {"backupVaultName": "whole", "policy": policy("x:Y")})
    vault.delete()
    assert part.refresh() is None
    part.delete()
    vault_of(cloud, "whole").delete()


def test_a_vaults_tags_go_with_it(cloud: Cloud) -> None:
    vault_of(cloud, "tagged").delete()
    vault = cloud.make(VAULT, "tagged", {"name": "tagged"})
    settled(vault)
    assert vault.props["tags"] == {}
    vault.delete()


def test_notifications_live_and_go(cloud: Cloud) -> None:
    vault = vault_of(cloud, "heard")
    topic = cloud.boto3("sns").create_topic(Name="backups")["TopicArn"]
    inputs = {
        "backupVaultName": "heard",
        "snsTopicArn": topic,
        "backupVaultEvents": ["S3_BACKUP_OBJECT_FAILED", "COPY_JOB_FAILED"],
    }
    part = cloud.make(NOTIFICATIONS, "notifications", inputs)
    settled(part)
    assert part.props["backupVaultArn"] == vault.props["arn"]
    assert part.plan(backupVaultEvents=["COPY_JOB_FAILED"]).replaces == {"backupVaultEvents"}
    assert part.imported() == inputs
    cloud.boto3("backup").put_backup_vault_notifications(
        BackupVaultName="heard", SNSTopicArn=topic, BackupVaultEvents=["COPY_JOB_FAILED"]
    )
    assert part.refresh() == {"backupVaultEvents"}
    part.delete()
    assert part.refresh() is None
    for wrong, said in (
        (f"{topic}-none", "does not exist"),
        (topic.replace("eu-west-1", "us-east-1"), "not of the vault's account and region"),
    ):
        with pytest.raises(SandboxError, match=said):
            cloud.make(NOTIFICATIONS, "wrong", {**inputs, "snsTopicArn": wrong})
    unknown = cloud.problems(NOTIFICATIONS, {**inputs, "backupVaultEvents": ["RAIN"]})
    assert "must be one of" in unknown["backupVaultEvents[0]"]
    vault.delete()
