"""Taking over the sanitised snapshots that another account shares.

Nothing here copies: a person, or a command in a person's name, takes on the role, copies a shared
snapshot with this account's own key, and has from then on a snapshot that is the account's own.
Only snapshots named as sanitised ones can be taken, and only from the one account.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.policy_documents import Statement
from components.taken_role import taken_role

KEY_ARN = re.compile(r"arn:aws:kms:[a-z0-9-]+:(?P<account>[0-9]{12}):key/[A-Za-z0-9-]+")


@dataclass(frozen=True, kw_only=True)
class SharedSnapshotsArgs:
    """Whose snapshots, how they are named, and who may take them over."""

    account: str
    region: str
    taker_role_arn: str
    """The role that may take on this one."""
    snapshot_prefix: str
    """Begins the names, of the shared snapshot and of its copy."""
    shared_key_arn: str
    """The other account's key; it says which account."""
    own_key_arn: Input[str]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a key that is no other account's, and snapshots of any name."""
        found = KEY_ARN.fullmatch(self.shared_key_arn)
        if found is None or found["account"] == self.account:
            raise ValueError(
                f"shared_key_arn must be a key of another account, got {self.shared_key_arn!r}"
            )
        if not self.snapshot_prefix.startswith("sanitised-"):
            raise ValueError(
                f"snapshot_prefix must begin with sanitised-, got {self.snapshot_prefix!r}"
            )

    @property
    def source_account(self) -> str:
        """The account that shares."""
        return self.shared_key_arn.split(":")[4]


class SharedSnapshots(pulumi.ComponentResource):
    """A role that copies sanitised snapshots of one account, and reads no row of any."""

    role_arn: Output[str]

    def __init__(
        self, name: str, args: SharedSnapshotsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:data:SharedSnapshots", name, None, opts)
        role = taken_role(
            name,
            "Copies shared sanitised snapshots with a key of this account",
            statements(args),
            account=args.account,
            taker_arn=args.taker_role_arn,
            tags=args.tags,
            parent=self,
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})


def statements(args: SharedSnapshotsArgs) -> list[Statement]:
    """Return the rights; the key's owner must allow the same in the key's policy.

    Source: Amazon RDS User Guide, "Sharing encrypted snapshots".
    """
    shared, own = (
        f"arn:aws:rds:{args.region}:{account}:snapshot:{args.snapshot_prefix}-*"
        for account in (args.source_account, args.account)
    )
    through_rds = {"StringEquals": {"kms:ViaService": f"rds.{args.region}.amazonaws.com"}}
    return [
        {
            "Sid": "CopySharedSnapshots",
            "Effect": "Allow",
            "Action": "rds:CopyDBSnapshot",
            "Resource": [shared, own],
        },
        {
            "Sid": "TagCopies",
            "Effect": "Allow",
            "Action": "rds:AddTagsToResource",
            "Resource": own,
        },
        {
            "Sid": "FindSnapshots",
            "Effect": "Allow",
            "Action": ["rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
            "Resource": [shared, own],
        },
        {
            "Sid": "CopyFromKeyToKey",
            "Effect": "Allow",
            "Action": [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            "Resource": [args.shared_key_arn, args.own_key_arn],
            "Condition": through_rds,
        },
        {
            "Sid": "LetRdsUseKeys",
            "Effect": "Allow",
            "Action": "kms:CreateGrant",
            "Resource": [args.shared_key_arn, args.own_key_arn],
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
