"""Restores that are tried and looked into: a backup counts once a database came of it."""

from blueprint.backup import BackupArea
from blueprint.basis import Basis
from blueprint.compute import ComputeArea
from blueprint.data import DataArea
from blueprint.foundation import Foundation
from blueprint.network import NetworkArea
from blueprint.operations import operations_task
from components.alarms_restore import RestoreAlarms, RestoreAlarmsArgs
from components.restore_testing import RestoreTesting, RestoreTestingArgs
from components.restore_testing_network import RestoreTestingNetworkArgs

CHECK = "restore-check"


class RestoreArea:
    """The restore tests of one environment."""

    def __init__(
        self,
        basis: Basis,
        foundation: Foundation,
        *,
        network: NetworkArea,
        data: DataArea,
        compute: ComputeArea,
        backup: BackupArea,
    ) -> None:
        shape, database = basis.shape, data.database
        testing = RestoreTesting(
            "restore-testing",
            RestoreTestingArgs(
                plan_name=basis.names.prefix.replace("-", "_"),
                schedule=shape.backup.restore_test.schedule,
                vault_arn=backup.vault.arn,
                database_arn=database.arn,
                role_arn=backup.plan.role_arn,
                subnet_group_name=database.subnet_group_name,
                task=operations_task(
                    basis,
                    foundation,
                    compute.operations,
                    name=CHECK,
                    command=["operations.backup.validate_restore"],
                    size=basis.scale.jobs,
                    environment={
                        "AWS_REGION": basis.region,
                        "DATABASE_NAME": shape.database.name,
                    },
                ),
                master_secret=database.master_secret,
                master_secret_key_arn=foundation.keys.main.arn,
                network=RestoreTestingNetworkArgs(
                    vpc_id=network.network.vpc_id,
                    endpoints_group_id=network.groups.endpoints_id,
                    database_port=shape.database.port,
                    tags=basis.tags,
                ),
                task_subnet_ids=network.task_subnet_ids,
                cluster_arn=compute.cluster.arn,
                cluster_name=compute.cluster.name,
                topic_arn=foundation.notifications.topic_arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        self.log_group_name = testing.log_group_name
        RestoreAlarms(
            "restore-alarms",
            RestoreAlarmsArgs(
                prefix=basis.names.named("restore"),
                topic_arn=foundation.notifications.topic_arn,
                started_rule=testing.started_rule,
                passed_rule=testing.passed_rule,
                longest_gap_days=shape.backup.restore_test.longest_gap_days,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
