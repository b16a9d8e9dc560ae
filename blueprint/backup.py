"""The backups: where they are kept, when they are made, and who checks."""

from pulumi import Input, ResourceOptions

from blueprint.basis import Basis
from blueprint.foundation import Foundation
from components.backup_audit import BackupAudit, BackupAuditArgs, report_delivery_statement
from components.backup_plan import BackupPlan, BackupPlanArgs, BackupTier
from components.backup_vault import BackupVault, BackupVaultArgs
from components.bucket import PrivateBucket, PrivateBucketArgs

REPORTS_FOLDER = "backup"


class BackupArea:
    """The backups of one environment: here, in another region, in another account."""

    def __init__(self, basis: Basis, foundation: Foundation) -> None:
        self._basis = basis
        keys, identity = foundation.keys, basis.identity
        self.vault = self._vault(
            "vault", keys.main.arn, topic_arn=foundation.notifications.topic_arn
        )
        self.copy = self._vault("vault-copy", keys.copy.arn, region=identity.copy_region)
        self.archive = self._vault(
            "vault-archive",
            keys.archive.arn,
            copy_from_account=basis.account,
            opts=basis.at(basis.providers.archive),
        )
        self.plan = self._plan(foundation)
        self.reports = self._reports(foundation)
        self._audit()

    def _vault(
        self,
        name: str,
        key_arn: Input[str],
        *,
        topic_arn: Input[str] | None = None,
        region: str | None = None,
        copy_from_account: str | None = None,
        opts: ResourceOptions | None = None,
    ) -> BackupVault:
        basis, kept = self._basis, self._basis.scale.backup
        return BackupVault(
            name,
            BackupVaultArgs(
                vault_name=basis.names.named(name),
                kms_key_arn=key_arn,
                min_retention_days=kept.daily_days,
                max_retention_days=kept.monthly_days,
                protect=basis.protect,
                topic_arn=topic_arn,
                copy_from_account=copy_from_account,
                region=region,
                tags=basis.tags,
            ),
            opts=opts or basis.here,
        )

    def _plan(self, foundation: Foundation) -> BackupPlan:
        basis, when, kept = self._basis, self._basis.shape.backup, self._basis.scale.backup
        return BackupPlan(
            "backup",
            BackupPlanArgs(
                account=basis.account,
                vault_name=self.vault.name,
                copy_vault_arn=self.copy.arn,
                archive_vault_arn=self.archive.arn,
                daily=BackupTier(schedule=when.daily.schedule, keep_days=kept.daily_days),
                weekly=BackupTier(schedule=when.weekly.schedule, keep_days=kept.weekly_days),
                monthly=BackupTier(schedule=when.monthly.schedule, keep_days=kept.monthly_days),
                selected=basis.names.prefix,
                topic_arn=foundation.notifications.topic_arn,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _reports(self, foundation: Foundation) -> PrivateBucket:
        basis = self._basis
        bucket_name = basis.names.bucket("reports")
        return PrivateBucket(
            "reports",
            PrivateBucketArgs(
                bucket_name=bucket_name,
                kms_key_arn=foundation.keys.main.arn,
                access_log_bucket=foundation.archive.access_bucket,
                keep_days=basis.log_days,
                statements=[
                    report_delivery_statement(
                        basis.account, f"arn:aws:s3:::{bucket_name}", REPORTS_FOLDER
                    )
                ],
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _audit(self) -> None:
        basis, kept = self._basis, self._basis.scale.backup
        BackupAudit(
            "backup-audit",
            BackupAuditArgs(
                prefix=basis.names.prefix.replace("-", "_"),
                selected=basis.names.prefix,
                kept_days=kept.daily_days,
                lock_min_days=kept.daily_days,
                lock_max_days=kept.monthly_days,
                copy_region=basis.identity.copy_region,
                archive_account=basis.identity.archive_account,
                bucket_name=self.reports.name,
                bucket_prefix=REPORTS_FOLDER,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
