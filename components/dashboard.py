"""The environment on one page: alarms first, then each part from the user inwards.

Everything on it is there for both environments; lines by zone, replica or service are as many as
these are. Logs are not shown: a dashboard is read by more people than logs may be.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch

from components.alarm import Metric
from components.alarms_outside import outside_status
from components.dashboard_delivery import delivery_graphs
from components.dashboard_layout import Area, Graph, Page
from components.service_metrics import desired_tasks, running_tasks, service_metric
from components.target_metrics import balancer_metric, check_groups, healthy_hosts, unhealthy_hosts
from components.zone import ROUTE53_REGION


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What there is to show. A dashboard takes no tags."""

    dashboard_name: str
    """Physical: people find it by name."""
    region: str
    alarm_arns: Sequence[Input[str]]
    load_balancer_suffix: Input[str]
    target_group_suffixes: Mapping[str, Input[str]]
    """By short name, as for the alarms."""
    cluster_name: Input[str]
    service_names: Mapping[str, Input[str]]
    """By what it is: ``web``, ``worker``."""
    database_identifiers: Mapping[str, Input[str]]
    """The primary and its replicas: ``primary``, ``replica-1``."""
    nat_gateway_ids: Mapping[str, Input[str]]
    """By the letter of the zone."""
    web_acl_metric: Input[str]
    certificate_arn: Input[str]
    backup_vault_name: Input[str]
    log_errors: Mapping[str, Metric]
    """What counts the errors in each log: ``LogErrors.metrics``."""
    outside_checks: Mapping[str, Input[str]]
    """Ids of Route 53's health checks, by what they ask."""
    environment: str
    """By which operations publish how delivery goes."""

    def __post_init__(self) -> None:
        """Refuse a page with nothing on it, and a name that CloudWatch refuses."""
        check_groups(self.target_group_suffixes)
        if not self.dashboard_name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(
                f"dashboard_name must be letters, digits, - or _, got {self.dashboard_name!r}"
            )
        for name in ("alarm_arns", "service_names", "database_identifiers", "nat_gateway_ids"):
            if not getattr(self, name):
                raise ValueError(f"{name} must name at least one, got none")


class Dashboard(pulumi.ComponentResource):
    """One page that shows the same in either environment."""

    dashboard_name: Output[str]
    dashboard_arn: Output[str]

    def __init__(self, name: str, args: DashboardArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:monitoring:Dashboard", name, None, opts)
        page = Page(region=args.region)
        page.add_alarms("Alarms", args.alarm_arns)
        for area in areas(args):
            page.add_area(area)
        dashboard = cloudwatch.Dashboard(
            f"{name}-page",
            dashboard_name=args.dashboard_name,
            dashboard_body=Output.from_input({"widgets": page.widgets}).apply(_body),
            opts=ResourceOptions(parent=self),
        )
        self.dashboard_name = dashboard.dashboard_name
        self.dashboard_arn = dashboard.dashboard_arn
        self.register_outputs(
            {"dashboard_name": self.dashboard_name, "dashboard_arn": self.dashboard_arn}
        )


def areas(args: DashboardArgs) -> list[Area]:
    """Return the page's areas, from the user inwards."""
    return [
        Area(title="Entrance", graphs=_entrance(args)),
        Area(title="Services", graphs=_services(args)),
        Area(title="Database", graphs=_database(args)),
        Area(title="Network", graphs=_network(args)),
        Area(title="Certificate and backups", graphs=_upkeep(args)),
        Area(title="Delivery and likeness", graphs=delivery_graphs(args.environment)),
    ]


def _entrance(args: DashboardArgs) -> list[Graph]:
    def balancer(metric: str, statistic: str = "Sum") -> Metric:
        return balancer_metric(args.load_balancer_suffix, metric, statistic)

    def firewall(metric: str) -> Metric:
        dimensions = {"WebACL": args.web_acl_metric, "Region": args.region, "Rule": "ALL"}
        return Metric(namespace="AWS/WAFV2", name=metric, dimensions=dimensions, statistic="Sum")

    healthy = healthy_hosts(args.load_balancer_suffix, args.target_group_suffixes)
    unhealthy = unhealthy_hosts(args.load_balancer_suffix, args.target_group_suffixes)
    return [
        Graph(title="Requests", lines={"requests": balancer("RequestCount")}),
        Graph(
            title="Errors",
            lines={
                "application 5xx": balancer("HTTPCode_Target_5XX_Count"),
                "load balancer 5xx": balancer("HTTPCode_ELB_5XX_Count"),
                "application 4xx": balancer("HTTPCode_Target_4XX_Count"),
            },
        ),
        Graph(
            title="Seconds to answer",
            lines={share: balancer("TargetResponseTime", share) for share in ("p50", "p95", "p99")},
        ),
        Graph(
            title="Healthy and unhealthy tasks",
            lines={
                **{f"{key} healthy": metric for key, metric in healthy.items()},
                **{f"{key} unhealthy": metric for key, metric in unhealthy.items()},
            },
            period=60,
        ),
        Graph(
            title="Web firewall",
            lines={
                "allowed": firewall("AllowedRequests"),
                "blocked": firewall("BlockedRequests"),
            },
        ),
        Graph(title="Errors in logs", lines=args.log_errors),
        Graph(
            title="Answers from outside",
            lines={key: outside_status(each) for key, each in args.outside_checks.items()},
            period=60,
            region=ROUTE53_REGION,
        ),
    ]


def _services(args: DashboardArgs) -> list[Graph]:
    graphs: list[Graph] = []
    for key, service in args.service_names.items():
        used = {
            "CPU": service_metric(args.cluster_name, service, "CPUUtilization"),
            "memory": service_metric(args.cluster_name, service, "MemoryUtilization"),
        }
        tasks = {
            "wanted": desired_tasks(args.cluster_name, service),
            "running": running_tasks(args.cluster_name, service),
        }
        graphs += [
            Graph(title=f"{key}: percent used", lines=used, percent=True),
            Graph(title=f"{key}: tasks", lines=tasks, period=60),
        ]
    return graphs


def _database(args: DashboardArgs) -> list[Graph]:
    def lines(*metrics: str, statistic: str = "Average") -> dict[str, Metric]:
        several = len(metrics) > 1
        return {
            f"{key} {metric}" if several else key: Metric(
                namespace="AWS/RDS",
                name=metric,
                dimensions={"DBInstanceIdentifier": identifier},
                statistic=statistic,
            )
            for key, identifier in args.database_identifiers.items()
            for metric in metrics
        }

    return [
        Graph(title="CPU, percent", lines=lines("CPUUtilization"), percent=True),
        Graph(title="Connections", lines=lines("DatabaseConnections", statistic="Maximum")),
        Graph(title="Free storage, bytes", lines=lines("FreeStorageSpace", statistic="Minimum")),
        Graph(title="Free memory, bytes", lines=lines("FreeableMemory")),
        Graph(title="Disk requests a second", lines=lines("ReadIOPS", "WriteIOPS")),
        Graph(title="Seconds for the disk", lines=lines("ReadLatency", "WriteLatency")),
        Graph(title="CPU credits owed", lines=lines("CPUSurplusCreditBalance")),
        Graph(title="Replica lag, seconds", lines=lines("ReplicaLag", statistic="Maximum")),
    ]


def _network(args: DashboardArgs) -> list[Graph]:
    def lines(metric: str, statistic: str = "Sum") -> dict[str, Metric]:
        return {
            zone: Metric(
                namespace="AWS/NATGateway",
                name=metric,
                dimensions={"NatGatewayId": gateway},
                statistic=statistic,
            )
            for zone, gateway in sorted(args.nat_gateway_ids.items())
        }

    return [
        Graph(title="NAT: connections", lines=lines("ActiveConnectionCount", "Maximum")),
        Graph(title="NAT: bytes out", lines=lines("BytesOutToDestination")),
        Graph(title="NAT: no port left", lines=lines("ErrorPortAllocation")),
        Graph(title="NAT: packets dropped", lines=lines("PacketsDropCount")),
    ]


def _upkeep(args: DashboardArgs) -> list[Graph]:
    def jobs(metric: str) -> Metric:
        return Metric(
            namespace="AWS/Backup",
            name=metric,
            dimensions={"BackupVaultName": args.backup_vault_name},
            statistic="Sum",
        )

    days = Metric(
        namespace="AWS/CertificateManager",
        name="DaysToExpiry",
        dimensions={"CertificateArn": args.certificate_arn},
        statistic="Minimum",
    )
    return [
        Graph(title="Days until the certificate ends", lines={"days": days}, period=86_400),
        Graph(
            title="Backup jobs",
            lines={
                "completed": jobs("NumberOfBackupJobsCompleted"),
                "failed": jobs("NumberOfBackupJobsFailed"),
                "copies failed": jobs("NumberOfCopyJobsFailed"),
            },
            period=3_600,
        ),
    ]


def _body(body: Any) -> str:
    """Return the body as JSON that is the same for the same page."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
