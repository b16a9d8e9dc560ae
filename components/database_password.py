"""The master user's password: random, kept in Secrets Manager, read by the migration alone.

RDS itself would make, keep and rotate one, but creates no read replica of a database whose password
it manages, and no blue/green deployment (AWS docs "Password management with Amazon RDS and AWS
Secrets Manager"). So this one is rotated as the application's generated secrets are: another
``password_rotation`` gives it a new value.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import rds, secretsmanager

from components.database_args import DatabaseArgs
from components.kept_secret import kept_secret, random_value
from components.tags import child_tags


@dataclass(frozen=True)
class MasterSecret:
    """Where the password lies."""

    arn: Input[str]
    version_id: Input[str]
    """Of the present value: who reads this very one is started anew with the next."""


def master_password(
    name: str, args: DatabaseArgs, *, parent: pulumi.Resource
) -> random.RandomPassword:
    """Return the present value; it lies in the state, encrypted."""
    return random_value(f"{name}-master-password", args.password_rotation, parent=parent)


def master_secret(
    name: str,
    args: DatabaseArgs,
    *,
    instance: rds.Instance,
    password: random.RandomPassword,
    parent: pulumi.Resource,
) -> MasterSecret:
    """Keep the password once the database has it, in the form of a secret for RDS.

    The form is that of AWS docs "JSON structure of AWS Secrets Manager secrets".
    """
    child = f"{name}-master-secret"
    secret = kept_secret(
        child,
        f"Master user of the database {args.instance_identifier}",
        kms_key_arn=args.kms_key_arn,
        recovery_days=args.secret_recovery_days,
        tags=child_tags(args.tags, name, child),
        parent=parent,
    )
    version = secretsmanager.SecretVersion(
        f"{child}-version",
        secret_id=secret.id,
        secret_string=Output.all(instance.address, instance.port, password.result).apply(
            lambda found: json.dumps(
                {
                    "engine": "postgres",
                    "host": found[0],
                    "port": found[1],
                    "dbname": args.database_name,
                    "username": args.master_username,
                    "password": found[2],
                }
            )
        ),
        opts=ResourceOptions(parent=parent),
    )
    return MasterSecret(secret.arn, version.version_id)
