"""The PostgreSQL instance that takes the writes."""

import pulumi
import pulumi_random as random
from pulumi import CustomTimeouts, Input, Output, ResourceOptions
from pulumi_aws import rds

from components.backup_plan import BACKUP_TAG
from components.database_args import DatabaseArgs, RestoreFrom
from components.database_monitoring import LOGS
from components.tags import child_tags

# A restore copies all the storage, and a change of a large instance moves it to another host:
# both can outlast the provider's 40 and 80 minutes.
SLOW = CustomTimeouts(create="3h", update="3h", delete="2h")
# Seven days cost nothing; any longer is paid by vCPU and month (AWS docs "Pricing and data
# retention for Performance Insights"). A week is long enough to compare with last week.
INSIGHTS_DAYS = 7


def final_snapshot_suffix(
    name: str, args: DatabaseArgs, *, parent: pulumi.Resource
) -> random.RandomId:
    """Return what ends the final snapshot's name: another for each instance that there has been.

    The keepers are all that replaces the instance (a restore has an identifier of its own). So a
    replaced instance has another name for its last snapshot, and RDS does not refuse it because
    the first one's is still there.
    """
    return random.RandomId(
        f"{name}-final-snapshot",
        byte_length=4,
        keepers={
            "identifier": args.instance_identifier,
            "database": args.database_name,
            "username": args.master_username,
            "key": args.kms_key_arn,
        },
        opts=ResourceOptions(parent=parent),
    )


def primary(
    name: str,
    args: DatabaseArgs,
    *,
    subnet_group: rds.SubnetGroup,
    parameter_group: rds.ParameterGroup,
    monitoring_role_arn: Input[str],
    final_snapshot: random.RandomId,
    password: random.RandomPassword,
    needs: list[pulumi.Resource],
    parent: pulumi.Resource,
) -> rds.Instance:
    """Return the instance that takes the writes, made after all of ``needs``."""
    child = f"{name}-instance"
    return rds.Instance(
        child,
        identifier=args.instance_identifier,
        engine="postgres",
        engine_version=args.engine_version,
        auto_minor_version_upgrade=True,
        instance_class=args.instance_class,
        multi_az=args.multi_az,
        # The data
        storage_type="gp3",
        allocated_storage=args.storage_gib,
        max_allocated_storage=args.max_storage_gib,
        storage_encrypted=True,
        kms_key_id=args.kms_key_arn,
        # A restored database brings its own; PostgreSQL takes no name then (AWS docs
        # "RestoreDBInstanceFromDBSnapshot").
        db_name=args.database_name if args.restore is None else None,
        snapshot_identifier=None if args.restore is None else args.restore.snapshot,
        restore_to_point_in_time=_point_in_time(args.restore),
        # Who reaches it
        db_subnet_group_name=subnet_group.name,
        vpc_security_group_ids=args.security_group_ids,
        port=args.port,
        publicly_accessible=False,
        parameter_group_name=parameter_group.name,
        ca_cert_identifier=args.ca_certificate,
        iam_database_authentication_enabled=True,
        username=args.master_username,
        password=password.result,
        # What is seen of it
        performance_insights_enabled=True,
        performance_insights_kms_key_id=args.kms_key_arn,
        performance_insights_retention_period=INSIGHTS_DAYS,
        database_insights_mode="standard",
        monitoring_interval=args.monitoring_seconds,
        monitoring_role_arn=monitoring_role_arn,
        enabled_cloudwatch_logs_exports=list(LOGS),
        # How it is kept and changed
        backup_retention_period=args.backup_days,
        backup_window=args.backup_window,
        maintenance_window=args.maintenance_window,
        # What needs a restart waits for the maintenance window.
        apply_immediately=False,
        copy_tags_to_snapshot=True,
        # RDS refuses to delete those that AWS Backup looks after; their plan ends them.
        delete_automated_backups=False,
        skip_final_snapshot=not args.keep_final_snapshot,
        final_snapshot_identifier=Output.concat(
            args.instance_identifier, "-final-", final_snapshot.hex
        ),
        deletion_protection=args.protect,
        tags={**child_tags(args.tags, name, child), BACKUP_TAG: args.backup_tag},
        opts=ResourceOptions(
            parent=parent,
            depends_on=needs,
            protect=args.protect,
            # The plan's continuous backup sets both from its first run on, and its days are to be
            # changed in the plan (AWS docs "Changing your retention period", AWS Backup). Held to
            # here they would be drift for ever. They count until then.
            ignore_changes=["backupRetentionPeriod", "backupWindow"],
            # The provider passes over a new moment of a restore, as if it were the old one.
            replace_on_changes=["restoreToPointInTime"],
            # The new one is made first. With an identifier that is taken RDS refuses, and the old
            # data stays: only a restore, which has a name of its own, can take its place.
            delete_before_replace=False,
            custom_timeouts=SLOW,
        ),
    )


def _point_in_time(restore: RestoreFrom | None) -> rds.InstanceRestoreToPointInTimeArgs | None:
    if restore is None or restore.snapshot is not None:
        return None
    return rds.InstanceRestoreToPointInTimeArgs(
        source_db_instance_identifier=restore.source,
        source_dbi_resource_id=restore.source_resource_id,
        restore_time=restore.time,
        use_latest_restorable_time=True if restore.time is None else None,
    )
