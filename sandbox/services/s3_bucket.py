"""S3: the bucket itself. Its settings are types of their own: ``s3_settings``, ``s3_policy``.

The settings that once stood inside the bucket (``versioning``, ``acl``, ``lifecycleRules`` ...) are
deprecated and not carried.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, by, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.ec2_tags import tag_list, tag_map

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
RESERVED = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", ".mrap", "--x-s3")
"""Prefixes and suffixes that S3 keeps (Amazon S3 User Guide, "Bucket naming rules")."""

AT_ONCE = 1000
"""Objects of one DeleteObjects request (Amazon S3 API Reference)."""

HOSTED_ZONES: Mapping[str, str] = {
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}
"""Zones of S3's website endpoints (AWS General Reference, "Amazon S3 website endpoints")."""


def is_own(aws: Aws, bucket: str) -> bool:
    """Return whether the account has the bucket; moto lets every account at every bucket."""
    own = aws.call("s3.list_buckets", Prefix=bucket)["Buckets"]
    return any(item["Name"] == bucket for item in own)


def locks_objects(aws: Aws, bucket: str) -> bool:
    """Return whether Object Lock is on for the bucket."""
    path = "ObjectLockConfiguration.ObjectLockEnabled"
    found = aws.find("s3.get_object_lock_configuration", path, Bucket=bucket)
    return bool(found == "Enabled")


class Bucket(ResourceType):
    """A bucket as AWS makes it today: encrypted, without ACLs, closed to the public."""

    token = "aws:s3/bucket:Bucket"
    service = "s3"
    creates = "create_bucket"
    autoname = Autoname("bucket", longest=63, lower=True)
    inputs = {
        "bucket": same(),
        "forceDestroy": kept("says how the provider deletes a bucket; no request carries it"),
        "objectLockEnabled": member("ObjectLockEnabledForBucket", read="ObjectLockEnabled"),
        "tags": by(
            "put_bucket_tagging",
            "Tagging.TagSet",
            encode=tag_list,
            decode=tag_map,
            read="Tags",
            exact=True,
        ),
    }
    outputs = {"bucketRegion": "Region"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Hold the name to the rules that no model of AWS's states."""
        name = props.get("bucket")
        if not isinstance(name, str):
            return
        prefixes, suffixes = RESERVED
        if not NAME.fullmatch(name) or ".." in name or re.fullmatch(r"(\d+\.){3}\d+", name):
            yield (
                "bucket",
                "must be 3 to 63 lower-case letters, digits, hyphens and single dots, "
                "and begin and end with a letter or digit",
            )
        elif name.startswith(prefixes) or name.endswith(suffixes):
            yield "bucket", f"must not begin or end like S3's own names: {RESERVED}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the bucket where the provider is, and tagged from the first: so it is known."""
        name = str(new["bucket"])
        if is_own(aws, name):
            # us-east-1 would answer 200, and the bucket of somebody else would be taken over.
            raise SandboxError(f"s3.create_bucket: BucketAlreadyOwnedByYou: {name}")
        params = self.params("create_bucket", new)
        configuration: dict[str, Any] = {}
        if aws.region != "us-east-1":
            configuration["LocationConstraint"] = aws.region
        if new.get("tags"):
            configuration["Tags"] = tag_list(new["tags"])
        if configuration:
            params["CreateBucketConfiguration"] = configuration
        aws.call("s3.create_bucket", **params)
        return name

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Replace the tags; nothing else of a bucket itself can change."""
        if "tags" not in changed:
            return
        if new.get("tags"):
            aws.call("s3.put_bucket_tagging", Bucket=id_, Tagging={"TagSet": tag_list(new["tags"])})
        else:
            aws.call("s3.delete_bucket_tagging", Bucket=id_)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the bucket; with ``forceDestroy`` also every version of everything in it."""
        if old.get("forceDestroy") is True:
            _empty(aws, id_)
        aws.call("s3.delete_bucket", Bucket=id_)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the bucket with its tags, its region and whether it locks objects."""
        if not is_own(aws, id_):
            return None
        region = aws.find("s3.get_bucket_location", "LocationConstraint", Bucket=id_)
        return {
            "Bucket": id_,
            "Region": region or "us-east-1",
            "ObjectLockEnabled": locks_objects(aws, id_),
            "Tags": aws.find("s3.get_bucket_tagging", "TagSet", Bucket=id_) or [],
        }

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the names under which the bucket is reached."""
        region = props["bucketRegion"]
        found = {
            "arn": aws.arn("s3", id_, region=False, account=False),
            "bucketDomainName": f"{id_}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id_}.s3.{region}.amazonaws.com",
        }
        if region in HOSTED_ZONES:
            found["hostedZoneId"] = HOSTED_ZONES[region]
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the bucket of the name, if it has our tags: it was made with them.

        One without tags may be anybody's, and what is adopted may be emptied one day.
        """
        if not inputs.get("tags"):
            return None
        name = str(inputs["bucket"])
        found = self.read(aws, name, {})
        return name if found is not None and found["tags"] == inputs["tags"] else None


def _empty(aws: Aws, bucket: str) -> None:
    """Delete every version and every delete marker, also those under governance retention."""
    bypass = {"BypassGovernanceRetention": True} if locks_objects(aws, bucket) else {}
    while True:
        page = aws.call("s3.list_object_versions", Bucket=bucket, MaxKeys=AT_ONCE)
        objects = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]
        if not objects:
            return
        for start in range(0, len(objects), AT_ONCE):
            part = {"Objects": objects[start : start + AT_ONCE], "Quiet": True}
            answer = aws.call("s3.delete_objects", Bucket=bucket, Delete=part, **bypass)
            for error in answer.get("Errors", []):
                raise SandboxError(
                    f"s3.delete_objects: {error['Code']}: {bucket}/{error['Key']} cannot be deleted"
                )
