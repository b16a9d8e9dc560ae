"""The AWS providers: one for each account that an environment touches, each for that account only.

No resource uses the engine's default provider; ``Pulumi.yaml`` forbids it.
"""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ResourceOptions

from settings import Identity


@dataclass(frozen=True)
class Providers:
    """By account; another region of the same account is a resource's own ``region``."""

    primary: aws.Provider
    parent: aws.Provider
    """Of the parent zone's account."""
    archive: aws.Provider
    """Of the account that keeps a further copy of the backups."""

    @classmethod
    def of(cls, identity: Identity) -> "Providers":
        """Make the providers of one environment."""
        dns = identity.dns
        return cls(
            primary=_provider("primary", identity, identity.account, identity.deployer_role),
            parent=_provider("parent", identity, dns.parent_account, dns.delegation_role),
            archive=_provider("archive", identity, identity.archive_account, identity.archive_role),
        )


def _provider(name: str, identity: Identity, account: str, role: str) -> aws.Provider:
    """Make a provider that takes on one role and refuses every account but that role's."""
    return aws.Provider(
        name,
        region=identity.region,
        allowed_account_ids=[account],
        assume_roles=[
            aws.ProviderAssumeRoleArgs(
                role_arn=f"arn:aws:iam::{account}:role/{role}",
                session_name=f"understudy-{identity.name}",
            )
        ],
        opts=ResourceOptions(protect=False),
    )
