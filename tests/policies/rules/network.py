"""Trials of the rules for networks."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import network as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

VPC = Resource(rules.VPC, "vpc")
IN_VPC = {"vpcId": (VPC.key,)}
FLOW_LOG = Resource(
    rules.FLOW_LOG,
    "flow-log",
    properties={"trafficType": "ALL", "logDestination": "arn:aws:logs:group"},
    links=IN_VPC,
)
GATEWAY = Resource(rules.INTERNET_GATEWAY, "internet")
NAT = Resource(rules.NAT_GATEWAY, "nat")
TABLE = Resource(rules.ROUTE_TABLE, "table")
ROUTE = Resource(
    rules.ROUTE,
    "route",
    properties={"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"},
    links={"routeTableId": (TABLE.key,), "natGatewayId": (NAT.key,)},
)


def subnet(name: str, **properties: object) -> Resource:
    """Return a subnet with nothing but what is given."""
    return Resource(rules.SUBNET, name, properties=properties, links=IN_VPC)


ONE = subnet("one", availabilityZone="eu-west-1a")
TWO = subnet("two", availabilityZone="eu-west-1b")
ONE_ROUTED, TWO_ROUTED = (
    Resource(
        rules.ASSOCIATION,
        f"{each.name}-routing",
        links={"subnetId": (each.key,), "routeTableId": (TABLE.key,)},
    )
    for each in (ONE, TWO)
)
SUBNET_GROUP = Resource(
    rules.SUBNET_GROUP, "subnets", links={"subnetIds": (ONE_ROUTED.key, ONE.key, TWO.key)}
)
SERVICE = Resource(
    "aws:ecs/service:Service", "service", links={"networkConfiguration": (ROUTE.key, ONE.key)}
)
BALANCER = Resource(rules.LOAD_BALANCER, "balancer", links={"subnets": (ONE.key,)})

TO_INTERNET = linked({"routeTableId": [TABLE.key], "gatewayId": [GATEWAY.key]}, at=4)
"""The route leads to the internet gateway; it stands fifth in both stacks."""


TRIALS = [
    Trial(
        rules.flow_logs_on,
        good=[VPC, FLOW_LOG],
        wrong=[
            dropped(1),
            put("trafficType", "REJECT", at=1),
            put("logDestination", "", at=1),
            linked({"vpcId": [(rules.VPC, "other")]}, at=1),
        ],
        absent=(without("trafficType", at=1), Kind.FAIL),
        unknown=(unknown("trafficType", at=1), Kind.UNKNOWN),
        nested=[
            (unknown("logDestination", at=1), Kind.PASS),
            (
                all_changes(unknown("trafficType", at=1), without("logDestination", at=1)),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.no_public_addresses,
        good=[subnet("one", mapPublicIpOnLaunch=False)],
        wrong=[put("mapPublicIpOnLaunch", True), put("mapPublicIpOnLaunch", 0.0)],
        absent=(without("mapPublicIpOnLaunch"), Kind.PASS),
        unknown=(unknown("mapPublicIpOnLaunch"), Kind.UNKNOWN),
    ),
    Trial(
        rules.on_the_internet_holds_entrances_only,
        good=[ONE, SERVICE, ONE_ROUTED, TABLE, ROUTE, GATEWAY, NAT, BALANCER],
        wrong=[
            TO_INTERNET,
            dropped(2),
            put("gatewayId", "igw-1", at=4),
            put("routes", [{"gatewayId": "igw-1"}], at=3),
        ],
        absent=(all_changes(TO_INTERNET, linked({"networkConfiguration": ()}, at=1)), Kind.PASS),
        unknown=(unknown("gatewayId", at=4), Kind.UNKNOWN),
        nested=[
            (unknown("routes", at=3), Kind.UNKNOWN),
            (all_changes(unknown("routes", at=3), TO_INTERNET), Kind.FAIL),
        ],
    ),
    Trial(
        rules.off_the_internet,
        good=[SUBNET_GROUP, ONE, ONE_ROUTED, TABLE, ROUTE, TWO, TWO_ROUTED, GATEWAY, NAT],
        wrong=[
            TO_INTERNET,
            dropped(2),
            dropped(6),
            linked({"routeTableId": ()}, at=6),
            put("gatewayId", "igw-1", at=4),
            put("gatewayId", 7, at=4),
            added(
                Resource(
                    rules.ROUTE,
                    "out",
                    properties={"gatewayId": "igw-1"},
                    links={"routeTableId": (TABLE.key,)},
                )
            ),
            put("routes", [{"gatewayId": ""}, {"gatewayId": "igw-1"}], at=3),
            linked({"routes": [GATEWAY.key]}, at=3),
        ],
        absent=(linked({"subnetIds": ()}), Kind.FAIL),
        unknown=(unknown("gatewayId", at=4), Kind.UNKNOWN),
        nested=[
            (dropped(4), Kind.PASS),
            (put("gatewayId", "vgw-1", at=4), Kind.PASS),
            (put("routes", [{"natGatewayId": "nat-1", "gatewayId": ""}], at=3), Kind.PASS),
            (put("routes", [UNKNOWN, {"gatewayId": "igw-1"}], at=3), Kind.FAIL),
            (put("routes", [UNKNOWN], at=3), Kind.UNKNOWN),
            (
                all_changes(
                    unknown("gatewayId", at=4),
                    linked({"routeTableId": [TABLE.key], "gatewayId": [(rules.VPC, "vpc")]}, at=4),
                    added(VPC),
                ),
                Kind.PASS,
            ),
            (
                all_changes(
                    put("routes", [{"gatewayId": "igw-1"}], at=3),
                    linked({"routes": [NAT.key]}, at=3),
                ),
                Kind.FAIL,
            ),
            (all_changes(unknown("gatewayId", at=4), dropped(6)), Kind.FAIL),
        ],
    ),
    Trial(
        rules.in_two_zones,
        good=[SUBNET_GROUP, ONE, TWO],
        wrong=[
            put("availabilityZone", "eu-west-1a", at=2),
            put("availabilityZone", 7, at=2),
            linked({"subnetIds": [ONE.key]}),
            linked({"subnetIds": ()}),
        ],
        absent=(without("availabilityZone", at=2), Kind.FAIL),
        unknown=(unknown("availabilityZone", at=2), Kind.UNKNOWN),
        nested=[
            (
                all_changes(unknown("availabilityZone", at=2), linked({"subnetIds": [TWO.key]})),
                Kind.FAIL,
            ),
            (
                all_changes(
                    added(subnet("three", availabilityZone=UNKNOWN)),
                    linked({"subnetIds": [ONE.key, TWO.key, (rules.SUBNET, "three")]}),
                ),
                Kind.PASS,
            ),
        ],
    ),
    Trial(
        rules.in_use,
        good=[
            Resource(rules.ADDRESS, "address"),
            Resource(
                rules.NAT_GATEWAY, "nat", links={"allocationId": ((rules.ADDRESS, "address"),)}
            ),
        ],
        wrong=[
            dropped(1),
            all_changes(dropped(1), put("instance", ""), put("networkInterface", "")),
        ],
        absent=(linked({"allocationId": ()}, at=1), Kind.FAIL),
        unknown=(all_changes(dropped(1), unknown("networkInterface")), Kind.PASS),
        nested=[(all_changes(dropped(1), put("instance", "i-1")), Kind.PASS)],
    ),
]
