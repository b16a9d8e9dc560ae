"""The network: gateways, addresses, the entrance and the endpoints, by the hour.

Sources: Amazon VPC Pricing (NAT gateways, public IPv4 addresses), AWS PrivateLink Pricing (an
endpoint is billed in each zone), Elastic Load Balancing Pricing.
"""

from collections.abc import Iterator

from operations.cost.line import HOURS, Line, Measure, steady
from operations.cost.where import Where
from policies.graph import Graph, Resource

NAT = "aws:ec2/natGateway:NatGateway"
ADDRESS = "aws:ec2/eip:Eip"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ZONES = "network.zones"
WAYS: Measure = "gateway and endpoint hours"


def network(graph: Graph, where: Where) -> Iterator[Line]:
    """Yield what the network consists of."""
    gateways, addresses = graph.of(NAT), graph.of(ADDRESS)
    if gateways:
        yield steady(
            "nat-gateway-hours",
            len(gateways) * HOURS,
            _names(gateways),
            where.scale("network.natGateways"),
            {WAYS: 1.0},
        )
    if addresses:
        setting = where.scale("network.natGateways")
        yield steady("public-ipv4-hours", len(addresses) * HOURS, _names(addresses), setting)
    for balancer in graph.of(BALANCER):
        yield from _entrance(balancer, where)
    endpoints = [each for each in graph.of(ENDPOINT) if each["vpcEndpointType"].text == "Interface"]
    if endpoints:
        zones = sum(len(each["subnetIds"].items()) for each in endpoints)
        yield steady(
            "interface-endpoint-hours",
            zones * HOURS,
            _names(endpoints),
            where.scale("network.endpointZones"),
            {WAYS: 1.0},
        )


def _entrance(balancer: Resource, where: Where) -> Iterator[Line]:
    yield steady("load-balancer-hours", HOURS, (balancer.name,), where.shape(ZONES))
    if balancer["internal"].value is not True:
        # One address in each zone at least.
        number = len(balancer["subnets"].items()) * HOURS
        yield steady("public-ipv4-hours", number, (balancer.name,), where.shape(ZONES))


def _names(resources: list[Resource]) -> tuple[str, ...]:
    return tuple(each.name for each in resources)
