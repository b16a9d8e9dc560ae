"""S3: who may use a bucket."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.references import listed, statements
from sandbox.services.s3_settings import BucketSetting

WANTED = (("Action", "NotAction"), ("Principal", "NotPrincipal"), ("Resource", "NotResource"))
"""What each statement of a bucket policy must say, in one of two ways."""


class BucketPolicy(BucketSetting):
    """A bucket's policy; moto takes any text for one, AWS does not."""

    token = "aws:s3/bucketPolicy:BucketPolicy"
    creates = "put_bucket_policy"
    deletes = "delete_bucket_policy"
    describe = Describe("get_bucket_policy", lambda bucket: {"Bucket": bucket}, "@")
    inputs = {"bucket": same(read="Bucket"), "policy": same()}

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what S3 would call malformed."""
        policy, bucket = props.get("policy"), props.get("bucket")
        if isinstance(policy, str):
            for why in _problems(policy, bucket if isinstance(bucket, str) else None):
                yield "policy", f"{why} (AWS: MalformedPolicy)"

    def put(self, aws: Aws, new: Props) -> None:
        """Set the policy, unless it is public and the bucket takes no such policy."""
        blocked = aws.find(
            "s3.get_public_access_block",
            "PublicAccessBlockConfiguration.BlockPublicPolicy",
            Bucket=new["bucket"],
        )
        if blocked and _is_public(new["policy"]):
            raise SandboxError(
                f"s3.put_bucket_policy: AccessDenied: {new['bucket']} takes no public policy "
                "(BlockPublicPolicy)"
            )
        super().put(aws, new)


def _problems(policy: str, bucket: str | None) -> Iterator[str]:
    try:
        document = json.loads(policy)
    except ValueError as error:
        yield f"must be JSON: {error}"
        return
    if not isinstance(document, dict) or not document.get("Statement"):
        yield "must be an object with at least one Statement"
        return
    for index, statement in enumerate(statements(document)):
        where = f"Statement[{index}]"
        if statement.get("Effect") not in {"Allow", "Deny"}:
            yield f"{where}.Effect must be Allow or Deny"
        for names in WANTED:
            if not any(statement.get(name) for name in names):
                yield f"{where} must have {' or '.join(names)}"
        for resource in listed(statement.get("Resource") or []):
            if bucket is not None and not _is_of(bucket, str(resource)):
                yield f"{where}.Resource {resource} is not of bucket {bucket}"


def _is_of(bucket: str, resource: str) -> bool:
    """Return whether a resource is the bucket, something in it, or a pattern that covers it."""
    name = resource.removeprefix("arn:aws:s3:::").partition("/")[0]
    stem = name.partition("*")[0]
    return name == bucket or ("*" in name and bucket.startswith(stem))


def _is_public(policy: Any) -> bool:
    """Return whether a statement lets everyone in without a condition."""
    for statement in statements(policy):
        principal = statement.get("Principal")
        people = listed(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
        if statement.get("Effect") == "Allow" and "*" in people and not statement.get("Condition"):
            return True
    return False
