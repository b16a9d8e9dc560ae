"""What moto 5.2.5's S3 does wrong, mended in one function each, with the reason."""

import json
from fnmatch import fnmatchcase
from typing import Any

import xmltodict
from moto.s3.exceptions import InvalidBucketState
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend
from moto.s3.responses import S3Response

_bucket_response_put = S3Response._bucket_response_put  # noqa: SLF001
_create_bucket = S3Backend.create_bucket
_delete_object = S3Backend.delete_object

LOG_SERVICE = "logging.s3.amazonaws.com"


def create_bucket(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a bucket as AWS does since 2023: encrypted, without ACLs, closed to the public."""
    bucket = _create_bucket(self, *args, **kwargs)
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    bucket.encryption = {"Rule": default}
    bucket.ownership_rule = "BucketOwnerEnforced"
    bucket.public_access_block = PublicAccessBlock(*[True] * 4)
    return bucket


def bucket_response_put(self: Any, request: Any, name: str, query: dict[str, Any]) -> Any:
    """Give a bucket the tags of the request that makes it; moto leaves them out."""
    answer = _bucket_response_put(self, request, name, query)
    if not query and self.body:
        given = xmltodict.parse(self.body, force_list=("Tag",))["CreateBucketConfiguration"]
        tags = (given.get("Tags") or {}).get("Tag", [])
        if tags:
            self.backend.put_bucket_tagging(name, {tag["Key"]: tag["Value"] or "" for tag in tags})
    return answer


def delete_object(
    self: Any,
    bucket_name: str,
    key_name: str,
    version_id: str | None = None,
    bypass: bool = False,  # noqa: FBT001, FBT002  (moto's own signature)
) -> Any:
    """Delete the version that is named also where versioning is suspended.

    There moto takes the object with all its versions away, and fails at the next one.
    """
    bucket = self.get_bucket(bucket_name)
    status = bucket.versioning_status
    if version_id is not None and status == "Suspended":
        bucket.versioning_status = "Enabled"
    try:
        return _delete_object(self, bucket_name, key_name, version_id, bypass)
    finally:
        bucket.versioning_status = status


def log_is_let_in(target_bucket: Any, target_prefix: str | None) -> bool:
    """Return whether the target's policy lets access logs in.

    moto fails at a statement whose principal is ``*`` and reads no pattern but the widest.
    """
    if not target_bucket.policy:
        return False
    log = f"arn:aws:s3:::{target_bucket.name}/{target_prefix or ''}log"
    for statement in json.loads(target_bucket.policy.decode())["Statement"]:
        principal = statement.get("Principal")
        service = principal.get("Service") if isinstance(principal, dict) else None
        if (
            statement.get("Effect") == "Allow"
            and LOG_SERVICE in _listed(service)
            and {"s3:PutObject", "s3:*"} & set(_listed(statement.get("Action")))
            and any(fnmatchcase(log, each) for each in _listed(statement.get("Resource")))
        ):
            return True
    return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def put_object_lock_configuration(  # noqa: PLR0917  (moto's own signature)
    self: Any,
    bucket_name: str,
    lock_enabled: bool,  # noqa: FBT001  (moto's own signature)
    mode: str | None = None,
    days: int | None = None,
    years: int | None = None,
) -> None:
    """Set the lock also of a bucket that holds objects, as AWS does; moto wants an empty one."""
    bucket = self.get_bucket(bucket_name)
    if not bucket.is_versioned:
        message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        raise InvalidBucketState(message)
    if lock_enabled:
        bucket.object_lock_enabled = True
    bucket.default_lock_mode = mode
    bucket.default_lock_days = days
    bucket.default_lock_years = years


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    S3Backend.create_bucket = create_bucket
    S3Response._bucket_response_put = bucket_response_put  # noqa: SLF001
    S3Backend.delete_object = delete_object
    S3Backend.put_object_lock_configuration = put_object_lock_configuration
    FakeBucket._log_permissions_enabled_policy = staticmethod(log_is_let_in)  # noqa: SLF001
