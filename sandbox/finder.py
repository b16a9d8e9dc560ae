"""Looks up in the sandbox's AWS what a killed engine may have created."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.aws_provider import AwsProvider


class Finder:
    """Asks through a provider that is configured as the engine's was."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(
        self, resource: dict[str, Any], provider: dict[str, Any], known: set[str]
    ) -> str | None:
        """Return the id of a resource's object, none where there is none or it is ``known``."""
        if not resource["type"].startswith("aws:"):
            return None
        aws = AwsProvider()
        aws.configure(provider, environment=self._environment)
        return aws.find(resource["urn"], resource.get("inputs", {}), known)
