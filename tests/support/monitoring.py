"""Every monitoring component at both sizes, as an environment would have them."""

from dataclasses import dataclass, replace
from functools import cache

import pulumi

from components.alarms_audit import AuditAlarms, AuditAlarmsArgs
from components.alarms_backup import BackupAlarms, BackupAlarmsArgs
from components.alarms_certificate import CertificateAlarms, CertificateAlarmsArgs
from components.alarms_database import DatabaseAlarms, DatabaseAlarmsArgs
from components.alarms_deployment import DeploymentAlarms, DeploymentAlarmsArgs
from components.alarms_dns import DnsAlarms, DnsAlarmsArgs
from components.alarms_firewall import FirewallAlarms, FirewallAlarmsArgs
from components.alarms_jobs import JobAlarms, JobAlarmsArgs
from components.alarms_log import LogAlarms, LogAlarmsArgs
from components.alarms_network import NetworkAlarms, NetworkAlarmsArgs
from components.alarms_outside import OutsideAlarms, OutsideAlarmsArgs
from components.alarms_service import ServiceAlarms, ServiceAlarmsArgs
from components.alarms_web import WebAlarms, WebAlarmsArgs
from tests.support.graph import Graph, record

TAGS = {"Owner": "platform"}
TOPIC = "arn:aws:sns:eu-west-1:222222222222:alerts"
GLOBAL_TOPIC = "arn:aws:sns:us-east-1:222222222222:alerts"
METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


@dataclass(frozen=True, kw_only=True)
class Size:
    """What differs between the environments as far as alarms can see."""

    instance_class: str
    storage_gib: int
    replicas: int
    nat_zones: str


SMALL = Size(instance_class="db.t4g.medium", storage_gib=50, replicas=0, nat_zones="a")
LARGE = Size(instance_class="db.r7g.xlarge", storage_gib=500, replicas=1, nat_zones="abc")


def deployment_args() -> DeploymentAlarmsArgs:
    """Return the arguments of the alarms that judge a release."""
    return DeploymentAlarmsArgs(
        prefix="storefront-staging-web",
        topic_arn=TOPIC,
        tags=TAGS,
        load_balancer_suffix="app/web/1",
        target_group_suffixes={"web": "targetgroup/web/1"},
    )


def web_args() -> WebAlarmsArgs:
    """Return the arguments of the entrance's alarms."""
    return WebAlarmsArgs(
        prefix="storefront-staging-web",
        topic_arn=TOPIC,
        tags=TAGS,
        load_balancer_suffix="app/web/1",
        target_group_suffixes={"web": "targetgroup/web/1"},
        cluster_name="cluster",
        service_name="web",
    )


def service_args(service: str) -> ServiceAlarmsArgs:
    """Return the arguments of one service's alarms."""
    return ServiceAlarmsArgs(
        prefix=f"storefront-staging-{service}",
        topic_arn=TOPIC,
        tags=TAGS,
        cluster_name="cluster",
        service_name=service,
    )


def database_args(size: Size) -> DatabaseAlarmsArgs:
    """Return the arguments of the database's alarms at one size."""
    return DatabaseAlarmsArgs(
        prefix="storefront-staging-database",
        topic_arn=TOPIC,
        tags=TAGS,
        identifier="database",
        instance_class=size.instance_class,
        storage_gib=size.storage_gib,
        replica_identifiers={str(n + 1): f"replica-{n + 1}" for n in range(size.replicas)},
    )


def network_args(size: Size) -> NetworkAlarmsArgs:
    """Return the arguments of the NAT gateways' alarms at one size."""
    return NetworkAlarmsArgs(
        prefix="storefront-staging",
        topic_arn=TOPIC,
        tags=TAGS,
        nat_gateway_ids={zone: f"nat-{zone}" for zone in size.nat_zones},
    )


def firewall_args() -> FirewallAlarmsArgs:
    """Return the arguments of the firewall's alarm."""
    return FirewallAlarmsArgs(
        prefix="storefront-staging-firewall",
        topic_arn=TOPIC,
        tags=TAGS,
        region="eu-west-1",
        web_acl_metric="firewall",
        rule_metrics=["rate-limit", "AWSManagedRulesCommonRuleSet"],
    )


def certificate_args() -> CertificateAlarmsArgs:
    """Return the arguments of the certificate's alarm."""
    return CertificateAlarmsArgs(
        prefix="storefront-staging", topic_arn=TOPIC, tags=TAGS, certificate_arn="arn:cert"
    )


def backup_args() -> BackupAlarmsArgs:
    """Return the arguments of the backups' alarms."""
    return BackupAlarmsArgs(
        prefix="storefront-staging", topic_arn=TOPIC, tags=TAGS, vault_name="storefront"
    )


def dns_args() -> DnsAlarmsArgs:
    """Return the arguments of the zone's alarms."""
    return DnsAlarmsArgs(
        prefix="storefront-staging",
        topic_arn=GLOBAL_TOPIC,
        tags=TAGS,
        zone_id="Z1",
    )


def outside_args() -> OutsideAlarmsArgs:
    """Return the arguments of the alarms on what is seen from outside."""
    return OutsideAlarmsArgs(
        prefix="storefront-staging-outside",
        topic_arn=GLOBAL_TOPIC,
        tags=TAGS,
        entrance="check-0",
        required={"payments": "check-1"},
        optional={"search": "check-2"},
    )


def audit_args() -> AuditAlarmsArgs:
    """Return the arguments of the audit trail's alarms."""
    return AuditAlarmsArgs(
        prefix="storefront-staging-audit",
        topic_arn=TOPIC,
        tags=TAGS,
        log_group_name="/storefront/staging/trail",
        metric_namespace="storefront/staging/audit",
    )


def log_args() -> LogAlarmsArgs:
    """Return the arguments of the logs' alarms."""
    return LogAlarmsArgs(
        prefix="storefront-staging",
        topic_arn=TOPIC,
        tags=TAGS,
        sources={"web": 10, "worker": 10, "database": 10},
        metric_namespace="storefront/staging/logs",
    )


def job_args() -> JobAlarmsArgs:
    """Return the arguments of the scheduled jobs' alarms."""
    return JobAlarmsArgs(
        prefix="storefront-staging-job",
        topic_arn=TOPIC,
        tags=TAGS,
        schedule_groups={"nightly-report": "storefront-staging-nightly-report"},
    )


def every_set(size: Size) -> list[pulumi.ComponentResource]:
    """Register every set of alarms."""
    return [
        DeploymentAlarms("deployment-alarms", deployment_args()),
        WebAlarms("web-alarms", web_args()),
        ServiceAlarms("web-service-alarms", service_args("web")),
        ServiceAlarms("worker-service-alarms", service_args("worker")),
        DatabaseAlarms("database-alarms", database_args(size)),
        NetworkAlarms("network-alarms", network_args(size)),
        FirewallAlarms("firewall-alarms", firewall_args()),
        CertificateAlarms("certificate-alarms", certificate_args()),
        BackupAlarms("backup-alarms", backup_args()),
        DnsAlarms("dns-alarms", dns_args()),
        OutsideAlarms("outside-alarms", outside_args()),
        AuditAlarms("audit-alarms", audit_args()),
        LogAlarms("log-alarms", log_args()),
        JobAlarms("job-alarms", job_args()),
    ]


@cache
def monitored(size: Size) -> Graph:
    """Return the graph of every set of alarms at one size."""
    return record(lambda: every_set(size))


def database_alarms(size: Size, **changes: object) -> Graph:
    """Return the graph of the database's alarms alone."""
    args = replace(database_args(size), **changes)  # type: ignore[arg-type]
    return record(lambda: DatabaseAlarms("database-alarms", args))
