"""The network keeps its promises with one NAT gateway and with one for each zone."""

from dataclasses import replace

import pytest

from components.network import Network, NetworkArgs, ZoneSubnets
from tests.support.graph import Graph, Node, once, record

ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
SUBNET = "aws:ec2/subnet:Subnet"
NAT = "aws:ec2/natGateway:NatGateway"
ADDRESS = "aws:ec2/eip:Eip"

STAGING = NetworkArgs(
    account_id="222222222222",
    region="eu-west-1",
    cidr="10.20.0.0/16",
    subnets={
        "b": ZoneSubnets(
            public="10.20.16.0/20", private="10.20.96.0/19", isolated="10.20.164.0/22"
        ),
        "a": ZoneSubnets(public="10.20.0.0/20", private="10.20.64.0/19", isolated="10.20.160.0/22"),
    },
    nat_gateways=1,
    flow_log_group_name="/storefront/staging/network",
    flow_log_retention_days=365,
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, nat_gateways=2)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: NetworkArgs) -> Graph:
    """Build one network offline."""
    return record(lambda: Network("network", args))


def routes(graph: Graph, tier: str) -> list[Node]:
    """Return the routes beside the VPC's own that the subnets of a tier follow."""
    tables = {
        node.inputs["routeTableId"]
        for node in graph.of(ASSOCIATION)
        if node.name.startswith(f"network-{tier}-")
    }
    return [node for node in graph.of(ROUTE) if node.inputs["routeTableId"] in tables]


@both
def test_every_zone_has_a_subnet_of_each_kind(args: NetworkArgs) -> None:
    placed = {
        node.name: (node.inputs["availabilityZone"], node.inputs["cidrBlock"])
        for node in deploy(args).of(SUBNET)
    }

    assert placed == {
        "network-public-a": ("eu-west-1a", "10.20.0.0/20"),
        "network-public-b": ("eu-west-1b", "10.20.16.0/20"),
        "network-private-a": ("eu-west-1a", "10.20.64.0/19"),
        "network-private-b": ("eu-west-1b", "10.20.96.0/19"),
        "network-isolated-a": ("eu-west-1a", "10.20.160.0/22"),
        "network-isolated-b": ("eu-west-1b", "10.20.164.0/22"),
    }


@both
def test_no_subnet_hands_out_public_addresses(args: NetworkArgs) -> None:
    assert {n.inputs["mapPublicIpOnLaunch"] for n in deploy(args).of(SUBNET)} == {False}


@both
def test_every_subnet_has_exactly_one_route_table(args: NetworkArgs) -> None:
    graph = deploy(args)

    tied = sorted(node.inputs["subnetId"] for node in graph.of(ASSOCIATION))
    assert tied == sorted(f"{node.name}-id" for node in graph.of(SUBNET))


@both
def test_isolated_subnets_have_no_route_out(args: NetworkArgs) -> None:
    assert routes(deploy(args), "isolated") == []


@both
def test_only_public_subnets_reach_the_internet_gateway(args: NetworkArgs) -> None:
    graph = deploy(args)

    (public,) = routes(graph, "public")
    assert public.inputs["gatewayId"] == "network-internet-id"
    assert public.inputs["destinationCidrBlock"] == "0.0.0.0/0"
    assert all("gatewayId" not in node.inputs for node in routes(graph, "private"))


def test_one_nat_gateway_in_the_first_zone_serves_all() -> None:
    graph = deploy(STAGING)

    assert graph.one(NAT).name == "network-nat-a"
    assert {n.inputs["natGatewayId"] for n in routes(graph, "private")} == {"network-nat-a-id"}


def test_each_zone_uses_its_own_nat_gateway_where_it_has_one() -> None:
    used = {n.name: n.inputs["natGatewayId"] for n in routes(deploy(PRODUCTION), "private")}

    assert used == {
        "network-private-internet-a": "network-nat-a-id",
        "network-private-internet-b": "network-nat-b-id",
    }


@both
def test_nat_gateways_stand_in_public_subnets_behind_the_internet_gateway(
    args: NetworkArgs,
) -> None:
    for nat in deploy(args).of(NAT):
        zone = nat.name[-1]
        assert nat.inputs["allocationId"] == f"network-nat-address-{zone}-id"
        assert nat.inputs["subnetId"] == f"network-public-{zone}-id"
        assert any(urn.endswith("::network-internet") for urn in nat.options["dependencies"])


def test_sizes_differ_in_nat_gateways_and_their_addresses_only() -> None:
    assert deploy(PRODUCTION).shape - deploy(STAGING).shape == {
        ("network", NAT, "network-nat-b"),
        ("network", ADDRESS, "network-nat-address-b"),
    }
    assert deploy(STAGING).shape <= deploy(PRODUCTION).shape


@both
def test_default_security_group_is_closed(args: NetworkArgs) -> None:
    group = deploy(args).one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")

    assert group.inputs["vpcId"] == "network-vpc-id"
    assert group.inputs["ingress"] == []
    assert group.inputs["egress"] == []


@both
def test_the_traffic_of_this_network_is_recorded(args: NetworkArgs) -> None:
    graph = deploy(args)
    log = graph.one("aws:ec2/flowLog:FlowLog")
    group = graph.one("aws:cloudwatch/logGroup:LogGroup").inputs

    assert log.parent == "network/network-flow-logs"
    assert log.inputs["vpcId"] == "network-vpc-id"
    assert group["name"] == args.flow_log_group_name
    assert group["retentionInDays"] == args.flow_log_retention_days
    assert group["kmsKeyId"] == args.kms_key_arn


def test_every_taggable_child_carries_its_own_name() -> None:
    tagged = [n for n in deploy(PRODUCTION).nodes if "tags" in n.inputs]

    assert len(tagged) == 20
    for node in tagged:
        assert node.inputs["tags"]["Owner"] == "platform"
        assert node.inputs["tags"]["Name"] == node.name
        assert node.inputs["tags"]["Component"] == node.parent.rsplit("/", 1)[-1]


@pytest.mark.parametrize("count", [0, 3])
def test_nat_gateways_that_fit_no_zone_plan_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=rf"nat_gateways must be 1 or .* \(2\), got {count}"):
        replace(STAGING, nat_gateways=count)


def test_a_subnet_outside_the_network_is_refused() -> None:
    with pytest.raises(ValueError, match=r"inside 10\.30\.0\.0/16, got 10\.20\."):
        replace(STAGING, cidr="10.30.0.0/16")


def test_overlapping_subnets_are_refused() -> None:
    block = ZoneSubnets(public="10.20.0.0/20", private="10.20.0.0/19", isolated="10.20.160.0/22")

    with pytest.raises(ValueError, match="must not overlap"):
        replace(STAGING, subnets={"a": block})
