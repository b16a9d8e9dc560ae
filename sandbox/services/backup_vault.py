"""AWS Backup: vault, its lock, its policy and its notifications."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.backup_tags import BackupType, tags_in
from sandbox.services.forms import made_by
from sandbox.services.references import require_key
from sandbox.services.shown import emptied

LOCK_BOUNDS = {
    "changeableForDays": (3, 36500),
    "maxRetentionDays": (1, 36500),
    "minRetentionDays": (1, 36500),
}
"""API reference, "PutBackupVaultLockConfiguration"."""


class Vault(BackupType):
    """A vault. It is always empty: moto makes no recovery points."""

    token = "aws:backup/vault:Vault"
    creates = "create_backup_vault"
    created = "BackupVaultName"
    describe = Describe("describe_backup_vault", lambda id_: {"BackupVaultName": id_}, "@")
    deletes = "delete_backup_vault"
    identified = "BackupVaultName"
    autoname = Autoname(longest=50)
    inputs = {
        "forceDestroy": kept("what is done before deletion; a vault here is always empty"),
        "kmsKeyArn": member("EncryptionKeyArn"),
        "name": member("BackupVaultName"),
        "tags": tags_in("BackupVaultTags"),
    }
    outputs = {"arn": "BackupVaultArn", "recoveryPoints": "NumberOfRecoveryPoints"}

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("backup", f"backup-vault:{id_}")

    def create(self, aws: Aws, new: Props) -> str:
        """Create the vault, once its key exists."""
        require_key(aws, "backup.create_backup_vault", new.get("kmsKeyArn"))
        return super().create(aws, new)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the vault; moto does not count what it holds."""
        found = super().item(aws, id_, saved)
        return None if found is None else {"NumberOfRecoveryPoints": 0, **found}

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return AWS's own key, where the program named none."""
        if props.get("kmsKeyArn"):
            return {}
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{aws.account}/{aws.region}/alias/aws/backup")
        return {"kmsKeyArn": aws.arn("kms", f"key/{key}")}


class VaultPart(ResourceType):
    """A part of a vault, known by the vault's name; there is one of each."""

    service = "backup"
    reads: str
    """The request that shows the part, with the vault's name and ARN."""

    def create(self, aws: Aws, new: Props) -> str:
        """Put the part into the vault, which must be there, and return the vault's name."""
        aws.call(f"backup.{self.creates}", **self.params(self.creates, new))
        return str(new["backupVaultName"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the part again, whole."""
        aws.call(f"backup.{self.creates}", **self.params(self.creates, new))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the part, with the vault's name and ARN."""
        found: dict[str, Any] | None = aws.find(f"backup.{self.reads}", "@", BackupVaultName=id_)
        return found

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Take the part out of the vault; it goes with the vault too."""
        aws.call(f"backup.{self.deletes}", BackupVaultName=id_)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the vault's name, if it has this very part."""
        name = str(inputs["backupVaultName"])
        return name if made_by(self, aws, name, inputs) else None


class VaultLockConfiguration(VaultPart):
    """A vault's lock; once its date of no return is past, nobody takes it away."""

    token = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    creates = "put_backup_vault_lock_configuration"
    reads = "describe_backup_vault"
    deletes = "delete_backup_vault_lock_configuration"
    inputs = {
        "backupVaultName": same(),
        # AWS shows the date that follows from it instead.
        "changeableForDays": same(unseen="AWS shows the date it comes to"),
        "maxRetentionDays": same(),
        "minRetentionDays": same(),
    }
    outputs = {"backupVaultArn": "BackupVaultArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield days that AWS Backup refuses."""
        for name, (low, high) in LOCK_BOUNDS.items():
            days = props.get(name)
            if isinstance(days, int) and not low <= days <= high:
                yield name, f"must be between {low} and {high}, got {days}"
        least, most = props.get("minRetentionDays"), props.get("maxRetentionDays")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield "minRetentionDays", f"must be at most maxRetentionDays {most}, got {least}"

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the lock of a vault that is locked."""
        found = super().item(aws, id_, saved)
        if found is None or not found.get("Locked"):
            return None
        days = {"minRetentionDays": "MinRetentionDays", "maxRetentionDays": "MaxRetentionDays"}
        emptied(found, saved, days)
        return found


class VaultPolicy(VaultPart):
    """Who may do what with a vault."""

    token = "aws:backup/vaultPolicy:VaultPolicy"
    creates = "put_backup_vault_access_policy"
    reads = "get_backup_vault_access_policy"
    deletes = "delete_backup_vault_access_policy"
    inputs = {"backupVaultName": same(), "policy": same()}
    outputs = {"backupVaultArn": "BackupVaultArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what is no policy at all."""
        text = props.get("policy")
        if not isinstance(text, str):
            return
        try:
            document = json.loads(text)
        except ValueError as error:
            yield "policy", f"is not JSON: {error}"
            return
        if not isinstance(document, dict) or not document.get("Statement"):
            yield "policy", "has no Statement (AWS: MalformedPolicyDocument)"


class VaultNotifications(VaultPart):
    """Which of a vault's events a topic hears of."""

    token = "aws:backup/vaultNotifications:VaultNotifications"
    creates = "put_backup_vault_notifications"
    reads = "get_backup_vault_notifications"
    deletes = "delete_backup_vault_notifications"
    inputs = {
        "backupVaultEvents": same(),
        "backupVaultName": same(),
        "snsTopicArn": member("SNSTopicArn"),
    }
    outputs = {"backupVaultArn": "BackupVaultArn"}

    def create(self, aws: Aws, new: Props) -> str:
        """Put the notifications, once the topic is there: one of the vault's region and account."""
        topic = str(new["snsTopicArn"])
        _, _, _, region, account, *_ = topic.split(":")
        request = "backup.put_backup_vault_notifications: InvalidParameterValueException"
        if (account, region) != (aws.account, aws.region):
            raise SandboxError(
                f"{request}: topic {topic} is not of the vault's account and region"
                f" ({aws.account}, {aws.region})"
            )
        if aws.find("sns.get_topic_attributes", "Attributes", TopicArn=topic) is None:
            raise SandboxError(f"{request}: topic {topic} does not exist")
        return super().create(aws, new)
