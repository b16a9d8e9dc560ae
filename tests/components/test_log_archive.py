"""Logs are let in from where they should come, and are not lost before their time."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.log_archive import LOAD_BALANCER_FOLDER, LogArchive, LogArchiveArgs
from tests.support.graph import Graph, once, record

BUCKET = "aws:s3/bucket:Bucket"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
POLICY = "aws:s3/bucketPolicy:BucketPolicy"

STAGING = LogArchiveArgs(
    account_id="222222222222",
    access_bucket_name="storefront-staging-222222222222-access",
    trail_bucket_name="storefront-staging-222222222222-trail",
    trail_arn="arn:aws:cloudtrail:eu-west-1:222222222222:trail/storefront-staging",
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    retention_days=365,
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, protect=True)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: LogArchiveArgs) -> Graph:
    """Build one archive offline."""
    return record(lambda: LogArchive("logs", args))


def statements(bucket: str) -> dict[str, Any]:
    """Return the statements of a bucket's policy by their names."""
    node = deploy(STAGING).one(POLICY, f"logs-{bucket}-policy")
    return {s["Sid"]: s for s in json.loads(node.inputs["policy"])["Statement"]}


def sse(graph: Graph, bucket: str) -> dict[str, Any]:
    """Return how a bucket encrypts."""
    (rule,) = graph.one(ENCRYPTION, f"logs-{bucket}-encryption").inputs["rules"]
    found: dict[str, Any] = rule["applyServerSideEncryptionByDefault"]
    return found


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_both_buckets_are_as_protected_as_was_asked(args: LogArchiveArgs) -> None:
    protected = {n.name: n.options["protect"] for n in deploy(args).of(BUCKET)}

    assert protected == {
        "logs-access-bucket": args.protect,
        "logs-trail-bucket": args.protect,
    }


@both
def test_the_trail_is_encrypted_with_its_key_and_access_logs_with_s3s(
    args: LogArchiveArgs,
) -> None:
    graph = deploy(args)

    assert sse(graph, "trail") == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": args.kms_key_arn}
    assert sse(graph, "access") == {"sseAlgorithm": "AES256"}


@both
def test_the_trail_is_locked_for_as_long_as_it_is_kept(args: LogArchiveArgs) -> None:
    lock = deploy(args).one(LOCK)

    assert lock.name == "logs-trail-lock"
    assert lock.inputs["rule"]["defaultRetention"]["days"] == args.retention_days


@both
def test_access_to_the_trail_is_recorded_beside_it(args: LogArchiveArgs) -> None:
    log = deploy(args).one(LOGGING)

    assert log.name == "logs-trail-access-log"
    assert log.inputs["targetBucket"] == args.access_bucket_name
    assert log.inputs["targetPrefix"] == f"s3/{args.trail_bucket_name}/"


@pytest.mark.parametrize("bucket", ["access", "trail"])
def test_nobody_may_delete_a_log(bucket: str) -> None:
    never = statements(bucket)["NeverDeleted"]

    assert never["Effect"] == "Deny"
    assert never["Principal"] == "*"
    assert never["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]


def test_load_balancers_write_to_their_own_folder_only() -> None:
    allowed = statements("access")["LoadBalancerMayLog"]

    assert allowed["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allowed["Resource"] == (
        f"arn:aws:s3:::{STAGING.access_bucket_name}/{LOAD_BALANCER_FOLDER}/AWSLogs/222222222222/*"
    )


def test_only_buckets_of_this_account_bring_access_logs() -> None:
    allowed = statements("access")["BucketsMayLog"]

    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Resource"] == f"arn:aws:s3:::{STAGING.access_bucket_name}/s3/*"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "222222222222"}}


def test_only_the_trail_writes_the_trail() -> None:
    for name in ("TrailMayCheckBucket", "TrailMayLog"):
        only = statements("trail")[name]["Condition"]["StringEquals"]
        assert only["aws:SourceArn"] == STAGING.trail_arn
        assert only["aws:SourceAccount"] == "222222222222"
    assert statements("trail")["TrailMayLog"]["Resource"] == (
        f"arn:aws:s3:::{STAGING.trail_bucket_name}/AWSLogs/222222222222/*"
    )


def test_nobody_else_is_let_in() -> None:
    allowed = {
        bucket: {name for name, s in statements(bucket).items() if s["Effect"] == "Allow"}
        for bucket in ("access", "trail")
    }

    assert allowed == {
        "access": {
            "BucketsMayLog",
            "ConfigMayCheckBucket",
            "ConfigMayDeliver",
            "LoadBalancerMayLog",
        },
        "trail": {"TrailMayCheckBucket", "TrailMayLog"},
    }
