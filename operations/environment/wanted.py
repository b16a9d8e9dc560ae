"""What an environment is held against: its settings, its outputs, and the moment of the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from settings import Settings


@dataclass(frozen=True)
class Wanted:
    """Plain data; judgements read nothing else beside their facts."""

    settings: Settings
    outputs: Mapping[str, Any]
    now: datetime
    head: str | None = None
    """The last migration step of the release, by the ledger; None where none is recorded."""
    log_minutes: int = 60
    """How old the newest event of a service's log may be."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name of the site, the domain first."""
        return hosts(self.settings)

    @property
    def prefix(self) -> str:
        """What begins every physical name: ``storefront-staging``."""
        return prefix(self.settings)

    @property
    def digest(self) -> str:
        """The digest of the image that the settings release."""
        return self.settings.identity.release.image.rpartition("@")[2]

    @property
    def key(self) -> str:
        """The ARN of the environment's key."""
        return str(self.outputs["encryptionKeyArn"])


def hosts(settings: Settings) -> tuple[str, ...]:
    """Return every name of the site, the domain first."""
    domain = settings.identity.dns.domain
    return (domain, *(f"{label}.{domain}" for label in settings.shape.tls.subdomains))


def prefix(settings: Settings) -> str:
    """Return what begins every physical name of the environment (blueprint/names.py)."""
    return f"{settings.shape.application}-{settings.identity.name}"
