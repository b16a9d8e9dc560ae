"""Which module declares which resource types; a module is imported when one of its types is met."""

from functools import cache
from importlib import import_module

from sandbox.errors import SandboxError
from sandbox.provider.resource import ResourceType

MODULES: dict[str, tuple[str, ...]] = {
    "accessanalyzer": ("accessanalyzer",),
    "acm": ("acm",),
    "appautoscaling": ("appautoscaling", "appautoscaling_policy", "appautoscaling_schedule"),
    "backup": ("backup_audit", "backup_plan", "backup_restore", "backup_vault"),
    "budgets": ("budgets",),
    "cfg": ("cfg",),
    "cloudtrail": ("cloudtrail",),
    "cloudwatch": ("cloudwatch_alarms", "cloudwatch_events", "cloudwatch_targets", "logs"),
    "costexplorer": ("costexplorer",),
    "ebs": ("ebs",),
    "ec2": (
        "ec2_endpoints",
        "ec2_flow_logs",
        "ec2_nat",
        "ec2_network",
        "ec2_route_tables",
        "ec2_routes",
        "ec2_security",
    ),
    "ecr": ("ecr",),
    "ecs": ("ecs_cluster", "ecs_service", "ecs_task"),
    "guardduty": ("guardduty",),
    "iam": ("iam_policies", "iam_roles"),
    "kms": ("kms",),
    "lb": ("lb_balancer", "lb_listener", "lb_rule", "lb_target_group"),
    "rds": ("rds_events", "rds_groups", "rds_instance"),
    "route53": ("route53", "route53_dnssec", "route53_health", "route53_logs", "route53_record"),
    "s3": ("s3_account", "s3_bucket", "s3_lifecycle", "s3_policy", "s3_settings"),
    "scheduler": ("scheduler",),
    "secretsmanager": ("secretsmanager", "secretsmanager_rotation"),
    "securityhub": ("securityhub",),
    "sfn": ("sfn",),
    "sns": ("sns", "sns_subscription"),
    "ssm": ("ssm",),
    "vpc": ("vpc_rules",),
    "wafv2": ("wafv2",),
}
"""Pulumi's module of a token (``ec2`` in ``aws:ec2/vpc:Vpc``) to the files of its types."""


@cache
def declared_in(module: str) -> dict[str, ResourceType]:
    """Return the types that one Pulumi module's files declare, by token."""
    found: dict[str, ResourceType] = {}
    for name in MODULES.get(module, ()):
        for value in vars(import_module(f"sandbox.services.{name}")).values():
            if (
                isinstance(value, type)
                and issubclass(value, ResourceType)
                and "token" in vars(value)
            ):
                found[value.token] = value()
    return found


def resource_type(token: str) -> ResourceType:
    """Return the declaration of a type.

    Raises SandboxError for a type that the sandbox does not carry.
    """
    module = token.partition(":")[2].partition("/")[0]
    found = declared_in(module).get(token)
    if found is None:
        raise SandboxError(
            f"{token}: the sandbox does not carry this type; see docs/sandbox-coverage.md"
        )
    return found


def all_types() -> dict[str, ResourceType]:
    """Return every declared type, by token."""
    return {token: kind for module in MODULES for token, kind in declared_in(module).items()}
