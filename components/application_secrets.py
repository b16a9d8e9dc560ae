"""The application's secrets: one Secrets Manager secret for each secret variable.

A *provided* secret comes from somebody else (a payment service's key). Only its place is made
here: the value never passes through this program, its state or its logs. A person puts it in,
once for each environment::

    aws secretsmanager put-secret-value --secret-id <arn> --secret-string file:///dev/stdin

The ARN is among the stack's outputs. Until the value is there no task that needs it starts: a new
environment is brought up with the keys and secrets as the only targets first, then the values are
put in, then the rest follows. Running tasks see a changed value after
``aws ecs update-service --force-new-deployment``.

A *generated* secret is random and known to nobody. It lies in the state, encrypted.

Rotation: no secret here rotates by a function. What a third party issues can't be rotated from
this side, and a generated one is rotated by changing ``rotation``: every generated secret gets a
new value, and because tasks refer to one version of it, the change is a rolling deployment like
any other, with its circuit breaker. The policies hold an exemption that says so. The
password of the database's master user is not here but with the database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import secretsmanager

from components.kept_secret import kept_secret, part_of, random_value
from components.tags import child_tags

RECOVERY_DAYS = range(7, 31)
"""What Secrets Manager allows, short of deleting at once (API reference, DeleteSecret)."""

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class ApplicationSecretsArgs:
    """Which variables are secret, and how long a deleted one can be had back."""

    provided: Mapping[str, str]
    """Variable to a sentence about it; a person puts the value in."""
    generated: Mapping[str, str]
    """Variable to a sentence about it; the value is random."""
    rotation: str
    """Any text, such as ``2026-q1``. Another text gives every generated secret a new value."""
    kms_key_arn: Input[str]
    recovery_days: int
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject names that can't be variables and secrets that could be lost at once."""
        for variable in (*self.provided, *self.generated):
            if not VARIABLE.fullmatch(variable):
                raise ValueError(
                    f"secret variable must be capitals, digits and underscores, got {variable!r}"
                )
        if both := sorted(self.provided.keys() & self.generated.keys()):
            raise ValueError(f"generated must not name what is provided, got {', '.join(both)}")
        if self.recovery_days not in RECOVERY_DAYS:
            raise ValueError(f"recovery_days must be between 7 and 30, got {self.recovery_days}")
        if self.generated and not self.rotation:
            raise ValueError("rotation must name the present values, such as 2026-q1, got ''")


class ApplicationSecrets(pulumi.ComponentResource):
    """Every secret is encrypted with the environment's key and can be recovered once deleted."""

    arns: dict[str, Output[str]]
    """Variable to the ARN of its secret."""
    values_from: dict[str, Output[str]]
    """Variable to what a container's ``valueFrom`` needs: an ARN, for a generated secret with the
    version that holds its present value."""

    def __init__(
        self, name: str, args: ApplicationSecretsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:ApplicationSecrets", name, None, opts)
        self.arns = {}
        self.values_from = {}

        for variable, about in args.provided.items():
            secret = self._secret(name, variable, about, args)
            self.arns[variable] = self.values_from[variable] = secret.arn
        for variable, about in args.generated.items():
            secret = self._secret(name, variable, about, args)
            version = self._generate(child_name(name, variable), secret, args.rotation)
            self.arns[variable] = secret.arn
            self.values_from[variable] = part_of(secret.arn, version.version_id)

        self.register_outputs({"arns": self.arns})

    def _secret(
        self, name: str, variable: str, about: str, args: ApplicationSecretsArgs
    ) -> secretsmanager.Secret:
        """Make the place for one value."""
        child = child_name(name, variable)
        return kept_secret(
            child,
            f"{variable}: {about}",
            kms_key_arn=args.kms_key_arn,
            recovery_days=args.recovery_days,
            tags=child_tags(args.tags, name, child),
            parent=self,
        )

    def _generate(
        self, child: str, secret: secretsmanager.Secret, rotation: str
    ) -> secretsmanager.SecretVersion:
        """Put a random value in its place."""
        value = random_value(f"{child}-value", rotation, parent=self)
        return secretsmanager.SecretVersion(
            f"{child}-version",
            secret_id=secret.id,
            # A secret output of the provider's, and so encrypted in the state on both sides.
            secret_string=value.result,
            opts=ResourceOptions(parent=self),
        )


def child_name(name: str, variable: str) -> str:
    """Return the logical name of a variable's secret: ``secrets-payments-api-key``."""
    return f"{name}-{variable.lower().replace('_', '-')}"
