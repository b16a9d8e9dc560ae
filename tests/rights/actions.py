"""Which IAM actions a request needs; its own name is the action's, with few exceptions."""

from functools import cache

from botocore import xform_name

from sandbox.provider.models import session

PREFIXES = {"cloudwatch": "cloudwatch", "s3control": "s3"}
"""IAM's name of a service, where it is not the one that requests to it are signed for."""
EXCEPTIONS = {
    "budgets.create_budget": ("budgets:ModifyBudget",),
    "budgets.delete_budget": ("budgets:ModifyBudget",),
    "budgets.describe_budget": ("budgets:ViewBudget",),
    "budgets.update_budget": ("budgets:ModifyBudget",),
    "s3.delete_bucket_encryption": ("s3:PutEncryptionConfiguration",),
    "s3.delete_bucket_lifecycle": ("s3:PutLifecycleConfiguration",),
    "s3.delete_bucket_ownership_controls": ("s3:PutBucketOwnershipControls",),
    "s3.delete_bucket_tagging": ("s3:PutBucketTagging",),
    "s3.delete_objects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3.delete_public_access_block": ("s3:PutBucketPublicAccessBlock",),
    "s3.get_bucket_accelerate_configuration": ("s3:GetAccelerateConfiguration",),
    "s3.get_bucket_encryption": ("s3:GetEncryptionConfiguration",),
    "s3.get_bucket_lifecycle_configuration": ("s3:GetLifecycleConfiguration",),
    "s3.get_object_lock_configuration": ("s3:GetBucketObjectLockConfiguration",),
    "s3.get_public_access_block": ("s3:GetBucketPublicAccessBlock",),
    "s3.head_bucket": ("s3:ListBucket",),
    "s3.list_buckets": ("s3:ListAllMyBuckets",),
    "s3.list_object_versions": ("s3:ListBucketVersions",),
    "s3.put_bucket_encryption": ("s3:PutEncryptionConfiguration",),
    "s3.put_bucket_lifecycle_configuration": ("s3:PutLifecycleConfiguration",),
    "s3.put_object_lock_configuration": ("s3:PutBucketObjectLockConfiguration",),
    "s3.put_public_access_block": ("s3:PutBucketPublicAccessBlock",),
}
"""Requests whose actions have other names (Amazon S3 User Guide, "Required permissions for Amazon
S3 API operations"; Service Authorization Reference, AWS Budget Service)."""


def actions_of(request: str) -> tuple[str, ...]:
    """Return the IAM actions of a request in boto3's spelling, ``service.request``."""
    if request in EXCEPTIONS:
        return EXCEPTIONS[request]
    service, _, method = request.partition(".")
    prefix, names = _model(service)
    return (f"{prefix}:{names[method]}",)


@cache
def _model(service: str) -> tuple[str, dict[str, str]]:
    """Return IAM's prefix of a service, and AWS's name of each request by boto3's."""
    model = session().get_service_model(service)
    prefix = PREFIXES.get(service, model.signing_name)
    return prefix, {xform_name(name): name for name in model.operation_names}
