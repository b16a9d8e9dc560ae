"""An encryption key of the environment's own, with a name and a policy."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import kms

from components.key_statements import account_may_administer
from components.policy_documents import Statement, policy_document
from components.tags import child_tags

SHORTEST_RECOVERY_DAYS = 7
LONGEST_RECOVERY_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """What the key is called, who may use it, and how hard it is to lose."""

    account_id: str
    alias: str
    """Without the ``alias/`` that KMS puts before it."""
    description: str
    statements: Sequence[Statement] = ()
    """What services and other accounts may do, from ``key_statements`` and ``publishers``."""
    recovery_days: int
    protect: bool
    region: str | None = None
    """Where the key is, if not in the provider's region."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject what KMS would refuse, and a principal that is everybody."""
        if not SHORTEST_RECOVERY_DAYS <= self.recovery_days <= LONGEST_RECOVERY_DAYS:
            raise ValueError(
                f"recovery_days must be between {SHORTEST_RECOVERY_DAYS} and "
                f"{LONGEST_RECOVERY_DAYS}, got {self.recovery_days}"
            )
        if not re.fullmatch(r"(?!alias/|aws/)[A-Za-z0-9/_-]{1,250}", self.alias):
            raise ValueError(
                "alias must be letters, digits, '/', '_' and '-', with neither 'alias/' nor "
                f"'aws/' before it, got {self.alias!r}"
            )
        for statement in self.statements:
            if statement.get("Principal") in ("*", {"AWS": "*"}):
                raise ValueError(f"statements must name their principals, got {statement}")


class EncryptionKey(pulumi.ComponentResource):
    """A symmetric key that rotates every year and whose policy is written out.

    The account's own roles get their use of it from IAM; services and other accounts only from
    the statements given.
    """

    arn: Output[str]
    key_id: Output[str]

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:security:EncryptionKey", name, None, opts)

        key = kms.Key(
            f"{name}-key",
            description=args.description,
            enable_key_rotation=True,
            deletion_window_in_days=args.recovery_days,
            policy=policy_document(account_may_administer(args.account_id), *args.statements),
            region=args.region,
            tags=child_tags(args.tags, name, f"{name}-key"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        kms.Alias(
            f"{name}-alias",
            name=f"alias/{args.alias}",
            target_key_id=key.id,
            region=args.region,
            opts=ResourceOptions(parent=self),
        )

        self.arn = key.arn
        self.key_id = key.id
        self.register_outputs({"arn": self.arn, "key_id": self.key_id})
