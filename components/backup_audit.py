"""What AWS checks about the backups, and the reports that are kept as evidence.

Left out: the AWS Config recorder, without which no control is judged; give it as ``recorder``.
AWS Backup writes reports with the service-linked role AWSServiceRoleForBackupReports. The role is
made with the account's first report plan, or by hand before it (AWS docs "Using roles for AWS
Backup Audit Manager"); a bucket policy that names it is refused until it is there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import CustomTimeouts, Input, Output, ResourceOptions
from pulumi_aws import backup

from components.backup_plan import BACKUP_TAG
from components.tags import child_tags

NAME_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,200}")  # AWS docs "CreateFramework"
# The weekly snapshot, and a day for it to be taken. The daily tier proves nothing here: of a
# database it is one recovery point, made once and then moved on.
NEWEST_AT_MOST_DAYS = 8
REPORTS = {
    "backup-jobs": "BACKUP_JOB_REPORT",
    "copy-jobs": "COPY_JOB_REPORT",
    "restore-jobs": "RESTORE_JOB_REPORT",
    "controls": "CONTROL_COMPLIANCE_REPORT",
}
# The provider waits two minutes for a framework to be deployed; nine controls can take longer.
SLOW = CustomTimeouts(create="15m", update="15m", delete="15m")


@dataclass(frozen=True, kw_only=True)
class BackupAuditArgs:
    """What a caller must say.

    ``prefix`` begins the names of framework and reports: letters, digits and underscores, for AWS
    takes no hyphen there. ``selected`` is the value of the tag ``Backup``. ``kept_days`` is what
    every recovery point is kept at least; the lock's days are those of the vault. ``recorder`` is
    the resource that has switched AWS Config on.
    """

    prefix: str
    selected: str
    kept_days: int
    lock_min_days: int
    lock_max_days: int
    copy_region: str
    archive_account: str
    bucket_name: Input[str]
    bucket_prefix: str
    tags: Mapping[str, str]
    recorder: pulumi.Resource | None = None

    def __post_init__(self) -> None:
        """Refuse a prefix that AWS Backup would refuse."""
        if not NAME_PREFIX.fullmatch(self.prefix):
            raise ValueError(
                "prefix must be letters, digits and underscores, starting with a letter, "
                f"got {self.prefix!r}"
            )


class BackupAudit(pulumi.ComponentResource):
    """A framework of nine controls over the backups, and four reports a day in a bucket."""

    framework_arn: Output[str]

    def __init__(
        self, name: str, args: BackupAuditArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:backup:BackupAudit", name, None, opts)
        child = f"{name}-framework"
        framework = backup.Framework(
            child,
            name=f"{args.prefix}_backup",
            description="Backups are made, kept, locked, encrypted and copied",
            controls=controls(args),
            tags=child_tags(args.tags, name, child),
            opts=ResourceOptions(
                parent=self,
                depends_on=[] if args.recorder is None else [args.recorder],
                custom_timeouts=SLOW,
            ),
        )
        for noun, template in REPORTS.items():
            report = f"{name}-{noun}-report"
            of_controls = template == "CONTROL_COMPLIANCE_REPORT"
            backup.ReportPlan(
                report,
                name=f"{args.prefix}_{noun.replace('-', '_')}",
                description=f"Daily report of {noun.replace('-', ' ')}",
                report_delivery_channel=backup.ReportPlanReportDeliveryChannelArgs(
                    s3_bucket_name=args.bucket_name,
                    s3_key_prefix=args.bucket_prefix,
                    formats=["CSV", "JSON"],
                ),
                report_setting=backup.ReportPlanReportSettingArgs(
                    report_template=template,
                    framework_arns=[framework.arn] if of_controls else None,
                    number_of_frameworks=1 if of_controls else None,
                ),
                tags=child_tags(args.tags, name, report),
                opts=ResourceOptions(parent=self),
            )
        self.framework_arn = framework.arn
        self.register_outputs({"frameworkArn": self.framework_arn})


def controls(args: BackupAuditArgs) -> list[backup.FrameworkControlArgs]:
    """Return the controls (AWS docs "AWS Backup Audit Manager: controls and remediation")."""
    ours = backup.FrameworkControlScopeArgs(tags={BACKUP_TAG: args.selected})
    return [
        _control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", ours),
        _control(
            "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
            requiredFrequencyUnit="days",
            requiredFrequencyValue="1",
            requiredRetentionDays=str(args.kept_days),
        ),
        _control(
            "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
            requiredRetentionDays=str(args.kept_days),
        ),
        _control("BACKUP_RECOVERY_POINT_ENCRYPTED"),
        _control("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"),
        _control(
            "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
            ours,
            minRetentionDays=str(args.lock_min_days),
            maxRetentionDays=str(args.lock_max_days),
        ),
        _control(
            "BACKUP_LAST_RECOVERY_POINT_CREATED",
            ours,
            recoveryPointAgeUnit="days",
            recoveryPointAgeValue=str(NEWEST_AT_MOST_DAYS),
        ),
        _control(
            "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION", ours, crossRegionList=args.copy_region
        ),
        _control(
            "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
            ours,
            crossAccountList=args.archive_account,
        ),
    ]


def report_writer_arn(account: str) -> str:
    """Return the ARN of the role that writes reports, for the bucket's and its key's policies."""
    return (
        f"arn:aws:iam::{account}:role/aws-service-role/reports.backup.amazonaws.com/"
        "AWSServiceRoleForBackupReports"
    )


def report_delivery_statement(account: str, bucket_arn: str, bucket_prefix: str) -> dict[str, Any]:
    """Return the bucket policy's statement that lets reports in.

    With a bucket under a KMS key the key's policy must give the same role ``kms:GenerateDataKey``
    and ``kms:Encrypt`` (AWS docs "Creating report plans").
    """
    return {
        "Sid": "BackupReports",
        "Effect": "Allow",
        "Principal": {"AWS": report_writer_arn(account)},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn}/{bucket_prefix}/*",
        "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    }


def _control(
    name: str, scope: backup.FrameworkControlScopeArgs | None = None, **parameters: str
) -> backup.FrameworkControlArgs:
    return backup.FrameworkControlArgs(
        name=name,
        scope=scope,
        input_parameters=[
            backup.FrameworkControlInputParameterArgs(name=key, value=value)
            for key, value in parameters.items()
        ],
    )
