"""What every part of the blueprint builds on: settings, names, tags and providers."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from blueprint.names import Names
from blueprint.providers import Providers
from blueprint.tags import environment_tags
from settings import Identity, Scale, Settings, Shape

GLOBAL_REGION = "us-east-1"
"""Where AWS keeps Route 53's metrics and query logs (Route 53 Developer Guide, "Monitoring hosted
zones using Amazon CloudWatch" and "Public DNS query logging")."""


@dataclass(frozen=True)
class Basis:
    """One environment, before anything of it is laid out."""

    shape: Shape
    identity: Identity
    scale: Scale
    names: Names
    tags: Mapping[str, str]
    providers: Providers
    parent: pulumi.Resource
    """What every component hangs on."""

    @classmethod
    def of(cls, settings: Settings, parent: pulumi.Resource) -> "Basis":
        """Return the basis of the environment that the settings describe."""
        return cls(
            shape=settings.shape,
            identity=settings.identity,
            scale=settings.scale,
            names=Names.of(settings),
            tags=environment_tags(settings),
            providers=Providers.of(settings.identity),
            parent=parent,
        )

    @property
    def account(self) -> str:
        """The environment's own account."""
        return self.identity.account

    @property
    def region(self) -> str:
        """The environment's own region."""
        return self.identity.region

    @property
    def log_days(self) -> int:
        """How long every log is kept."""
        return self.shape.logs.retention_days

    @property
    def protect(self) -> bool:
        """Whether data and the entrance are guarded against deletion."""
        return self.scale.protection.deletion

    @property
    def here(self) -> ResourceOptions:
        """Options of a component in the environment's own account."""
        return self.at(self.providers.primary)

    def at(self, provider: aws.Provider) -> ResourceOptions:
        """Return the options of a component in the account of a provider."""
        return ResourceOptions(parent=self.parent, providers=[provider])
