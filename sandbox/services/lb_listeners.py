"""Listeners as AWS shows them, for those who ask what a listener uses."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws


def listeners_of(aws: Aws, balancer: str) -> list[dict[str, Any]]:
    """Return the listeners of one load balancer; none where there is no such balancer."""
    return aws.find("elbv2.describe_listeners", "Listeners", LoadBalancerArn=balancer) or []


def listeners(aws: Aws) -> Iterator[dict[str, Any]]:
    """Yield every listener of every load balancer of the region, with all its certificates."""
    for balancer in aws.every("elbv2.describe_load_balancers", "LoadBalancers[]"):
        for listener in listeners_of(aws, balancer["LoadBalancerArn"]):
            shown = aws.find(
                "elbv2.describe_listener_certificates",
                "Certificates",
                ListenerArn=listener["ListenerArn"],
            )
            yield {**listener, "Certificates": [*listener.get("Certificates", []), *(shown or [])]}
