"""Tasks that run operations: the image of this repository's own, in the environment's cluster."""

from collections.abc import Mapping, Sequence

from pulumi import Input

from blueprint.basis import Basis
from blueprint.foundation import Foundation
from components.image_registry import ImageRegistry
from components.task import TaskArgs
from settings.scale import TaskSize

TLS = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/etc/ssl/certs/rds-global-bundle.pem"}
"""What libpq wants of every database; the certificates are in the image."""


def operations_task(
    basis: Basis,
    foundation: Foundation,
    registry: ImageRegistry,
    *,
    name: str,
    command: Sequence[str],
    size: TaskSize,
    environment: Mapping[str, Input[str]],
) -> TaskArgs:
    """Return a task of the image of operations; its secrets and rights are added by who runs it."""
    return TaskArgs(
        family=basis.names.named(name),
        image=basis.identity.operations.image,
        command=command,
        cpu=size.cpu,
        memory_mib=size.memory_mib,
        environment={**TLS, **environment},
        secrets={},
        secret_key_arns=[],
        account=basis.account,
        region=basis.region,
        repository_arn=registry.arn,
        log_group_name=basis.names.log_group(name),
        log_retention_days=basis.log_days,
        log_key_arn=foundation.keys.main.arn,
        database=None,
        tags=basis.tags,
    )
