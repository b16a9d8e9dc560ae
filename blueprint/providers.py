"""The AWS providers: one for each account that an environment touches, each for that account only.

No resource uses the engine's default provider; ``Pulumi.yaml`` forbids it.
"""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ResourceOptions

from settings import Identity
from settings.provider_roles import ProviderRole, provider_roles


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
        roles = provider_roles(identity)
        return cls(
            primary=_provider("primary", identity, roles["deployerRole"]),
            parent=_provider("parent", identity, roles["dns.delegationRole"]),
            archive=_provider("archive", identity, roles["archiveRole"]),
        )


def _provider(name: str, identity: Identity, role: ProviderRole) -> aws.Provider:
    """Make a provider that takes on one role and refuses every account but that role's."""
    return aws.Provider(
        name,
        region=identity.region,
        allowed_account_ids=[role.account],
        assume_roles=[
            aws.ProviderAssumeRoleArgs(
                role_arn=role.arn,
                session_name=f"understudy-{identity.name}",
            )
        ],
        opts=ResourceOptions(protect=False),
    )
