"""By which role the program's providers reach each account: its own, or one that only reads.

A preview or a drift check must not need the role that changes things. The role that only reads
stands in every account under one name, which a variable of the environment says. It is none of the
settings: they describe what is made, and the deployer's role stands in policies that are made.
"""

import os
import re
from dataclasses import dataclass

from settings.errors import SettingsError
from settings.identity import Identity
from settings.kinds import ROLE_NAME

VARIABLE = "UNDERSTUDY_PROVIDER_ROLE"


@dataclass(frozen=True)
class ProviderRole:
    """A role of one account."""

    account: str
    name: str

    @property
    def arn(self) -> str:
        """What the provider assumes."""
        return f"arn:aws:iam::{self.account}:role/{self.name}"


def reading_role() -> str:
    """Return the role that the variable names, or nothing; SettingsError where it is none."""
    name = os.environ.get(VARIABLE, "")
    if name and not re.fullmatch(ROLE_NAME, name):
        raise SettingsError([f"{VARIABLE}: must be the name of an IAM role, got {name!r}"])
    return name


def provider_roles(identity: Identity) -> dict[str, ProviderRole]:
    """Return the role of each provider, by the setting that names it; errors as `reading_role`."""
    reading, dns = reading_role(), identity.dns
    own = {
        "deployerRole": (identity.account, identity.deployer_role),
        "archiveRole": (identity.archive_account, identity.archive_role),
        "dns.delegationRole": (dns.parent_account, dns.delegation_role),
    }
    return {key: ProviderRole(account, reading or name) for key, (account, name) in own.items()}
