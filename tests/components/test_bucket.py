"""A bucket is private, encrypted, versioned, logged and tidy whatever it is for."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.bucket import PrivateBucket, PrivateBucketArgs
from tests.support.graph import Graph, once, record

BUCKET = "aws:s3/bucket:Bucket"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

NAME = "storefront-staging-222222222222-files"
STAGING = PrivateBucketArgs(
    bucket_name=NAME,
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    access_log_bucket="storefront-staging-222222222222-access",
    keep_days=365,
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, keep_days=730, protect=True)
LOCKED = replace(STAGING, locked_days=90)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: PrivateBucketArgs) -> Graph:
    """Build one bucket offline."""
    return record(lambda: PrivateBucket("files", args))


def inputs(graph: Graph, kind: str) -> dict[str, Any]:
    """Return the inputs of the bucket's only resource of a kind, such as ``BucketVersioning``."""
    return graph.one(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}").inputs


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_nothing_can_make_it_public(args: PrivateBucketArgs) -> None:
    block = inputs(deploy(args), "BucketPublicAccessBlock")

    assert block["bucket"] == NAME
    for switch in (
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ):
        assert block[switch] is True


@both
def test_it_has_no_access_lists(args: PrivateBucketArgs) -> None:
    ownership = inputs(deploy(args), "BucketOwnershipControls")

    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@both
def test_it_is_encrypted_with_the_environments_key(args: PrivateBucketArgs) -> None:
    (rule,) = inputs(deploy(args), "BucketServerSideEncryptionConfiguration")["rules"]

    assert rule == {
        "applyServerSideEncryptionByDefault": {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": args.kms_key_arn,
        },
        "bucketKeyEnabled": True,
    }


def test_without_a_key_it_is_encrypted_with_s3s_own() -> None:
    graph = deploy(replace(STAGING, kms_key_arn=None))
    (rule,) = inputs(graph, "BucketServerSideEncryptionConfiguration")["rules"]

    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


@both
def test_it_keeps_versions_and_is_not_emptied_while_protected(args: PrivateBucketArgs) -> None:
    graph = deploy(args)

    assert inputs(graph, "BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    assert graph.one(BUCKET).inputs["forceDestroy"] is not args.protect
    assert graph.one(BUCKET).options["protect"] is args.protect


@both
def test_access_to_it_is_recorded_under_its_own_name(args: PrivateBucketArgs) -> None:
    log = deploy(args).one(LOGGING).inputs

    assert log["targetBucket"] == "storefront-staging-222222222222-access"
    assert log["targetPrefix"] == f"s3/{NAME}/"


def test_only_the_bucket_of_access_logs_is_not_recorded() -> None:
    assert deploy(replace(STAGING, access_log_bucket=None)).of(LOGGING) == []


@both
def test_what_is_old_expires_and_unfinished_uploads_go(args: PrivateBucketArgs) -> None:
    expire, markers = deploy(args).one(LIFECYCLE).inputs["rules"]

    assert expire["status"] == markers["status"] == "Enabled"
    assert expire["filter"] == markers["filter"] == {"prefix": ""}
    assert expire["expiration"] == {"days": args.keep_days}
    assert expire["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert expire["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert markers["expiration"] == {"expiredObjectDeleteMarker": True}


@both
def test_plain_http_and_old_tls_are_refused(args: PrivateBucketArgs) -> None:
    plain, old = json.loads(inputs(deploy(args), "BucketPolicy")["policy"])["Statement"]

    for statement in (plain, old):
        assert statement["Effect"] == "Deny"
        assert statement["Principal"] == "*"
        assert statement["Action"] == "s3:*"
        assert statement["Resource"] == [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"]
    assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert old["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def test_extra_statements_come_after_those_that_always_hold() -> None:
    graph = deploy(replace(STAGING, statements=[{"Sid": "Extra"}]))
    policy = json.loads(inputs(graph, "BucketPolicy")["policy"])

    assert [s["Sid"] for s in policy["Statement"]] == ["OnlyByTls", "OnlyByModernTls", "Extra"]


def test_a_lock_keeps_every_version_for_its_days() -> None:
    graph = deploy(LOCKED)

    assert graph.one(BUCKET).inputs["objectLockEnabled"] is True
    assert graph.one(LOCK).inputs["rule"] == {
        "defaultRetention": {"mode": "GOVERNANCE", "days": 90}
    }
    assert any(urn.endswith("::files-versions") for urn in graph.one(LOCK).options["dependencies"])


def test_without_a_lock_there_is_none() -> None:
    graph = deploy(STAGING)

    assert graph.one(BUCKET).inputs["objectLockEnabled"] is False
    assert graph.of(LOCK) == []


def test_its_name_is_known_only_once_its_policy_is_in_place() -> None:
    def program() -> None:
        first = PrivateBucket("first", replace(STAGING, bucket_name="first-bucket"))
        PrivateBucket("second", replace(STAGING, access_log_bucket=first.name))

    log = record(program).one(LOGGING, "second-access-log")
    links = log.options["propertyDependencies"]["targetBucket"]

    assert log.inputs["targetBucket"] == "first-bucket"
    assert {urn.rsplit("::", 1)[-1] for urn in links} == {"first-bucket", "first-policy"}


def test_the_bucket_is_tagged_with_its_own_name() -> None:
    assert deploy(STAGING).one(BUCKET).inputs["tags"] == {
        "Owner": "platform",
        "Component": "files",
        "Name": "files-bucket",
    }


@pytest.mark.parametrize("name", ["ab", "Upper", "dotted.name", "-first", "a" * 64])
def test_a_name_that_s3_would_refuse_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"bucket_name must be .*, got"):
        replace(STAGING, bucket_name=name)


@pytest.mark.parametrize("days", [0, 366])
def test_a_lock_that_outlasts_what_it_protects_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match=rf"between 1 and keep_days \(365\), got {days}"):
        replace(STAGING, locked_days=days)


def test_keeping_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="keep_days must be at least 1, got 0"):
        replace(STAGING, keep_days=0)
    with pytest.raises(ValueError, match="superseded_days must be at least 1, got 0"):
        replace(STAGING, superseded_days=0)
