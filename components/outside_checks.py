"""HTTPS checks from outside AWS's region: Route 53's checkers ask from other parts of the world.

They tell health by the answer's status, 2xx or 3xx, and look at no certificate (Amazon Route 53
Developer Guide, "How Amazon Route 53 determines whether a health check is healthy"); the alarms on
them are in ``alarms_outside``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import route53

from components.alarm import check_keys
from components.tags import child_tags

HTTPS_PORT = 443
EVERY_SECONDS = 30
FAILURES = 3
"""Answers in a row by which one checker changes its mind."""

ASKED_FROM = ("ap-southeast-1", "eu-west-1", "us-east-1")
"""Three is the least that Route 53 takes (API reference, HealthCheckConfig). Every checker asks by
itself: all eight regions would ask a third party several times as often."""

LONGEST_PATH = 255


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What is asked by HTTPS."""

    host: str
    path: str
    port: int = HTTPS_PORT
    text: str = ""
    """What the first 5,120 bytes of the answer must hold; empty: the status is enough."""

    def __post_init__(self) -> None:
        """Refuse what Route 53 would refuse."""
        if not self.path.startswith("/") or len(self.path) > LONGEST_PATH:
            raise ValueError(
                f"path must begin with / and have at most {LONGEST_PATH} characters, "
                f"got {self.path!r}"
            )
        if not 1 <= self.port <= 65_535:  # noqa: PLR2004  (the range of TCP ports)
            raise ValueError(f"port must be between 1 and 65535, got {self.port}")


@dataclass(frozen=True, kw_only=True)
class OutsideChecksArgs:
    """What is asked from outside, by a short name."""

    endpoints: Mapping[str, Endpoint]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a name that could be no part of an alarm's."""
        check_keys("endpoints", self.endpoints)


class OutsideChecks(pulumi.ComponentResource):
    """A health check for each endpoint; which there are is shape, what they are called identity."""

    ids: dict[str, Output[str]]
    """Id of each check, by the endpoint's name."""

    def __init__(
        self, name: str, args: OutsideChecksArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:monitoring:OutsideChecks", name, None, opts)
        self.ids = {
            key: route53.HealthCheck(
                f"{name}-{key}",
                type="HTTPS_STR_MATCH" if endpoint.text else "HTTPS",
                fqdn=endpoint.host,
                port=endpoint.port,
                resource_path=endpoint.path,
                search_string=endpoint.text or None,
                request_interval=EVERY_SECONDS,
                failure_threshold=FAILURES,
                enable_sni=True,
                regions=list(ASKED_FROM),
                tags=child_tags(args.tags, name, f"{name}-{key}"),
                opts=ResourceOptions(parent=self),
            ).id
            for key, endpoint in args.endpoints.items()
        }
        self.register_outputs({"ids": self.ids})
