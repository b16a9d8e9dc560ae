"""Statements of key policies, each as the AWS documentation of its service asks.

Services that act with a role's own permissions need none: RDS, ECS, ECR, Secrets Manager, S3, and
AWS Backup within the account. In a key policy ``Resource`` is ``*`` and means this key alone.
"""

from components.policy_documents import Statement

USE = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
]


def account_may_administer(account_id: str) -> Statement:
    """Return the statement without which IAM has no say over the key.

    Source: AWS KMS Developer Guide, "Default key policy".
    """
    return {
        "Sid": "AccountMayAdminister",
        "Effect": "Allow",
        "Principal": {"AWS": _root(account_id)},
        "Action": "kms:*",
        "Resource": "*",
    }


def logs_may_encrypt(*, account_id: str, region: str) -> Statement:
    """Return what CloudWatch Logs needs for this account's log groups of the key's region.

    Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    """
    return {
        "Sid": "LogsMayEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
        "Action": USE,
        "Resource": "*",
        "Condition": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": (
                    f"arn:aws:logs:{region}:{account_id}:log-group:*"
                )
            }
        },
    }


def trail_may_encrypt(*, account_id: str, trail_arn: str) -> list[Statement]:
    """Return what CloudTrail needs to write one trail, encrypted, to a bucket with a bucket key.

    Source: AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    """
    own_trail = {"aws:SourceArn": trail_arn, "aws:SourceAccount": account_id}
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    return [
        {
            "Sid": "TrailMayEncrypt",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
            "Condition": {
                "StringEquals": own_trail,
                "StringLike": {
                    "kms:EncryptionContext:aws:cloudtrail:arn": (
                        f"arn:aws:cloudtrail:*:{account_id}:trail/*"
                    )
                },
            },
        },
        {
            "Sid": "TrailMayCheckKey",
            "Effect": "Allow",
            "Principal": cloudtrail,
            # Decrypt is asked for where the bucket has an S3 Bucket Key, as ours do.
            "Action": ["kms:DescribeKey", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringEquals": own_trail},
        },
    ]


def account_may_take_copies(account_id: str) -> list[Statement]:
    """Return what another account needs to copy backups or snapshots made with the key.

    Source: AWS Backup Developer Guide, "Encryption for copies of a backup to a different account
    or AWS Region". Grants are for AWS services only.
    """
    return [
        {
            "Sid": f"Account{account_id}MayUseCopies",
            "Effect": "Allow",
            "Principal": {"AWS": _root(account_id)},
            "Action": USE,
            "Resource": "*",
        },
        {
            "Sid": f"Account{account_id}MayGrantToServices",
            "Effect": "Allow",
            "Principal": {"AWS": _root(account_id)},
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def _root(account_id: str) -> str:
    """Return the principal that stands for a whole account."""
    return f"arn:aws:iam::{account_id}:root"
