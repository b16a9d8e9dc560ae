"""A private S3 bucket: encrypted, versioned, logged, reached by TLS only, tidied by itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import s3

from components.bucket_statements import always_by_tls
from components.known_once import known_once
from components.policy_documents import Statement, policy_document
from components.tags import child_tags

ACCESS_LOG_FOLDER = "s3"
"""Where server access logs go in the bucket that keeps them: ``s3/<bucket>/``."""
UNFINISHED_UPLOAD_DAYS = 7
BUCKET_NAME = r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
"""Amazon S3 User Guide, "General purpose bucket naming rules", without dots: they break TLS."""


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """What the bucket is called, how long it keeps things and who else may use it."""

    bucket_name: str
    """With the account's number in it: the name is in every policy, and no stranger has it."""
    kms_key_arn: Input[str] | None
    """None means S3's own key, for writers that know no other: see ``LogArchive``."""
    access_log_bucket: Input[str] | None
    """The bucket that records access to this one; None only for that bucket itself."""
    keep_days: int
    """Days until an object's current version expires."""
    superseded_days: int = 30
    """Days that a version is kept after it was overwritten, deleted or expired."""
    locked_days: int | None = None
    """Days that no version can be deleted or overwritten; None means no Object Lock."""
    statements: Sequence[Statement] = ()
    protect: bool
    """Whether neither the engine nor the provider may delete the bucket and what is in it."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a name that S3 would refuse, and a lock that outlasts what it protects."""
        if not re.fullmatch(BUCKET_NAME, self.bucket_name):
            raise ValueError(
                "bucket_name must be 3 to 63 lower-case letters, digits and hyphens, "
                f"got {self.bucket_name!r}"
            )
        for field in ("keep_days", "superseded_days"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} must be at least 1, got {getattr(self, field)}")
        if self.locked_days is not None and not 1 <= self.locked_days <= self.keep_days:
            raise ValueError(
                f"locked_days must be between 1 and keep_days ({self.keep_days}), "
                f"got {self.locked_days}"
            )


class PrivateBucket(pulumi.ComponentResource):
    """A bucket that no setting can make public, and that is not emptied while it is protected.

    ``name`` and ``arn`` become known once the policy is in place, so that a service which checks
    at once whether it may write finds that it may.
    """

    name: Output[str]
    arn: Output[str]

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:storage:PrivateBucket", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)

        self._bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=args.bucket_name,
            # What may be deleted is emptied first, locked versions too.
            force_destroy=not args.protect,
            # Object Lock can be chosen for a new bucket only; it turns versioning on.
            object_lock_enabled=args.locked_days is not None,
            tags=child_tags(args.tags, name, f"{name}-bucket"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        policy = self._keep_private()
        self._encrypt()
        self._keep_versions()
        if args.access_log_bucket is not None:
            s3.BucketLogging(
                f"{name}-access-log",
                bucket=self._bucket.bucket,
                target_bucket=args.access_log_bucket,
                target_prefix=f"{ACCESS_LOG_FOLDER}/{args.bucket_name}/",
                opts=self._child,
            )

        self.name = known_once(self._bucket.bucket, policy.id)
        self.arn = known_once(self._bucket.arn, policy.id)
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _keep_private(self) -> s3.BucketPolicy:
        block = s3.BucketPublicAccessBlock(
            f"{self._name}-no-public-access",
            bucket=self._bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        ownership = s3.BucketOwnershipControls(
            f"{self._name}-ownership",
            bucket=self._bucket.bucket,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._child,
        )
        return s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self._bucket.bucket,
            policy=policy_document(*always_by_tls(self._args.bucket_name), *self._args.statements),
            # S3 refuses some changes to one bucket at the same time (OperationAborted).
            opts=ResourceOptions(parent=self, depends_on=[block, ownership]),
        )

    def _encrypt(self) -> None:
        own_key = self._args.kms_key_arn
        s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self._bucket.bucket,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="AES256" if own_key is None else "aws:kms",
                        kms_master_key_id=own_key,
                    ),
                    # One request to KMS for many objects instead of one for each.
                    bucket_key_enabled=own_key is not None,
                )
            ],
            opts=self._child,
        )

    def _keep_versions(self) -> None:
        versioning = s3.BucketVersioning(
            f"{self._name}-versions",
            bucket=self._bucket.bucket,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled"
            ),
            opts=self._child,
        )
        after_versioning = ResourceOptions(parent=self, depends_on=[versioning])
        s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=self._bucket.bucket,
            rules=_lifecycle(self._args),
            opts=after_versioning,
        )
        if self._args.locked_days is not None:
            # Governance: a role with s3:BypassGovernanceRetention can still undo a mistake, and
            # staging can be taken down. The audit trail records each use.
            s3.BucketObjectLockConfiguration(
                f"{self._name}-lock",
                bucket=self._bucket.bucket,
                rule=s3.BucketObjectLockConfigurationRuleArgs(
                    default_retention=s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                        mode="GOVERNANCE", days=self._args.locked_days
                    )
                ),
                opts=after_versioning,
            )


def _lifecycle(args: PrivateBucketArgs) -> list[s3.BucketLifecycleConfigurationRuleArgs]:
    """Return the rules for the whole bucket.

    S3 takes no expiry of delete markers in a rule that also counts days, hence the second.
    """
    whole = s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    return [
        s3.BucketLifecycleConfigurationRuleArgs(
            id="expire",
            status="Enabled",
            filter=whole,
            expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.keep_days),
            noncurrent_version_expiration=(
                s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=args.superseded_days
                )
            ),
            abort_incomplete_multipart_upload=(
                s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=UNFINISHED_UPLOAD_DAYS
                )
            ),
        ),
        s3.BucketLifecycleConfigurationRuleArgs(
            id="drop-lone-delete-markers",
            status="Enabled",
            filter=whole,
            expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(
                expired_object_delete_marker=True
            ),
        ),
    ]
