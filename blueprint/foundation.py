"""What the rest stands on: keys, who is told, where logs end up, who did what."""

from blueprint.basis import GLOBAL_REGION, Basis
from blueprint.keys import Keys
from components.account_baseline import AccountBaseline, AccountBaselineArgs
from components.audit_trail import AuditTrail, AuditTrailArgs, trail_arn
from components.key import EncryptionKey
from components.log_archive import CONFIG_FOLDER, LogArchive, LogArchiveArgs
from components.notifications import Notifications, NotificationsArgs

HERE = "here"
"""Who manages a part of the account's baseline: this program."""


class Foundation:
    """Keys, topics, the log archive, the audit trail and what guards one environment's account."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self.keys = Keys(basis)
        self.notifications = self._topic("notifications", basis.region, self.keys.main)
        self.global_notifications = self._topic(
            "notifications-global", GLOBAL_REGION, self.keys.global_
        )
        self.archive = self._log_archive()
        self.trail = self._audit_trail()
        self._account_baseline()

    def _topic(self, name: str, region: str, key: EncryptionKey) -> Notifications:
        basis = self._basis
        return Notifications(
            name,
            NotificationsArgs(
                account_id=basis.account,
                region=region,
                topic_name=basis.names.named(name),
                kms_key_arn=key.arn,
                emails=basis.identity.notifications.emails,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _log_archive(self) -> LogArchive:
        basis, names = self._basis, self._basis.names
        return LogArchive(
            "log-archive",
            LogArchiveArgs(
                account_id=basis.account,
                access_bucket_name=names.bucket("access-logs"),
                trail_bucket_name=names.bucket("trail"),
                trail_arn=trail_arn(
                    account_id=basis.account,
                    region=basis.region,
                    trail_name=names.named("trail"),
                ),
                kms_key_arn=self.keys.main.arn,
                retention_days=basis.log_days,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _audit_trail(self) -> AuditTrail:
        basis, names = self._basis, self._basis.names
        return AuditTrail(
            "audit-trail",
            AuditTrailArgs(
                account_id=basis.account,
                region=basis.region,
                trail_name=names.named("trail"),
                bucket=self.archive.trail_bucket,
                kms_key_arn=self.keys.main.arn,
                log_bucket_arns=[self.archive.trail_bucket_arn, self.archive.access_bucket_arn],
                log_group_name=names.log_group("audit"),
                log_retention_days=basis.log_days,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _account_baseline(self) -> None:
        basis, baseline = self._basis, self._basis.shape.baseline
        AccountBaseline(
            "account-baseline",
            AccountBaselineArgs(
                account_id=basis.account,
                region=basis.region,
                analyzer_name=basis.names.named("outside-access"),
                guard_duty=baseline.guard_duty == HERE,
                security_hub=baseline.security_hub == HERE,
                access_analyzer=baseline.access_analyzer == HERE,
                config_recorder=baseline.config_recorder == HERE,
                volume_encryption=baseline.volume_encryption == HERE,
                public_access_block=baseline.public_access_block == HERE,
                bucket=self.archive.access_bucket,
                folder=CONFIG_FOLDER,
                topic_arn=self.notifications.topic_arn,
                protect=basis.protect,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
