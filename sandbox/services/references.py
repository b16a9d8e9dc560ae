"""What a request refers to and AWS looks for, while moto takes any name for it."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, MissingError


def require_key(aws: Aws, request: str, key: str | None) -> None:
    """Raise SandboxError unless the KMS key exists; another account's key is not looked at."""
    if not key or key.startswith("alias/aws/"):
        return
    where = _region_of(aws, key)
    if where is None:
        return
    state = where.find("kms.describe_key", "KeyMetadata.KeyState", KeyId=key)
    if state != "Enabled":
        was = "does not exist" if state is None else f"is {state}"
        raise SandboxError(f"{request}: KMS key {key} {was}")


def require_role(aws: Aws, request: str, arn: str | None, service: str) -> None:
    """Raise SandboxError unless the role exists and trusts the service."""
    if not arn or arn.split(":")[4] != aws.account:
        return
    name = arn.rpartition("/")[2]
    trust = aws.find("iam.get_role", "Role.AssumeRolePolicyDocument", RoleName=name)
    if trust is None:
        raise SandboxError(f"{request}: role {arn} does not exist")
    for statement in statements(trust):
        principal = statement.get("Principal")
        trusted = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow" and service in listed(trusted):
            return
    raise SandboxError(f"{request}: role {arn} does not let {service} assume it")


def require_policy(aws: Aws, request: str, arn: str | None) -> None:
    """Raise SandboxError unless the managed policy exists."""
    if arn and aws.find("iam.get_policy", "Policy.Arn", PolicyArn=arn) is None:
        raise SandboxError(f"{request}: policy {arn} does not exist")


def require_function(aws: Aws, request: str, arn: str) -> None:
    """Raise SandboxError unless the Lambda function exists."""
    where = _region_of(aws, arn)
    if where is None:
        return
    try:
        where.call("lambda.get_function", FunctionName=arn)
    except MissingError:
        raise SandboxError(f"{request}: function {arn} does not exist") from None


def statements(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the statements of a policy, given as text or as an object."""
    policy = json.loads(document) if isinstance(document, str) else document
    for statement in listed(policy.get("Statement", [])):
        if isinstance(statement, dict):
            yield statement


def listed(value: Any) -> list[Any]:
    """Return a list of what policies allow to stand alone or in a list."""
    return value if isinstance(value, list) else [value]


def _region_of(aws: Aws, name: str) -> Aws | None:
    """Return where an ARN lives, here if it is a plain name, None if in another account."""
    if not name.startswith("arn:"):
        return aws
    _, _, _, region, account, *_ = name.split(":")
    return aws.in_region(region) if account == aws.account else None
