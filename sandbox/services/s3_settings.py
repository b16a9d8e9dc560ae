"""S3: what is set on a bucket by one request that replaces it whole.

The bucket's owner as a guard (``expectedBucketOwner``) is not carried: the provider refuses every
account but its own already. Policy and lifecycle have files of their own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import first, grafted, made_by, spelled
from sandbox.services.s3_bucket import is_own, locks_objects

S3_KEY = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
"""What S3 encrypts with where nothing else is set."""


class BucketSetting(ResourceType):
    """One setting of one bucket; its id is the bucket's name."""

    service = "s3"
    identified = "Bucket"

    def create(self, aws: Aws, new: Props) -> str:
        """Set it on a bucket of this account."""
        bucket = str(new["bucket"])
        if not is_own(aws, bucket):
            raise SandboxError(f"s3.{self.creates}: NoSuchBucket: {bucket} is not in this account")
        self.put(aws, new)
        return bucket

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set it anew."""
        self.put(aws, new)

    def put(self, aws: Aws, new: Props) -> None:
        """Send the one request."""
        aws.call(f"s3.{self.creates}", **self.params(self.creates, new))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the setting with its bucket."""
        found = super().item(aws, id_, saved)
        return None if found is None else {**found, "Bucket": id_}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the bucket's name if the setting is as these inputs would have made it."""
        bucket = str(inputs["bucket"])
        return bucket if made_by(self, aws, bucket, inputs) else None


def _shown(operation: str, path: str) -> Describe:
    return Describe(operation, lambda bucket: {"Bucket": bucket}, path)


class BucketVersioning(BucketSetting):
    """Whether a bucket keeps old versions. ``Disabled`` needs no resource, and is not carried."""

    token = "aws:s3/bucketVersioning:BucketVersioning"
    creates = "put_bucket_versioning"
    describe = _shown("get_bucket_versioning", "@")
    inputs = {
        "bucket": same(read="Bucket"),
        "versioningConfiguration": member("VersioningConfiguration", read="Versioning"),
    }

    def put(self, aws: Aws, new: Props) -> None:
        """Set it, but not against Object Lock, which moto would allow."""
        bucket = str(new["bucket"])
        suspends = new["versioningConfiguration"].get("status") == "Suspended"
        if suspends and locks_objects(aws, bucket):
            raise SandboxError(
                "s3.put_bucket_versioning: InvalidBucketState: an Object Lock configuration is "
                f"present on {bucket}, so the versioning state cannot be changed"
            )
        super().put(aws, new)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Suspend versioning, as nothing else is possible; a bucket with Object Lock stays."""
        if not locks_objects(aws, id_):
            aws.call(
                "s3.put_bucket_versioning",
                Bucket=id_,
                VersioningConfiguration={"Status": "Suspended"},
            )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the status; AWS shows none for a bucket that never had versions."""
        if not is_own(aws, id_):
            return None
        found = super().item(aws, id_, saved) or {}
        status = {name: found[name] for name in ("Status", "MFADelete") if name in found}
        return {"Bucket": id_, "Versioning": {"Status": "Disabled", **status}}


class BucketServerSideEncryptionConfiguration(BucketSetting):
    """The key that a bucket encrypts with."""

    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    creates = "put_bucket_encryption"
    describe = _shown("get_bucket_encryption", "ServerSideEncryptionConfiguration")
    inputs = {
        "bucket": same(read="Bucket"),
        "rules": member(
            "ServerSideEncryptionConfiguration.Rules",
            encode=lambda rules: [_blocked(rule) for rule in rules],
            decode=lambda rules: [_unblocked(rule) for rule in rules],
            read="Rules",
        ),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse a key where S3's own is used."""
        rules = props.get("rules")
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            default = rule.get("applyServerSideEncryptionByDefault") or {}
            if default.get("sseAlgorithm") == "AES256" and default.get("kmsMasterKeyId"):
                yield f"rules[{index}]", "must not name a KMS key with sseAlgorithm AES256"

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Go back to S3's own key, as AWS does."""
        aws.call("s3.put_bucket_encryption", Bucket=id_, ServerSideEncryptionConfiguration=S3_KEY)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = super().item(aws, id_, saved)
        if found is not None and saved.get("rules"):
            asked = [_blocked(rule) for rule in saved["rules"]]
            found["Rules"] = grafted(found["Rules"], asked, frozenset({"blockedencryptiontypes"}))
        return found


def _blocked(rule: Any) -> Any:
    """Return a rule with the types of encryption that it blocks in AWS's form."""
    types = rule.get("blockedEncryptionTypes")
    rest = {name: value for name, value in rule.items() if name != "blockedEncryptionTypes"}
    return {**rest, "blockedEncryptionTypes": {"encryptionType": types}} if types else rest


def _unblocked(rule: Any) -> Any:
    """Return a rule as Pulumi writes it."""
    found = spelled("applyServerSideEncryptionByDefault", "sseAlgorithm", "kmsMasterKeyId")(rule)
    if "blockedEncryptionTypes" in found:
        found["blockedEncryptionTypes"] = found["blockedEncryptionTypes"]["encryptionType"]
    return found


class BucketPublicAccessBlock(BucketSetting):
    """What keeps a bucket from the public whatever its policy says."""

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    creates = "put_public_access_block"
    deletes = "delete_public_access_block"
    describe = _shown("get_public_access_block", "PublicAccessBlockConfiguration")
    inputs = {
        "blockPublicAcls": member(
            "PublicAccessBlockConfiguration.BlockPublicAcls", read="BlockPublicAcls"
        ),
        "blockPublicPolicy": member(
            "PublicAccessBlockConfiguration.BlockPublicPolicy", read="BlockPublicPolicy"
        ),
        "bucket": same(read="Bucket"),
        "ignorePublicAcls": member(
            "PublicAccessBlockConfiguration.IgnorePublicAcls", read="IgnorePublicAcls"
        ),
        "restrictPublicBuckets": member(
            "PublicAccessBlockConfiguration.RestrictPublicBuckets", read="RestrictPublicBuckets"
        ),
        "skipDestroy": kept("says how the provider deletes the block; no request carries it"),
    }

    def put(self, aws: Aws, new: Props) -> None:
        """Set all four; one that is not given is off."""
        off = {name: False for name in self.inputs if name not in {"bucket", "skipDestroy"}}
        super().put(aws, {**off, **new})

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        if old.get("skipDestroy") is not True:
            super().delete(aws, id_, old)


class BucketOwnershipControls(BucketSetting):
    """Who owns what is written to a bucket."""

    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    creates = "put_bucket_ownership_controls"
    deletes = "delete_bucket_ownership_controls"
    describe = _shown("get_bucket_ownership_controls", "OwnershipControls")
    inputs = {
        "bucket": same(read="Bucket"),
        "rule": member("OwnershipControls.Rules", read="Rules", decode=first),
    }


class BucketLogging(BucketSetting):
    """Where a bucket's access log goes.

    moto, too, wants a policy of the target bucket that lets the logging service in.
    """

    token = "aws:s3/bucketLogging:BucketLogging"
    creates = "put_bucket_logging"
    describe = _shown("get_bucket_logging", "LoggingEnabled")
    inputs = {
        "bucket": same(read="Bucket"),
        "targetBucket": member(
            "BucketLoggingStatus.LoggingEnabled.TargetBucket", read="TargetBucket"
        ),
        "targetGrants": member(
            "BucketLoggingStatus.LoggingEnabled.TargetGrants",
            read="TargetGrants",
            decode=spelled("displayName", "emailAddress", "id", "uri"),
        ),
        "targetObjectKeyFormat": member(
            "BucketLoggingStatus.LoggingEnabled.TargetObjectKeyFormat", unseen="moto drops it"
        ),
        "targetPrefix": member(
            "BucketLoggingStatus.LoggingEnabled.TargetPrefix", read="TargetPrefix"
        ),
    }

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Turn the log off: there is no request that deletes it."""
        aws.call("s3.put_bucket_logging", Bucket=id_, BucketLoggingStatus={})


class BucketObjectLockConfiguration(BucketSetting):
    """For how long no version in a bucket can be deleted."""

    token = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    creates = "put_object_lock_configuration"
    describe = _shown("get_object_lock_configuration", "ObjectLockConfiguration")
    inputs = {
        "bucket": same(read="Bucket"),
        "objectLockEnabled": member(
            "ObjectLockConfiguration.ObjectLockEnabled", read="ObjectLockEnabled"
        ),
        "rule": member("ObjectLockConfiguration.Rule", read="Rule"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Want days or years, not both."""
        rule = props.get("rule")
        if isinstance(rule, Mapping) and is_known(rule):
            default = rule.get("defaultRetention") or {}
            if bool(default.get("days")) == bool(default.get("years")):
                yield "rule.defaultRetention", "must give either days or years"

    def put(self, aws: Aws, new: Props) -> None:
        """Set it; Object Lock itself is on once the configuration exists."""
        super().put(aws, {"objectLockEnabled": "Enabled", **new})

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Take the default retention away; Object Lock itself stays for ever."""
        on = {"ObjectLockEnabled": "Enabled"}
        aws.call("s3.put_object_lock_configuration", Bucket=id_, ObjectLockConfiguration=on)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the configuration without the zero that moto puts beside days or years."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        retention = (found.get("Rule") or {}).get("DefaultRetention") or {}
        shown = {name: value for name, value in retention.items() if value}
        rule = {"Rule": {"DefaultRetention": shown}} if shown.get("Mode") else {"Rule": {}}
        return {**found, **rule}
