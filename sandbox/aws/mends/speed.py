"""What moto 5.2.5 does over and over while a command waits, done once."""

from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import AccountSpecificBackend
from moto.iam import models

_regions: dict[str, list[str]] = {}
_generate_regions = AccountSpecificBackend._generate_regions  # noqa: SLF001


def generate_regions(self: Any, service_name: str) -> list[str]:
    """List a service's regions once; moto does it for each account, which takes half a start."""
    if service_name not in _regions:
        _regions[service_name] = _generate_regions(self, service_name)
    return _regions[service_name]


def account_of(access_key: str) -> str:
    """Look a key up in the back ends that there are.

    moto makes those of every partition of every account first, at a quarter of a second each.
    """
    for account, partitions in list(models.iam_backends.items()):
        for backend in list(dict.values(partitions)):
            if access_key in backend.access_keys:
                return str(account)
    return str(DEFAULT_ACCOUNT_ID)


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    AccountSpecificBackend._generate_regions = generate_regions  # noqa: SLF001
    models.get_account_id_from = account_of
