"""Where logs in S3 end up: access logs in one bucket, the audit trail in another.

What AWS Config records goes with the access logs: it delivers to no bucket with a lock by default
(AWS Config Developer Guide, "Considerations" of the delivery channel).

Two buckets, because AWS leaves no choice. Load balancers and S3 itself write access logs only with
S3's own key (SSE-S3), and S3 writes none to a bucket with Object Lock (Elastic Load Balancing User
Guide, "Enable access logs"; Amazon S3 User Guide, "Object Lock considerations"). The trail takes
both a KMS key and a lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.bucket import ACCESS_LOG_FOLDER, PrivateBucket, PrivateBucketArgs
from components.bucket_statements import (
    buckets_may_log,
    config_may_deliver,
    load_balancer_may_log,
    never_deleted,
    trail_may_log,
)

LOAD_BALANCER_FOLDER = "load-balancer"
"""The prefix that a load balancer must give for its access logs; no other is let in."""

CONFIG_FOLDER = "config"
"""The prefix that AWS Config must be given."""


@dataclass(frozen=True, kw_only=True)
class LogArchiveArgs:
    """What the two buckets are called, whose trail they take, and for how long."""

    account_id: str
    access_bucket_name: str
    trail_bucket_name: str
    trail_arn: str
    """The only trail that may write, as ``audit_trail.trail_arn`` gives it."""
    kms_key_arn: Input[str]
    """The trail's key; its policy needs ``key_statements.trail_may_encrypt``."""
    retention_days: int
    protect: bool
    tags: Mapping[str, str]


class LogArchive(pulumi.ComponentResource):
    """Logs that nobody can quietly delete before their time.

    The trail is locked for as long as it is kept. Access logs can't be locked, so their bucket's
    policy refuses every deletion. Where ``protect`` is set no program empties the buckets either;
    where it is not, to take the environment down takes policy, lock and logs away with it.
    """

    access_bucket: Output[str]
    access_bucket_arn: Output[str]
    trail_bucket: Output[str]
    trail_bucket_arn: Output[str]

    def __init__(
        self, name: str, args: LogArchiveArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:storage:LogArchive", name, None, opts)
        child = ResourceOptions(parent=self)

        access = PrivateBucket(
            f"{name}-access",
            PrivateBucketArgs(
                bucket_name=args.access_bucket_name,
                kms_key_arn=None,
                # It would log its own logging, without end.
                access_log_bucket=None,
                keep_days=args.retention_days,
                statements=_access_statements(args),
                protect=args.protect,
                tags=args.tags,
            ),
            opts=child,
        )
        trail = PrivateBucket(
            f"{name}-trail",
            PrivateBucketArgs(
                bucket_name=args.trail_bucket_name,
                kms_key_arn=args.kms_key_arn,
                access_log_bucket=access.name,
                keep_days=args.retention_days,
                locked_days=args.retention_days,
                statements=[
                    *trail_may_log(
                        args.trail_bucket_name,
                        account_id=args.account_id,
                        trail_arn=args.trail_arn,
                    ),
                    never_deleted(args.trail_bucket_name),
                ],
                protect=args.protect,
                tags=args.tags,
            ),
            opts=child,
        )

        self.access_bucket = access.name
        self.access_bucket_arn = access.arn
        self.trail_bucket = trail.name
        self.trail_bucket_arn = trail.arn
        self.register_outputs(
            {
                "access_bucket": self.access_bucket,
                "access_bucket_arn": self.access_bucket_arn,
                "trail_bucket": self.trail_bucket,
                "trail_bucket_arn": self.trail_bucket_arn,
            }
        )


def _access_statements(args: LogArchiveArgs) -> list[Mapping[str, object]]:
    """Return who may write access logs, and that none may delete them."""
    bucket, account = args.access_bucket_name, args.account_id
    return [
        load_balancer_may_log(bucket, account_id=account, folder=LOAD_BALANCER_FOLDER),
        buckets_may_log(bucket, account_id=account, folder=ACCESS_LOG_FOLDER),
        *config_may_deliver(bucket, account_id=account, folder=CONFIG_FOLDER),
        never_deleted(bucket),
    ]
