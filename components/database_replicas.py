"""The database's read replicas: copies in the same region that answer reads."""

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import rds

from components.database_args import DatabaseArgs
from components.database_instance import INSIGHTS_DAYS, SLOW
from components.database_monitoring import LOGS, log_groups
from components.tags import child_tags


def replicas(
    name: str,
    args: DatabaseArgs,
    *,
    source: rds.Instance,
    parameter_group: rds.ParameterGroup,
    monitoring_role_arn: Input[str],
    parent: pulumi.Resource,
) -> list[rds.Instance]:
    """Return ``args.read_replicas`` replicas of ``source``, each with its log groups.

    What a replica takes from its source is left out: key, subnet group, user, data. It has no
    backups and no final snapshot, as all of it is in the source (RDS refuses the snapshot).
    """
    made = []
    for number in range(1, args.read_replicas + 1):
        child = f"{name}-replica-{number}"
        identifier = f"{args.instance_identifier}-replica-{number}"
        groups = log_groups(
            child,
            component=name,
            identifier=identifier,
            kms_key_arn=args.kms_key_arn,
            retention_days=args.log_retention_days,
            keep=args.protect,
            tags=args.tags,
            parent=parent,
        )
        made.append(
            rds.Instance(
                child,
                identifier=identifier,
                replicate_source_db=source.identifier,
                auto_minor_version_upgrade=True,
                instance_class=args.instance_class,
                multi_az=False,
                storage_type="gp3",
                max_allocated_storage=args.max_storage_gib,
                storage_encrypted=True,
                vpc_security_group_ids=args.security_group_ids,
                port=args.port,
                publicly_accessible=False,
                parameter_group_name=parameter_group.name,
                ca_cert_identifier=args.ca_certificate,
                iam_database_authentication_enabled=True,
                performance_insights_enabled=True,
                performance_insights_kms_key_id=args.kms_key_arn,
                performance_insights_retention_period=INSIGHTS_DAYS,
                database_insights_mode="standard",
                monitoring_interval=args.monitoring_seconds,
                monitoring_role_arn=monitoring_role_arn,
                enabled_cloudwatch_logs_exports=list(LOGS),
                backup_retention_period=0,
                maintenance_window=args.maintenance_window,
                apply_immediately=False,
                copy_tags_to_snapshot=True,
                skip_final_snapshot=True,
                deletion_protection=args.protect,
                tags=child_tags(args.tags, name, child),
                opts=ResourceOptions(
                    parent=parent,
                    depends_on=list(groups.values()),
                    protect=args.protect,
                    # The provider can't lead a replica to another source, only make it anew.
                    replace_on_changes=["replicateSourceDb"],
                    delete_before_replace=False,
                    custom_timeouts=SLOW,
                ),
            )
        )
    return made
