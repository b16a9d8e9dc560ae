"""A secret in Secrets Manager, and a random value for it.

Source of the form in which a container refers to one: ECS Developer Guide, "Pass Secrets Manager
secrets through environment variables".
"""

from collections.abc import Mapping

import pulumi
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import secretsmanager

LENGTH = 64
"""Letters and digits: about 380 bits, and nothing that RDS refuses in a password."""


def kept_secret(
    child: str,
    description: str,
    *,
    kms_key_arn: Input[str],
    recovery_days: int,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> secretsmanager.Secret:
    """Make the place for one value; AWS names it, since a deleted name stays taken a while."""
    return secretsmanager.Secret(
        child,
        description=description,
        kms_key_id=kms_key_arn,
        recovery_window_in_days=recovery_days,
        tags=tags,
        opts=ResourceOptions(parent=parent),
    )


def random_value(child: str, rotation: str, *, parent: pulumi.Resource) -> random.RandomPassword:
    """Return a value that another ``rotation`` makes anew; it lies in the state, encrypted."""
    return random.RandomPassword(
        child,
        length=LENGTH,
        special=False,
        keepers={"rotation": rotation},
        opts=ResourceOptions(parent=parent),
    )


def part_of(arn: Input[str], version_id: Input[str], key: str = "") -> Output[str]:
    """Return a container's ``valueFrom`` for one version, or for one key of its JSON.

    Naming the version makes a new value a new task definition, and makes sure that the value is
    there before a task wants it.
    """
    return Output.format("{0}:{1}::{2}", arn, key, version_id)
