"""The encryption keys: one for each region and account in which an environment keeps anything."""

from collections.abc import Sequence

from pulumi import ResourceOptions

from blueprint.basis import GLOBAL_REGION, Basis
from components.audit_trail import trail_arn
from components.backup_audit import report_writer_arn
from components.key import EncryptionKey, EncryptionKeyArgs
from components.key_statements import account_may_take_copies, logs_may_encrypt, trail_may_encrypt
from components.policy_documents import Statement
from components.publishers import encrypt_statements


class Keys:
    """The keys of one environment."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        identity = basis.identity
        self.main = self._key(
            "encryption", "Everything that the environment keeps", _main_statements(basis)
        )
        self.global_ = self._key(
            "encryption-global",
            "Logs and notifications of DNS, which AWS keeps in us-east-1",
            [
                logs_may_encrypt(account_id=basis.account, region=GLOBAL_REGION),
                *encrypt_statements(account_id=basis.account, region=GLOBAL_REGION),
            ],
            region=GLOBAL_REGION,
        )
        self.copy = self._key(
            "encryption-copy", "Copies of backups in another region", region=identity.copy_region
        )
        self.archive = self._key(
            "encryption-archive",
            "Copies of backups in another account",
            account=identity.archive_account,
            opts=basis.at(basis.providers.archive),
        )

    def _key(
        self,
        name: str,
        description: str,
        statements: Sequence[Statement] = (),
        *,
        region: str | None = None,
        account: str | None = None,
        opts: ResourceOptions | None = None,
    ) -> EncryptionKey:
        basis = self._basis
        return EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=account or basis.account,
                alias=basis.names.named(name),
                description=description,
                statements=statements,
                recovery_days=basis.scale.protection.recovery_days,
                protect=basis.protect,
                region=region,
                tags=basis.tags,
            ),
            opts=opts or basis.here,
        )


def _main_statements(basis: Basis) -> list[Statement]:
    """Return who may use the main key besides the account's own roles."""
    trail = trail_arn(
        account_id=basis.account, region=basis.region, trail_name=basis.names.named("trail")
    )
    return [
        logs_may_encrypt(account_id=basis.account, region=basis.region),
        *trail_may_encrypt(account_id=basis.account, trail_arn=trail),
        *encrypt_statements(account_id=basis.account, region=basis.region),
        *account_may_take_copies(basis.identity.archive_account),
        {
            "Sid": "BackupReportsMayEncrypt",
            "Effect": "Allow",
            "Principal": {"AWS": report_writer_arn(basis.account)},
            "Action": ["kms:GenerateDataKey", "kms:Encrypt"],
            "Resource": "*",
        },
    ]
