"""What moto 5.2.5's WAF does wrong, mended with the reason."""

from typing import Any

from moto.wafv2.models import FakeIPSet, FakeWebACL

_update_acl = FakeWebACL.update
_update_ip_set = FakeIPSet.update

CONFIGS = (
    "association_config",
    "captcha_config",
    "challenge_config",
    "custom_response_bodies",
    "token_domains",
)


def update_acl(self: Any, *definition: Any) -> None:
    """Replace the whole definition, as AWS does; moto keeps what the request leaves out."""
    self.rules, self.description = [], ""
    for name in CONFIGS:
        setattr(self, name, None)
    _update_acl(self, *definition)


def update_ip_set(self: Any, description: str | None, addresses: list[str]) -> None:
    """Take a description away that the request leaves out, as AWS does; moto keeps it."""
    _update_ip_set(self, description or "", addresses)


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    FakeWebACL.update = update_acl
    FakeIPSet.update = update_ip_set
