"""Keys and aliases through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"


def statement(principal: str = f"arn:aws:iam::{ACCOUNT}:root", **more: Any) -> dict[str, Any]:
    whole = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    return {**whole, "Principal": {"AWS": principal}, **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_key(cloud: Cloud, name: str, **more: Any) -> Thing:
    inputs = {"description": name, "policy": policy(statement()), "tags": {"Name": name}}
    return cloud.make(KEY, name, {**inputs, **more})


def test_a_key_lives_changes_and_goes(cloud: Cloud) -> None:
    key = make_key(cloud, "life", enableKeyRotation=True, deletionWindowInDays=7)
    settled(key)
    assert key.props["arn"] == f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{key.id}"
    assert key.props["keyId"] == key.id
    assert key.props["rotationPeriodInDays"] == 365
    key.update(
        description="other words",
        rotationPeriodInDays=180,
        isEnabled=False,
        policy=policy(statement(Sid="Other")),
        tags={"Name": "life", "More": "yes"},
    )
    settled(key)
    key.update(isEnabled=True, enableKeyRotation=False, rotationPeriodInDays=None)
    settled(key)
    assert key.plan(keyUsage="SIGN_VERIFY").replaces == {"keyUsage"}
    assert key.imported()["description"] == "other words"
    kms = cloud.boto3("kms")
    kms.update_key_description(KeyId=key.id, Description="by hand")
    kms.enable_key_rotation(KeyId=key.id)
    kms.put_key_policy(KeyId=key.id, PolicyName="default", Policy=policy(statement()))
    assert key.refresh() == {"description", "enableKeyRotation", "policy"}
    key.delete()
    assert key.refresh() is None
    assert key.found() is None
    assert kms.describe_key(KeyId=key.id)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_a_key_may_be_in_another_region(cloud: Cloud) -> None:
    signing = {"customerMasterKeySpec": "ECC_NIST_P256", "keyUsage": "SIGN_VERIFY"}
    key = make_key(cloud, "signing", region="us-east-1", **signing)
    settled(key)
    assert ":us-east-1:" in key.props["arn"]
    alias = cloud.make(
        ALIAS, "signing", {"name": "alias/signing", "targetKeyId": key.id, "region": "us-east-1"}
    )
    settled(alias)
    assert alias.props["targetKeyArn"] == key.props["arn"]
    shown = cloud.boto3("kms", "us-east-1").describe_key(KeyId=key.id)["KeyMetadata"]
    assert shown["KeySpec"] == "ECC_NIST_P256"
    alias.delete()
    key.delete()
    assert key.refresh() is None


def test_a_key_that_kms_would_refuse_is_refused_in_preview(cloud: Cloud) -> None:
    def problems(**inputs: Any) -> set[str]:
        return set(cloud.problems(KEY, inputs))

    assert problems(policy="{not json") == {"policy"}
    assert problems(deletionWindowInDays=3) == {"deletionWindowInDays"}
    assert problems(rotationPeriodInDays=10) == {"rotationPeriodInDays"}
    ecc = "ECC_NIST_P256"
    assert problems(customerMasterKeySpec=ecc) == {"keyUsage"}
    signing = {"customerMasterKeySpec": ecc, "keyUsage": "SIGN_VERIFY"}
    assert problems(**signing, enableKeyRotation=True) == {"enableKeyRotation"}
    assert problems(**signing, enableKeyRotation=False) == set()
    assert problems(customerMasterKeySpec="DES") == {"customerMasterKeySpec"}


def test_a_policy_that_locks_everybody_out_is_refused(cloud: Cloud) -> None:
    reads = statement(Action="kms:Decrypt")
    with pytest.raises(SandboxError, match="lockout"):
        make_key(cloud, "locked", policy=policy(reads))
    nobody = statement(f"arn:aws:iam::{ACCOUNT}:role/nobody")
    with pytest.raises(SandboxError, match="role/nobody does not exist"):
        make_key(cloud, "nobody", policy=policy(statement(), nobody))
    key = make_key(cloud, "bold", policy=policy(reads), bypassPolicyLockoutSafetyCheck=True)
    settled(key)
    key.delete()


def test_an_alias_lives_moves_and_goes(cloud: Cloud) -> None:
    one, two = make_key(cloud, "one"), make_key(cloud, "two")
    alias = cloud.make(ALIAS, "named", {"name": "alias/named", "targetKeyId": one.props["arn"]})
    settled(alias)
    assert alias.id == "alias/named"
    assert alias.props["arn"].endswith(":alias/named")
    alias.update(targetKeyId=two.id)
    settled(alias)
    assert alias.props["targetKeyArn"] == two.props["arn"]
    cloud.boto3("kms").update_alias(AliasName="alias/named", TargetKeyId=one.id)
    assert alias.refresh() == {"targetKeyId"}
    assert alias.imported()["targetKeyId"] == one.id
    alias.delete()
    assert alias.refresh() is None
    one.delete()
    with pytest.raises(SandboxError, match="is being deleted"):
        cloud.make(ALIAS, "late", {"name": "alias/late", "targetKeyId": one.id})
    unnamed = cloud.make(ALIAS, "unnamed", {"targetKeyId": two.id})
    assert unnamed.id.startswith("alias/unnamed-")
    unnamed.delete()
    two.delete()
    assert set(cloud.problems(ALIAS, {"name": "named", "targetKeyId": "x"})) == {"name"}
