"""A key that signs, which nobody can take out: its public half is for all who verify."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import kms

from components.key_statements import account_may_administer
from components.policy_documents import policy_document
from components.tags import child_tags


@dataclass(frozen=True, kw_only=True)
class SigningKeyArgs:
    """What the key is called, and how hard it is to lose."""

    account_id: str
    alias: str
    """Without the ``alias/`` that KMS puts before it."""
    description: str
    recovery_days: int
    protect: bool
    tags: Mapping[str, str]


class SigningKey(pulumi.ComponentResource):
    """A key on P-256. It never rotates: what it has signed must be verified by the same key."""

    arn: Output[str]

    def __init__(
        self, name: str, args: SigningKeyArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:security:SigningKey", name, None, opts)
        key = kms.Key(
            f"{name}-key",
            description=args.description,
            key_usage="SIGN_VERIFY",
            customer_master_key_spec="ECC_NIST_P256",
            deletion_window_in_days=args.recovery_days,
            policy=policy_document(account_may_administer(args.account_id)),
            tags=child_tags(args.tags, name, f"{name}-key"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        kms.Alias(
            f"{name}-alias",
            name=f"alias/{args.alias}",
            target_key_id=key.id,
            opts=ResourceOptions(parent=self),
        )

        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
