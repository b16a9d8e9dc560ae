"""What a price book may price, by key, with the unit of one price."""

from settings.catalogue import database_class

RDS_HOURS = "rds-hours."
"""And the class: ``rds-hours.db.t4g.medium``. Single-AZ: a standby counts as an instance."""

KEYS: dict[str, str] = {
    # By the hour or month: counted.
    "nat-gateway-hours": "hour",
    "public-ipv4-hours": "hour",
    "load-balancer-hours": "hour",
    "interface-endpoint-hours": "hour of one endpoint in one zone",
    "fargate-arm64-vcpu-hours": "hour of a vCPU",
    "fargate-arm64-gb-hours": "hour of a GB of memory",
    "fargate-x86_64-vcpu-hours": "hour of a vCPU",
    "fargate-x86_64-gb-hours": "hour of a GB of memory",
    "fargate-spot-arm64-vcpu-hours": "hour of a vCPU",
    "fargate-spot-arm64-gb-hours": "hour of a GB of memory",
    "fargate-spot-x86_64-vcpu-hours": "hour of a vCPU",
    "fargate-spot-x86_64-gb-hours": "hour of a GB of memory",
    "rds-storage-gib-months": "GiB for a month, Single-AZ",
    "rds-iops-months": "provisioned IOPS for a month, Single-AZ",
    "backup-gib-months": "GiB in a vault for a month",
    "kms-keys": "key for a month",
    "secrets": "secret for a month",
    "alarm-metrics": "metric that an alarm looks at, for a month",
    "composite-alarms": "alarm for a month",
    "dashboards": "dashboard for a month",
    "web-acls": "web ACL for a month",
    "web-acl-rules": "rule or managed group for a month",
    "hosted-zones": "zone for a month",
    "health-checks": "health check for a month",
    # By use: counted only where the price book states how much.
    "nat-gateway-gb": "GB through a NAT gateway",
    "egress-gb": "GB to the internet",
    "load-balancer-lcu-hours": "hour of a load balancer capacity unit",
    "interface-endpoint-gb": "GB through an interface endpoint",
    "logs-ingested-gb": "GB written to a log group",
    "logs-stored-gb-months": "GB in log groups for a month",
    "custom-metrics": "metric for a month, of metric filters and Container Insights",
    "backup-changed-gib-months": "GiB that changed since the copy before, in a vault for a month",
    "restore-gib": "GiB restored by a restore test",
    "restored-rds-hours": "hour of a database that a restore test or refresh made",
    "backup-evaluations": "evaluation of a backup audit's control",
    "s3-gb-months": "GB in buckets for a month",
    "ecr-gb-months": "GB of images for a month",
    "kms-requests-10k": "10,000 requests",
    "waf-requests-1m": "million requests",
    "dns-queries-1m": "million queries",
    "trail-events-100k": "100,000 data events",
    "state-transitions-1k": "1,000 state transitions",
    "notifications-100k": "100,000 messages",
    "schedules-1m": "million starts of schedules and events",
    "configuration-items": "configuration item that AWS Config records",
    "threat-detection-1m-events": "million events of CloudTrail that GuardDuty looks at",
    "threat-detection-gb": "GB of flow and DNS logs that GuardDuty looks at",
    "security-checks": "check of a control by Security Hub",
}


def unit(key: str) -> str:
    """Return what one price is for; KeyError where nothing is called so."""
    if key.startswith(RDS_HOURS) and database_class(key.removeprefix(RDS_HOURS)):
        return "hour of an instance"
    return KEYS[key]
