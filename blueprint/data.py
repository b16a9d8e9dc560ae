"""The database and the secrets of the application."""

from blueprint.basis import Basis
from blueprint.foundation import Foundation
from blueprint.network import NetworkArea
from components.application_secrets import ApplicationSecrets, ApplicationSecretsArgs
from components.database import Database
from components.database_args import DatabaseArgs, RestoreFrom
from settings import Identity


class DataArea:
    """What one environment keeps."""

    def __init__(self, basis: Basis, foundation: Foundation, network: NetworkArea) -> None:
        shape, scale = basis.shape.database, basis.scale.database
        self.database = Database(
            "database",
            DatabaseArgs(
                identifier=basis.names.prefix,
                account=basis.account,
                engine_version=shape.engine_version,
                database_name=shape.name,
                master_username=shape.master_user,
                port=shape.port,
                parameters=shape.parameters,
                backup_window=shape.backup_window,
                maintenance_window=shape.maintenance_window,
                ca_certificate=shape.ca_certificate,
                instance_class=scale.instance_class,
                storage_gib=scale.storage_gib,
                max_storage_gib=scale.max_storage_gib,
                multi_az=scale.multi_az,
                read_replicas=scale.read_replicas,
                backup_days=scale.backup_days,
                monitoring_seconds=scale.monitoring_seconds,
                log_retention_days=basis.log_days,
                subnet_ids=network.isolated_subnet_ids,
                security_group_ids=[network.groups.database_id],
                kms_key_arn=foundation.keys.main.arn,
                topic_arn=foundation.notifications.topic_arn,
                password_rotation=basis.identity.secrets.rotation,
                secret_recovery_days=basis.scale.protection.recovery_days,
                backup_tag=basis.names.prefix,
                protect=basis.protect,
                keep_final_snapshot=basis.protect,
                restore=_restore(basis.identity),
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        variables = basis.shape.variables
        self.secrets = ApplicationSecrets(
            "secrets",
            ApplicationSecretsArgs(
                provided={v.name: v.about for v in variables if v.secret == "provided"},  # noqa: S105  (a kind)
                generated={v.name: v.about for v in variables if v.secret == "generated"},  # noqa: S105
                rotation=basis.identity.secrets.rotation,
                kms_key_arn=foundation.keys.main.arn,
                recovery_days=basis.scale.protection.recovery_days,
                tags=basis.tags,
            ),
            opts=basis.here,
        )


def _restore(identity: Identity) -> RestoreFrom | None:
    restore = identity.restore
    if not restore.suffix:
        return None
    return RestoreFrom(
        suffix=restore.suffix,
        snapshot=restore.snapshot or None,
        source=restore.database or None,
        source_resource_id=restore.deleted_database or None,
        time=restore.time or None,
    )
