"""What watches a database: its log groups, the role of enhanced monitoring, its events.

Left out: the log group ``RDSOSMetrics``, to which RDS writes the metrics of the operating system.
RDS makes it itself, one for an account and region, and keeps it for 30 days.
"""

import json
from collections.abc import Mapping, Sequence

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import cloudwatch, iam, rds

from components.permissions_boundary import boundary_arn
from components.tags import child_tags

# The engine's own log and that of its upgrades (AWS docs "Publishing PostgreSQL logs to Amazon
# CloudWatch Logs").
LOGS = ("postgresql", "upgrade")
MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
# All categories of an instance that ask somebody to look, by Security Hub's RDS.20 at least
# maintenance, configuration change and failure. "backup" and "creation" are daily routine.
INSTANCE_EVENTS = (
    "availability",
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
    "restoration",
)


def log_groups(
    name: str,
    *,
    component: str,
    identifier: str,
    kms_key_arn: Input[str],
    retention_days: int,
    keep: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> dict[str, cloudwatch.LogGroup]:
    """Return the log groups of the instance ``identifier``, by kind of log.

    RDS decides their names. They must be there before the instance: RDS would make them itself,
    without a key and kept for ever. With ``keep`` they outlive it, until their retention ends.
    """
    groups = {}
    for log in LOGS:
        child = f"{name}-{log}-log"
        groups[log] = cloudwatch.LogGroup(
            child,
            name=f"/aws/rds/instance/{identifier}/{log}",
            kms_key_id=kms_key_arn,
            retention_in_days=retention_days,
            tags=child_tags(tags, component, child),
            opts=ResourceOptions(parent=parent, retain_on_delete=keep),
        )
    return groups


def monitoring_role(
    name: str, *, account: str, tags: Mapping[str, str], parent: pulumi.Resource
) -> tuple[iam.Role, iam.RolePolicyAttachment]:
    """Return the role that writes enhanced monitoring, and what makes it able to.

    RDS checks the role's rights as it makes the instance, which therefore waits for both.
    """
    child = f"{name}-monitoring"
    role = iam.Role(
        child,
        description=f"RDS writes the enhanced monitoring of the database {name}",
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                    }
                ],
            }
        ),
        permissions_boundary=boundary_arn(account),
        tags=child_tags(tags, name, child),
        opts=ResourceOptions(parent=parent),
    )
    policy = iam.RolePolicyAttachment(
        f"{name}-monitoring-policy",
        role=role.name,
        policy_arn=MONITORING_POLICY,
        opts=ResourceOptions(parent=parent),
    )
    return role, policy


def event_subscriptions(
    name: str,
    *,
    identifiers: Sequence[Input[str]],
    parameter_group_name: Input[str],
    topic_arn: Input[str],
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> None:
    """Send to the topic what happens to these instances and to their parameters.

    The instances are named one by one: a database restored for a test is in the same account and
    must wake nobody.
    """
    wanted: tuple[tuple[str, str, Sequence[Input[str]], tuple[str, ...]], ...] = (
        ("events", "db-instance", identifiers, INSTANCE_EVENTS),
        (
            "parameter-events",
            "db-parameter-group",
            [parameter_group_name],
            ("configuration change",),
        ),
    )
    for noun, source_type, source_ids, categories in wanted:
        child = f"{name}-{noun}"
        rds.EventSubscription(
            child,
            sns_topic=topic_arn,
            source_type=source_type,
            source_ids=source_ids,
            event_categories=list(categories),
            tags=child_tags(tags, name, child),
            opts=ResourceOptions(parent=parent),
        )
