"""Buckets and their settings through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, Thing, settled, tell

BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


def a_bucket(cloud: Cloud, name: str, **more: Any) -> Thing:
    return cloud.make(BUCKET, name, {"bucket": name, "tags": {"Name": name}, **more})


def statement(bucket: str, **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/s3/*",
        **more,
    }


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_a_bucket_lives_changes_and_goes(cloud: Cloud) -> None:
    bucket = a_bucket(cloud, "life-1")
    settled(bucket)
    assert bucket.props["arn"] == "arn:aws:s3:::life-1"
    assert bucket.props["bucketRegionalDomainName"] == "life-1.s3.eu-west-1.amazonaws.com"
    assert bucket.props["hostedZoneId"] == "Z1BKCTXD74EZPE"
    bucket.update(tags={"Name": "life-1", "More": "yes"})
    settled(bucket)
    assert bucket.plan(bucket="life-2").replaces == {"bucket"}
    assert bucket.imported()["tags"] == {"Name": "life-1", "More": "yes"}
    cloud.boto3("s3").delete_bucket_tagging(Bucket=bucket.id)
    assert bucket.refresh() == {"tags"}
    bucket.delete()
    assert bucket.refresh() is None
    assert bucket.found() is None


def test_a_bucket_without_a_name_is_named_as_s3_allows(cloud: Cloud) -> None:
    bucket = cloud.make(BUCKET, "Report-Store", {})
    assert bucket.id.startswith("report-store-")
    bucket.delete()


def test_a_new_bucket_is_as_closed_as_on_aws(cloud: Cloud) -> None:
    bucket = a_bucket(cloud, "closed")
    s3 = cloud.boto3("s3")
    block = s3.get_public_access_block(Bucket="closed")["PublicAccessBlockConfiguration"]
    assert all(block.values())
    assert s3.get_bucket_encryption(Bucket="closed")
    bucket.delete()


def test_a_bucket_is_closed_and_tagged_by_the_one_request_that_makes_it(cloud: Cloud) -> None:
    tell(cloud, "faults", [{"kind": "fail", "operation": "s3.put_*", "times": 9}])
    bucket = a_bucket(cloud, "at-once")
    tell(cloud, "faults", [])
    settled(bucket)
    s3 = cloud.boto3("s3")
    block = s3.get_public_access_block(Bucket="at-once")["PublicAccessBlockConfiguration"]
    assert all(block.values())
    controls = s3.get_bucket_ownership_controls(Bucket="at-once")["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    bucket.delete()


def test_a_bucket_of_somebody_else_is_not_adopted(cloud: Cloud) -> None:
    place = {"LocationConstraint": "eu-west-1"}
    cloud.boto3("s3").create_bucket(Bucket="foreign", CreateBucketConfiguration=place)
    urn = f"urn:pulumi:test::understudy::{BUCKET}::foreign"
    assert cloud.provider.find(urn, {"bucket": "foreign", "tags": {"Name": "ours"}}) is None
    assert cloud.provider.find(urn, {"bucket": "foreign"}) is None
    cloud.boto3("s3").delete_bucket(Bucket="foreign")


def test_a_bucket_that_is_not_empty_is_not_deleted_unless_told_to(cloud: Cloud) -> None:
    bucket = a_bucket(cloud, "full")
    versions = cloud.make(
        VERSIONING, "full", {"bucket": "full", "versioningConfiguration": {"status": "Enabled"}}
    )
    s3 = cloud.boto3("s3")
    s3.put_object(Bucket="full", Key="a", Body=b"1")
    s3.put_object(Bucket="full", Key="a", Body=b"2")
    s3.delete_object(Bucket="full", Key="a")
    versions.delete()
    with pytest.raises(SandboxError, match="BucketNotEmpty"):
        bucket.delete()
    bucket.update(forceDestroy=True)
    bucket.delete()
    assert bucket.refresh() is None


def test_force_destroy_overrides_governance_but_not_compliance(cloud: Cloud) -> None:
    for name, mode in (("governed", "GOVERNANCE"), ("complied", "COMPLIANCE")):
        bucket = a_bucket(cloud, name, objectLockEnabled=True, forceDestroy=True)
        settled(bucket)
        rule = {"defaultRetention": {"mode": mode, "days": 1}}
        cloud.make(LOCK, name, {"bucket": name, "rule": rule})
        cloud.boto3("s3").put_object(Bucket=name, Key="a", Body=b"1", ChecksumAlgorithm="SHA256")
        if mode == "COMPLIANCE":
            with pytest.raises(SandboxError, match="AccessDenied"):
                bucket.delete()
        else:
            bucket.delete()


def test_a_name_that_s3_would_refuse_is_refused_in_preview(cloud: Cloud) -> None:
    for name in ("Bad_Name", "ab", "192.168.5.4", "xn--a", "two..dots"):
        assert "bucket" in cloud.problems(BUCKET, {"bucket": name}), name
    assert "neither carried nor kept" in cloud.problems(BUCKET, {"acl": "private"})["acl"]


def test_a_bucket_of_the_same_name_is_refused(cloud: Cloud) -> None:
    bucket = a_bucket(cloud, "once")
    with pytest.raises(SandboxError, match="BucketAlreadyOwnedByYou"):
        a_bucket(cloud, "once")
    bucket.delete()


def test_versioning_lives_and_is_never_taken_from_a_locked_bucket(cloud: Cloud) -> None:
    a_bucket(cloud, "versions")
    inputs = {"bucket": "versions", "versioningConfiguration": {"status": "Enabled"}}
    versions = cloud.make(VERSIONING, "versions", inputs)
    settled(versions)
    assert versions.imported() == inputs
    versions.update(versioningConfiguration={"status": "Suspended"})
    settled(versions)
    versions.update(versioningConfiguration={"status": "Enabled"})
    lock = cloud.make(
        LOCK,
        "versions",
        {"bucket": "versions", "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 3}}},
    )
    settled(lock)
    assert lock.imported()["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 3}}
    with pytest.raises(SandboxError, match="InvalidBucketState"):
        versions.update(versioningConfiguration={"status": "Suspended"})
    cloud.boto3("s3").put_object(Bucket="versions", Key="a", Body=b"1", ChecksumAlgorithm="SHA256")
    lock.update(rule={"defaultRetention": {"mode": "GOVERNANCE", "days": 5}})
    settled(lock)
    lock.delete()
    assert lock.refresh() == {"rule"}
    versions.delete()
    assert versions.refresh() == set()


def test_the_length_of_a_lock_is_given_once(cloud: Cloud) -> None:
    both = {"defaultRetention": {"mode": "GOVERNANCE", "days": 3, "years": 1}}
    problems = cloud.problems(LOCK, {"bucket": "x", "rule": both})
    assert problems == {"rule.defaultRetention": "must give either days or years"}


def test_encryption_lives_changes_and_goes_back_to_s3s_own_key(cloud: Cloud) -> None:
    a_bucket(cloud, "encrypted")
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:1:key/k"}
    rules = [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]
    encryption = cloud.make(ENCRYPTION, "encrypted", {"bucket": "encrypted", "rules": rules})
    settled(encryption)
    assert encryption.imported() == {"bucket": "encrypted", "rules": rules}
    cloud.boto3("s3").delete_bucket_encryption(Bucket="encrypted")
    assert encryption.refresh() is None
    encryption.update(rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}])
    settled(encryption)
    encryption.update(rules=[{**rules[0], "blockedEncryptionTypes": ["SSE-C"]}])
    settled(encryption)
    encryption.delete()
    assert encryption.refresh() == {"rules"}
    wrong = [{"applyServerSideEncryptionByDefault": {**default, "sseAlgorithm": "AES256"}}]
    assert "rules[0]" in cloud.problems(ENCRYPTION, {"bucket": "x", "rules": wrong})


def test_the_public_access_block_and_the_ownership_live_and_go(cloud: Cloud) -> None:
    a_bucket(cloud, "private")
    block = cloud.make(PUBLIC, "b", {"bucket": "private", "blockPublicAcls": True})
    settled(block)
    block.update(blockPublicPolicy=True, restrictPublicBuckets=True)
    settled(block)
    assert block.imported()["blockPublicPolicy"] is True
    cloud.boto3("s3").put_public_access_block(
        Bucket="private", PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    )
    assert block.refresh() == {"blockPublicPolicy", "restrictPublicBuckets"}
    block.delete()
    assert block.refresh() is None

    inputs = {"bucket": "private", "rule": {"objectOwnership": "BucketOwnerPreferred"}}
    ownership = cloud.make(OWNERSHIP, "o", inputs)
    settled(ownership)
    assert ownership.imported() == inputs
    ownership.update(rule={"objectOwnership": "BucketOwnerEnforced"})
    settled(ownership)
    ownership.delete()
    assert ownership.refresh() is None
    assert ownership.found() is None


def test_a_setting_of_a_bucket_that_is_not_there_is_refused(cloud: Cloud) -> None:
    with pytest.raises(SandboxError, match="NoSuchBucket"):
        cloud.make(PUBLIC, "b", {"bucket": "nowhere", "blockPublicAcls": True})


def test_a_policy_lives_changes_and_goes(cloud: Cloud) -> None:
    a_bucket(cloud, "ruled")
    policy = cloud.make(POLICY, "p", {"bucket": "ruled", "policy": document(statement("ruled"))})
    settled(policy)
    policy.update(policy=document(statement("ruled", Sid="Named")))
    settled(policy)
    assert json.loads(policy.imported()["policy"])["Statement"][0]["Sid"] == "Named"
    cloud.boto3("s3").put_bucket_policy(Bucket="ruled", Policy=document(statement("ruled")))
    assert policy.refresh() == {"policy"}
    public = document(statement("ruled", Principal="*"))
    with pytest.raises(SandboxError, match="AccessDenied"):
        policy.update(policy=public)
    policy.delete()
    assert policy.refresh() is None


def test_a_malformed_policy_is_refused_in_preview(cloud: Cloud) -> None:
    for text in (
        "{",
        "{}",
        document({"Effect": "Allow"}),
        document(statement("other")),
        document(statement("x", Effect="Perhaps")),
    ):
        assert (
            "MalformedPolicy" in cloud.problems(POLICY, {"bucket": "x", "policy": text})["policy"]
        )


def test_a_log_goes_only_to_a_bucket_whose_policy_lets_it_in(cloud: Cloud) -> None:
    a_bucket(cloud, "source")
    a_bucket(cloud, "target")
    inputs = {
        "bucket": "source",
        "targetBucket": "target",
        "targetPrefix": "s3/source/",
        "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}},
    }
    with pytest.raises(SandboxError, match="InvalidTargetBucketForLogging"):
        cloud.make(LOGGING, "log", inputs)
    everybody = statement("target", Effect="Deny", Principal="*", Resource="arn:aws:s3:::target/x")
    cloud.make(
        POLICY, "p", {"bucket": "target", "policy": document(everybody, statement("target"))}
    )
    logging = cloud.make(LOGGING, "log", inputs)
    settled(logging)
    assert logging.imported()["targetBucket"] == "target"
    logging.update(targetPrefix="s3/")
    settled(logging)
    logging.delete()
    assert logging.refresh() is None


RULES: list[dict[str, Any]] = [
    {
        "id": "expire",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": 365},
        "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
        "noncurrentVersionExpiration": {"noncurrentDays": 30, "newerNoncurrentVersions": 3},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    },
    {
        "id": "markers",
        "status": "Enabled",
        "filter": {"and": {"prefix": "a/", "tags": {"k": "v"}, "objectSizeGreaterThan": 500}},
        "expiration": {"expiredObjectDeleteMarker": True},
    },
]


def test_a_lifecycle_lives_changes_and_goes(cloud: Cloud) -> None:
    a_bucket(cloud, "cycle")
    lifecycle = cloud.make(
        LIFECYCLE,
        "c",
        {
            "bucket": "cycle",
            "rules": RULES,
            "transitionDefaultMinimumObjectSize": "varies_by_storage_class",
        },
    )
    settled(lifecycle)
    imported = lifecycle.imported()["rules"]
    assert imported[0]["id"] == "expire"
    assert imported[1]["filter"]["and"]["tags"] == {"k": "v"}
    lifecycle.update(rules=[{**RULES[0], "expiration": {"days": 100}}])
    settled(lifecycle)
    cloud.boto3("s3").put_bucket_lifecycle_configuration(
        Bucket="cycle",
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "expire",
                    "Status": "Disabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Days": 100},
                }
            ]
        },
    )
    assert lifecycle.refresh() == {"rules"}
    lifecycle.delete()
    assert lifecycle.refresh() is None


def test_rules_that_s3_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    def said_of(**rule: Any) -> dict[str, str]:
        whole = {"id": "r", "status": "Enabled", **rule}
        return cloud.problems(LIFECYCLE, {"bucket": "x", "rules": [whole]})

    assert "rules[0]" in said_of()
    assert "rules[0].expiration" in said_of(
        expiration={"days": 3, "expiredObjectDeleteMarker": True}
    )
    assert "rules[0].expiration.days" in said_of(expiration={"days": -1})
    assert "rules[0].transitions[0].days" in said_of(
        transitions=[{"days": 3, "storageClass": "STANDARD_IA"}]
    )
    assert "rules[0].transitions[0].days" in said_of(
        transitions=[{"days": 90, "storageClass": "GLACIER"}], expiration={"days": 60}
    )
    twice = [{"id": "r", "status": "Enabled", "expiration": {"days": 1}}] * 2
    assert "rules[1].id" in cloud.problems(LIFECYCLE, {"bucket": "x", "rules": twice})
