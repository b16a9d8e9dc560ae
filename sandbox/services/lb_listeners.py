"""All listeners of a region, for those who ask what a listener uses."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws


def listeners(aws: Aws) -> Iterator[dict[str, Any]]:
    """Yield every listener of every load balancer, with all its certificates."""
    for balancer in aws.find("elbv2.describe_load_balancers", "LoadBalancers") or []:
        arn = balancer["LoadBalancerArn"]
        yield from aws.find("elbv2.describe_listeners", "Listeners", LoadBalancerArn=arn) or []
