"""The places of secrets, and when their values were put in. No value is ever asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.aws import AwsRefusedError, ask
from operations.environment.reach import Reach

MASTER = "DATABASE_MASTER"
CURRENT = "AWSCURRENT"


@dataclass(frozen=True)
class Secret:
    """One place for a value."""

    deleted: bool
    key: str | None
    current_since: datetime | None
    """When its present value was put in; None where there is none."""


@dataclass(frozen=True)
class Secrets:
    """By variable, what was found; None for one that is not there."""

    found: Mapping[str, Secret | None]


def look(reach: Reach) -> Secrets:
    """Ask Secrets Manager for descriptions."""
    client = reach.client("secretsmanager")
    arns = {**reach.outputs["secretArns"], MASTER: reach.outputs["databaseMasterSecretArn"]}
    return Secrets({variable: _secret(client, str(arn)) for variable, arn in arns.items()})


def _secret(client: Any, arn: str) -> Secret | None:
    try:
        shown = ask(client, "describe_secret", SecretId=arn)
    except AwsRefusedError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise
    deleted = "DeletedDate" in shown
    since = None if deleted else _current_since(client, arn)
    return Secret(deleted, shown.get("KmsKeyId"), since)


def _current_since(client: Any, arn: str) -> datetime | None:
    listed = ask(client, "list_secret_version_ids", SecretId=arn)
    times = [
        each["CreatedDate"]
        for each in listed.get("Versions", [])
        if CURRENT in each.get("VersionStages", [])
    ]
    return max(times, default=None)
