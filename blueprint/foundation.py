"""What the rest stands on: keys, who is told, where logs end up, who did what."""

from blueprint.basis import GLOBAL_REGION, Basis
from blueprint.keys import Keys
from components.audit_trail import AuditTrail, AuditTrailArgs, trail_arn
from components.key import EncryptionKey
from components.log_archive import LogArchive, LogArchiveArgs
from components.notifications import Notifications, NotificationsArgs


class Foundation:
    """Keys, topics, the log archive and the audit trail of one environment."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self.keys = Keys(basis)
        self.notifications = self._topic("notifications", basis.region, self.keys.main)
        self.global_notifications = self._topic(
            "notifications-global", GLOBAL_REGION, self.keys.global_
        )
        self.archive = self._log_archive()
        self.trail = self._audit_trail()

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
