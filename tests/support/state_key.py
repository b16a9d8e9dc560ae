"""The key of the engine's state, as the sandbox's AWS shows it."""

from typing import Any

import boto3

from sandbox import operator


def state_key(endpoint: str) -> dict[str, Any]:
    """Return what KMS says of it to whoever works in the sandbox."""
    keys = boto3.client(
        "kms",
        region_name=operator.REGION,
        endpoint_url=endpoint,
        aws_access_key_id=operator.KEY,
        aws_secret_access_key=operator.SECRET,
    )
    found: dict[str, Any] = keys.describe_key(KeyId=operator.STATE_KEY)["KeyMetadata"]
    return found
