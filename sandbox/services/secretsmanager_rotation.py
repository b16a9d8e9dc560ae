"""Secrets Manager: when a secret's value is changed, and by which function.

The function cannot run in the sandbox, so the value stays as it is: see ``sandbox.aws.mends``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Describe, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import made_by
from sandbox.services.references import require_function

REQUEST = "secretsmanager.rotate_secret"


class SecretRotation(ResourceType):
    """The rotation of one secret; its id is the secret's."""

    token = "aws:secretsmanager/secretRotation:SecretRotation"
    service = "secretsmanager"
    creates = "rotate_secret"
    describe = Describe("describe_secret", lambda secret: {"SecretId": secret}, "@")
    deletes = "cancel_rotate_secret"
    identified = "SecretId"
    inputs = {
        "rotateImmediately": same(unseen="says only when the first rotation is"),
        "rotationLambdaArn": member("RotationLambdaARN"),
        "rotationRules": same(),
        "secretId": same(),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Want one way to say when."""
        rules = props.get("rotationRules")
        if isinstance(rules, Mapping) and is_known(rules):
            ways = [
                bool(rules.get(key)) for key in ("automaticallyAfterDays", "scheduleExpression")
            ]
            if sum(ways) != 1:
                yield (
                    "rotationRules",
                    "must give either automaticallyAfterDays or scheduleExpression",
                )

    def create(self, aws: Aws, new: Props) -> str:
        """Turn rotation on."""
        self._rotate(aws, new)
        return str(new["secretId"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Turn it on again with the new rules."""
        self._rotate(aws, new)

    def _rotate(self, aws: Aws, new: Props) -> None:
        secret, function = str(new["secretId"]), new.get("rotationLambdaArn")
        if function:
            require_function(aws, REQUEST, function)
        elif not _is_managed(aws, secret):
            raise SandboxError(
                f"{REQUEST}: InvalidRequestException: {secret} is no managed secret and needs a "
                "Lambda function to rotate it"
            )
        aws.call(REQUEST, **self.params("rotate_secret", new))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Turn rotation off; AWS always rotates a secret that another service manages."""
        try:
            super().delete(aws, id_, old)
        except AwsError as error:
            if error.code != "InvalidRequestException" or not _is_managed(aws, id_):
                raise

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the secret that rotates; one that no longer does has no rotation."""
        found = super().item(aws, id_, saved)
        if found is None or found.get("DeletedDate") or not found.get("RotationEnabled"):
            return None
        if not found.get("RotationLambdaARN"):
            found.pop("RotationLambdaARN", None)
        return {**found, "SecretId": id_}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the secret if it rotates by these inputs."""
        secret = str(inputs["secretId"])
        return secret if made_by(self, aws, secret, inputs) else None


def _is_managed(aws: Aws, secret: str) -> bool:
    return bool(aws.find("secretsmanager.describe_secret", "OwningService", SecretId=secret))
