"""The composition root: everything an environment has, in the order in which it depends.

The same for every environment; what differs is in the settings alone.
"""

import pulumi

from blueprint.adopted import KeptNames
from blueprint.backup import BackupArea
from blueprint.basis import Basis
from blueprint.compute import ComputeArea
from blueprint.data import DataArea
from blueprint.edge import EdgeArea
from blueprint.foundation import Foundation
from blueprint.guard import deletion_guard
from blueprint.network import NetworkArea
from blueprint.outside import OutsideWatch
from blueprint.refresh import RefreshArea
from blueprint.release import ReleaseWatch
from blueprint.restores import RestoreArea
from blueprint.spending import spending
from blueprint.watch import WatchArea
from settings import Settings


class Environment(pulumi.ComponentResource):
    """One environment, laid out; ``outputs`` says what others may know of it."""

    def __init__(self, settings: Settings) -> None:
        kept = KeptNames(settings.identity.adopted)
        super().__init__(
            "understudy:environment:Environment",
            "environment",
            None,
            pulumi.ResourceOptions(transformations=[kept.keep]),
        )
        basis = self._basis = Basis.of(settings, self)
        self.foundation = Foundation(basis)
        self.network = NetworkArea(basis, self.foundation)
        self.data = DataArea(basis, self.foundation, self.network)
        self.edge = EdgeArea(basis, self.foundation, self.network)
        self.release = ReleaseWatch(basis, self.foundation, self.edge)
        self.compute = ComputeArea(
            basis,
            self.foundation,
            self.network,
            self.data,
            self.edge,
            rollback_alarms=self.release.rollback_alarms,
        )
        self.backup = BackupArea(basis, self.foundation)
        self.restores = RestoreArea(
            basis,
            self.foundation,
            network=self.network,
            data=self.data,
            compute=self.compute,
            backup=self.backup,
        )
        self.refresh = RefreshArea(
            basis,
            self.foundation,
            network=self.network,
            data=self.data,
            compute=self.compute,
        )
        self.spending = spending(basis, self.foundation)
        self.outside = OutsideWatch(basis, self.foundation)
        self.watch = WatchArea(
            basis,
            self.foundation,
            network=self.network,
            data=self.data,
            edge=self.edge,
            compute=self.compute,
            backup=self.backup,
            release=self.release,
            outside=self.outside,
        )
        self.register_outputs({})
        deletion_guard(self, protect=basis.protect)
        kept.refuse_unused()

    @property
    def outputs(self) -> dict[str, object]:
        """Every output by its name."""
        identity = self._basis.identity
        return {
            "environment": identity.name,
            "account": identity.account,
            "region": identity.region,
            "url": f"https://{identity.dns.domain}",
            "domain": identity.dns.domain,
            "releaseImage": identity.release.image,
            "releaseVersion": identity.release.version,
            **self._entrance(),
            **self._running(),
            **self._kept(),
            **self._watched(),
        }

    def _entrance(self) -> dict[str, object]:
        zone, balancer = self.edge.zone, self.edge.load_balancer
        return {
            "zoneId": zone.zone_id,
            "nameServers": zone.name_servers,
            "loadBalancerDnsName": balancer.dns_name,
            "targetGroupArn": balancer.target_group_arn,
            "vpcId": self.network.network.vpc_id,
            "privateSubnetIds": list(self.network.network.private_subnet_ids.values()),
        }

    def _running(self) -> dict[str, object]:
        compute = self.compute
        return {
            "clusterName": compute.cluster.name,
            "webServiceName": compute.web.service_name,
            "workerServiceName": compute.worker.service_name,
            "webTaskDefinition": compute.web.task_definition_arn,
            "workerTaskDefinition": compute.worker.task_definition_arn,
            "migrationRun": compute.migration.run,
            "jobTaskDefinitions": {
                name: job.task_definition_arn for name, job in compute.jobs.items()
            },
            "logGroups": compute.log_groups,
            "registryUrl": compute.registry.repository_url,
            "operationsRegistryUrl": compute.operations.repository_url,
        }

    def _kept(self) -> dict[str, object]:
        database, backup, archive = self.data.database, self.backup, self.foundation.archive
        return {
            "databaseIdentifier": database.identifier,
            "databaseAddress": database.address,
            "databasePort": database.port,
            "databaseName": database.database_name,
            "databaseMasterSecretArn": database.master_secret.arn,
            "secretArns": self.data.secrets.arns,
            "encryptionKeyArn": self.foundation.keys.main.arn,
            "backupVaultName": backup.vault.name,
            "backupVaultArn": backup.vault.arn,
            "backupCopyVaultArn": backup.copy.arn,
            "backupArchiveVaultArn": backup.archive.arn,
            "backupPlanId": backup.plan.id_,
            "backupRoleArn": backup.plan.role_arn,
            "accessLogBucket": archive.access_bucket,
            "trailBucket": archive.trail_bucket,
            "reportsBucket": backup.reports.name,
            **self.refresh.outputs,
        }

    def _watched(self) -> dict[str, object]:
        return {
            "notificationsTopicArn": self.foundation.notifications.topic_arn,
            "healthAlarmName": self.watch.health.alarm_name,
            "deploymentAlarmNames": self.release.deployment.deployment_alarm_names,
            "dashboardName": self.watch.dashboard.dashboard_name,
        }
