"""What is watched: alarms, the one that means "down", and the page that shows it all."""

from pulumi import Input

from blueprint.backup import BackupArea
from blueprint.basis import Basis
from blueprint.compute import ComputeArea
from blueprint.data import DataArea
from blueprint.edge import EdgeArea
from blueprint.foundation import Foundation
from blueprint.network import NetworkArea
from blueprint.outside import OutsideWatch
from blueprint.release import TARGETS, ReleaseWatch
from components.alarm import AlarmSet
from components.alarms_audit import AuditAlarms, AuditAlarmsArgs
from components.alarms_backup import BackupAlarms, BackupAlarmsArgs
from components.alarms_certificate import CertificateAlarms, CertificateAlarmsArgs
from components.alarms_database import DatabaseAlarms, DatabaseAlarmsArgs
from components.alarms_dns import DnsAlarms, DnsAlarmsArgs
from components.alarms_firewall import FirewallAlarms, FirewallAlarmsArgs
from components.alarms_jobs import JobAlarms, JobAlarmsArgs
from components.alarms_network import NetworkAlarms, NetworkAlarmsArgs
from components.alarms_service import ServiceAlarms, ServiceAlarmsArgs
from components.alarms_web import WebAlarms, WebAlarmsArgs
from components.dashboard import Dashboard, DashboardArgs
from components.log_errors import POSTGRESQL_ERRORS, LogErrors, LogErrorsArgs, LogSource
from components.run_events import RunEvents, RunEventsArgs
from components.service_health import ServiceHealth, ServiceHealthArgs


class WatchArea:
    """Everything that is watched in one environment, besides a release."""

    def __init__(
        self,
        basis: Basis,
        foundation: Foundation,
        *,
        network: NetworkArea,
        data: DataArea,
        edge: EdgeArea,
        compute: ComputeArea,
        backup: BackupArea,
        release: ReleaseWatch,
        outside: OutsideWatch,
    ) -> None:
        self._basis, self._outside = basis, outside
        self._topic = foundation.notifications.topic_arn
        self._network, self._data, self._edge = network, data, edge
        self._compute, self._backup = compute, backup
        self.web = self._web()
        services = [
            self._service("web", compute.web.service_name),
            self._service("worker", compute.worker.service_name),
        ]
        self.sets: list[AlarmSet] = [
            release.deployment,
            release.logs,
            self.web,
            *services,
            self._jobs(),
            self._database(),
            self._nat(),
            self._certificate(),
            self._backups(),
            self._firewall(),
            self._audit(foundation),
            self._dns(foundation),
            outside.alarms,
        ]
        self._runs()
        self.health = self._health(release)
        self.dashboard = self._dashboard(self._log_errors())

    def _named(self, what: str) -> str:
        return self._basis.names.named(what)

    def _web(self) -> WebAlarms:
        balancer = self._edge.load_balancer
        return WebAlarms(
            "web-alarms",
            WebAlarmsArgs(
                prefix=self._named("entrance"),
                topic_arn=self._topic,
                load_balancer_suffix=balancer.arn_suffix,
                target_group_suffixes={TARGETS: balancer.target_group_arn_suffix},
                cluster_name=self._compute.cluster.name,
                service_name=self._compute.web.service_name,
                slowest_seconds=self._basis.shape.alarms.web.slowest_seconds,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _service(self, name: str, service_name: Input[str]) -> ServiceAlarms:
        limits = self._basis.shape.alarms.services
        return ServiceAlarms(
            f"{name}-service-alarms",
            ServiceAlarmsArgs(
                prefix=self._named(name),
                topic_arn=self._topic,
                cluster_name=self._compute.cluster.name,
                service_name=service_name,
                cpu_percent=limits.cpu_percent,
                memory_percent=limits.memory_percent,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _jobs(self) -> JobAlarms:
        return JobAlarms(
            "job-alarms",
            JobAlarmsArgs(
                prefix=self._named("job"),
                topic_arn=self._topic,
                schedule_groups={
                    name: job.schedule_group_name for name, job in self._compute.jobs.items()
                },
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _runs(self) -> None:
        RunEvents(
            "run-events",
            RunEventsArgs(
                account_id=self._basis.account,
                region=self._basis.region,
                cluster_name=self._basis.names.prefix,
                topic_arn=self._topic,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _replicas(self) -> dict[str, Input[str]]:
        identifiers = self._data.database.replica_identifiers
        return {str(number): each for number, each in enumerate(identifiers, start=1)}

    def _database(self) -> DatabaseAlarms:
        limits, scale = self._basis.shape.alarms.database, self._basis.scale.database
        return DatabaseAlarms(
            "database-alarms",
            DatabaseAlarmsArgs(
                prefix=self._named("database"),
                topic_arn=self._topic,
                identifier=self._data.database.identifier,
                instance_class=scale.instance_class,
                storage_gib=scale.storage_gib,
                replica_identifiers=self._replicas(),
                cpu_percent=limits.cpu_percent,
                connections_percent=limits.connections_percent,
                free_storage_percent=limits.free_storage_percent,
                free_memory_percent=limits.free_memory_percent,
                replica_lag_seconds=limits.replica_lag_seconds,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _nat(self) -> NetworkAlarms:
        return NetworkAlarms(
            "network-alarms",
            NetworkAlarmsArgs(
                prefix=self._named("network"),
                topic_arn=self._topic,
                nat_gateway_ids=self._network.network.nat_gateway_ids,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _certificate(self) -> CertificateAlarms:
        return CertificateAlarms(
            "certificate-alarms",
            CertificateAlarmsArgs(
                prefix=self._named("certificate"),
                topic_arn=self._topic,
                certificate_arn=self._edge.certificate.arn,
                days_left=self._basis.shape.alarms.certificate.days_left,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _backups(self) -> BackupAlarms:
        return BackupAlarms(
            "backup-alarms",
            BackupAlarmsArgs(
                prefix=self._named("backup"),
                topic_arn=self._topic,
                vault_name=self._backup.vault.name,
                longest_gap_hours=self._basis.shape.alarms.backup.longest_gap_hours,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _firewall(self) -> FirewallAlarms:
        firewall = self._edge.firewall
        return FirewallAlarms(
            "firewall-alarms",
            FirewallAlarmsArgs(
                prefix=self._named("firewall"),
                topic_arn=self._topic,
                region=self._basis.region,
                web_acl_metric=firewall.metric_name,
                rule_metrics=firewall.rule_metric_names,
                blocked_percent=self._basis.shape.alarms.firewall.blocked_percent,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _audit(self, foundation: Foundation) -> AuditAlarms:
        return AuditAlarms(
            "audit-alarms",
            AuditAlarmsArgs(
                prefix=self._named("audit"),
                topic_arn=self._topic,
                log_group_name=foundation.trail.log_group_name,
                metric_namespace=self._basis.names.metrics("audit"),
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _dns(self, foundation: Foundation) -> DnsAlarms:
        return DnsAlarms(
            "dns-alarms",
            DnsAlarmsArgs(
                prefix=self._named("dns"),
                topic_arn=foundation.global_notifications.topic_arn,
                zone_id=self._edge.zone.zone_id,
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _health(self, release: ReleaseWatch) -> ServiceHealth:
        """Down: no task answers, or users get errors and none gets in."""
        return ServiceHealth(
            "service-health",
            ServiceHealthArgs(
                prefix=self._basis.names.prefix,
                topic_arn=self._topic,
                alone=[self.web.names["no-healthy-hosts"]],
                together=[
                    self.web.names["connection-errors"],
                    release.deployment.names["error-rate"],
                ],
                tags=self._basis.tags,
            ),
            opts=self._basis.here,
        )

    def _log_errors(self) -> LogErrors:
        sources = {
            name: LogSource(log_group_name=group)
            for name, group in self._compute.log_groups.items()
        }
        sources["database"] = LogSource(
            log_group_name=self._data.database.log_group_names["postgresql"],
            pattern=POSTGRESQL_ERRORS,
        )
        return LogErrors(
            "log-errors",
            LogErrorsArgs(sources=sources, metric_namespace=self._basis.names.metrics("logs")),
            opts=self._basis.here,
        )

    def _dashboard(self, errors: LogErrors) -> Dashboard:
        basis, balancer, database = self._basis, self._edge.load_balancer, self._data.database
        replicas = {f"replica-{name}": each for name, each in self._replicas().items()}
        return Dashboard(
            "dashboard",
            DashboardArgs(
                dashboard_name=basis.names.prefix,
                region=basis.region,
                alarm_arns=[self.health.alarm_arn],
                load_balancer_suffix=balancer.arn_suffix,
                target_group_suffixes={TARGETS: balancer.target_group_arn_suffix},
                cluster_name=self._compute.cluster.name,
                service_names={
                    "web": self._compute.web.service_name,
                    "worker": self._compute.worker.service_name,
                },
                database_identifiers={"primary": database.identifier, **replicas},
                nat_gateway_ids=self._network.network.nat_gateway_ids,
                web_acl_metric=self._edge.firewall.metric_name,
                certificate_arn=self._edge.certificate.arn,
                backup_vault_name=self._backup.vault.name,
                log_errors=errors.metrics,
                outside_checks=self._outside.checks,
                environment=basis.identity.name,
            ),
            opts=basis.here,
        )
