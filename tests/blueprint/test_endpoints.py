"""Endpoints have addresses in as many zones as the scale says, and a gateway is in the first."""

import pytest

from tests.blueprint.environments import STACKS, environment, settings_of

pytestmark = pytest.mark.slow

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAT = "aws:ec2/natGateway:NatGateway"


@pytest.mark.parametrize("stack", STACKS)
def test_interface_endpoints_are_in_the_first_zones_where_the_gateways_are_too(stack: str) -> None:
    graph, settings = environment(stack), settings_of(stack)
    first = settings.shape.network.zones[: settings.scale.network.endpoint_zones]
    inside = [n for n in graph.of(ENDPOINT) if n.inputs["vpcEndpointType"] == "Interface"]

    assert inside
    for node in inside:
        assert node.inputs["subnetIds"] == [f"network-private-{zone}-id" for zone in first]
        assert node.inputs["privateDnsEnabled"] is True
    assert {node.name for node in graph.of(NAT)} >= {f"network-nat-{first[0]}"}


def test_committed_production_has_them_in_every_zone() -> None:
    settings = settings_of("production")

    assert settings.scale.network.endpoint_zones == len(settings.shape.network.zones)
