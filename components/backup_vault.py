"""A backup vault: where recovery points lie, and what keeps them there.

The same component is the vault that backups are first written to, the one in another region
(``region``), and the one in another account (its provider is then that account's).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import backup

from components.tags import child_tags

VAULT_NAME = re.compile(r"[A-Za-z0-9_-]{2,50}")  # AWS docs "CreateBackupVault"
ACCOUNT = re.compile(r"[0-9]{12}")
# Of the events that AWS Backup still sends (AWS docs "PutBackupVaultNotifications") those that are
# always bad news. A failed backup is not among them: it comes by the plan's event rules.
EVENTS = ("COPY_JOB_FAILED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED")
# What the control BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED wants denied.
REMOVALS = (
    "backup:DeleteRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:UpdateRecoveryPointLifecycle",
)


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs:
    """What a caller must say; the lock and the policy are not to be chosen.

    ``min_retention_days`` and ``max_retention_days`` bound what may be written to the vault: a job
    that asks for less or more fails. ``topic_arn`` is a topic of the vault's own account and
    region, the only one AWS Backup can use; ``None`` where there is none. ``copy_from_account``
    is another account that may copy into the vault. ``break_glass_role_arns`` may delete recovery
    points. ``region`` is another region of the account.
    """

    vault_name: str
    kms_key_arn: Input[str]
    min_retention_days: int
    max_retention_days: int
    protect: bool
    tags: Mapping[str, str]
    topic_arn: Input[str] | None = None
    copy_from_account: str | None = None
    break_glass_role_arns: Sequence[str] = ()
    region: str | None = None

    def __post_init__(self) -> None:
        """Refuse a name, a number of days or an account that AWS Backup would refuse."""
        if not VAULT_NAME.fullmatch(self.vault_name):
            raise ValueError(
                "vault_name must be 2 to 50 letters, digits, hyphens and underscores, "
                f"got {self.vault_name!r}"
            )
        if not 1 <= self.min_retention_days <= self.max_retention_days:
            raise ValueError(
                "min_retention_days must be between 1 and max_retention_days "
                f"({self.max_retention_days}), got {self.min_retention_days}"
            )
        if self.copy_from_account is not None and not ACCOUNT.fullmatch(self.copy_from_account):
            raise ValueError(
                f"copy_from_account must be twelve digits, got {self.copy_from_account!r}"
            )


class BackupVault(pulumi.ComponentResource):
    """A vault whose recovery points nobody deletes before their time.

    The lock is in governance mode: it has no date from which it can't be taken away, so that an
    environment can be destroyed by somebody who may. Until then nobody shortens a recovery point's
    life, and the policy lets only the break-glass roles delete one. Where ``protect`` is not set,
    destroying the vault deletes what is in it.

    Two presences depend on wiring: notifications need a topic of the vault's region, and the
    permission to copy in needs another account. Neither depends on scale.
    """

    name: Output[str]
    arn: Output[str]

    def __init__(
        self, name: str, args: BackupVaultArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:backup:BackupVault", name, None, opts)
        child = f"{name}-vault"
        vault = backup.Vault(
            child,
            name=args.vault_name,
            kms_key_arn=args.kms_key_arn,
            force_destroy=not args.protect,
            region=args.region,
            tags=child_tags(args.tags, name, child),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        # A vault has one lock, one policy and one list of events. Made anew before the old one is
        # deleted, each would be deleted with it: the deletion names the vault only.
        part = ResourceOptions(parent=self, delete_before_replace=True)
        backup.VaultLockConfiguration(
            f"{name}-lock",
            backup_vault_name=vault.name,
            min_retention_days=args.min_retention_days,
            max_retention_days=args.max_retention_days,
            region=args.region,
            opts=part,
        )
        backup.VaultPolicy(
            f"{name}-policy",
            backup_vault_name=vault.name,
            policy=json.dumps(vault_policy(args)),
            region=args.region,
            # The policy denies its own change, not its deletion: so it is deleted and put anew,
            # while the lock still holds.
            opts=ResourceOptions.merge(part, ResourceOptions(replace_on_changes=["policy"])),
        )
        if args.topic_arn is not None:
            backup.VaultNotifications(
                f"{name}-notifications",
                backup_vault_name=vault.name,
                sns_topic_arn=args.topic_arn,
                backup_vault_events=list(EVENTS),
                region=args.region,
                opts=part,
            )
        self.name = vault.name
        self.arn = vault.arn
        self.register_outputs({"name": self.name, "arn": self.arn})


def vault_policy(args: BackupVaultArgs) -> dict[str, Any]:
    """Return the vault's policy: no deletion by hand, and copies from the named account."""
    deny: dict[str, Any] = {
        "Sid": "KeepRecoveryPoints",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(REMOVALS),
        "Resource": "*",
    }
    if args.break_glass_role_arns:
        deny["Condition"] = {"ArnNotEquals": {"aws:PrincipalArn": list(args.break_glass_role_arns)}}
    statements = [deny]
    if args.copy_from_account is not None:
        statements.append(
            {
                "Sid": "CopyIn",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{args.copy_from_account}:root"},
                "Action": "backup:CopyIntoBackupVault",
                "Resource": "*",
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}
