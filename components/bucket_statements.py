"""Statements of bucket policies, for buckets known by name."""

from components.policy_documents import Statement

OLDEST_TLS = "1.2"


def always_by_tls(bucket_name: str) -> list[Statement]:
    """Return the refusal of plain HTTP and of TLS older than 1.2."""
    everything = [_bucket(bucket_name), f"{_bucket(bucket_name)}/*"]
    refused = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything}
    return [
        {
            "Sid": "OnlyByTls",
            **refused,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "OnlyByModernTls",
            **refused,
            "Condition": {"NumericLessThan": {"s3:TlsVersion": OLDEST_TLS}},
        },
    ]


def never_deleted(bucket_name: str) -> Statement:
    """Return the refusal to delete anything, for everyone.

    Expiry still works: lifecycle rules are not bound by bucket policies (Amazon S3 User Guide,
    "Managing the lifecycle of objects"). To empty the bucket a person must first change its
    policy, which the audit trail records.
    """
    return {
        "Sid": "NeverDeleted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        "Resource": f"{_bucket(bucket_name)}/*",
    }


def load_balancer_may_log(bucket_name: str, *, account_id: str, folder: str) -> Statement:
    """Return what an Application Load Balancer of this account needs for its access logs.

    Source: Elastic Load Balancing User Guide, "Enable access logs for your Application Load
    Balancer". The path holds the owner's account, so no other account's logs get in.
    """
    return {
        "Sid": "LoadBalancerMayLog",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{_bucket(bucket_name)}/{folder}/AWSLogs/{account_id}/*",
    }


def buckets_may_log(bucket_name: str, *, account_id: str, folder: str) -> Statement:
    """Return what S3 needs to bring the access logs of this account's buckets.

    Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging".
    """
    return {
        "Sid": "BucketsMayLog",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{_bucket(bucket_name)}/{folder}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }


def trail_may_log(bucket_name: str, *, account_id: str, trail_arn: str) -> list[Statement]:
    """Return what CloudTrail needs to write one trail.

    Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    """
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    own_trail = {"aws:SourceArn": trail_arn, "aws:SourceAccount": account_id}
    return [
        {
            "Sid": "TrailMayCheckBucket",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "s3:GetBucketAcl",
            "Resource": _bucket(bucket_name),
            "Condition": {"StringEquals": own_trail},
        },
        {
            "Sid": "TrailMayLog",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "s3:PutObject",
            "Resource": f"{_bucket(bucket_name)}/AWSLogs/{account_id}/*",
            "Condition": {
                "StringEquals": {**own_trail, "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        },
    ]


def config_may_deliver(bucket_name: str, *, account_id: str, folder: str) -> list[Statement]:
    """Return what AWS Config needs to deliver what it records of this account.

    Source: AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config
    Delivery Channel", where AWS Config writes with its service-linked role.
    """
    config = {"Service": "config.amazonaws.com"}
    own = {"aws:SourceAccount": account_id}
    return [
        {
            "Sid": "ConfigMayCheckBucket",
            "Effect": "Allow",
            "Principal": config,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": _bucket(bucket_name),
            "Condition": {"StringEquals": own},
        },
        {
            "Sid": "ConfigMayDeliver",
            "Effect": "Allow",
            "Principal": config,
            "Action": "s3:PutObject",
            "Resource": f"{_bucket(bucket_name)}/{folder}/AWSLogs/{account_id}/Config/*",
            "Condition": {"StringEquals": {**own, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    ]


def _bucket(bucket_name: str) -> str:
    """Return the bucket's ARN."""
    return f"arn:aws:s3:::{bucket_name}"
