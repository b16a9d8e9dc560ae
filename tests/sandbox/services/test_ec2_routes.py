"""Route tables, routes and associations through their lives on moto."""

from collections.abc import Iterator

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.aws import AwsError
from tests.support.cloud import Cloud, Thing, settled
from tests.support.network import (
    ROUTE,
    TABLE,
    make_address,
    make_gateway,
    make_nat,
    make_subnet,
    make_table,
    make_vpc,
)

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ANYWHERE = "0.0.0.0/0"


@pytest.fixture
def vpc(cloud: Cloud) -> Iterator[Thing]:
    made = make_vpc(cloud, "routes")
    yield made
    made.delete()


def route(cloud: Cloud, table: Thing, **target: str) -> Thing:
    inputs = {"routeTableId": table.id, "destinationCidrBlock": ANYWHERE, **target}
    return cloud.make(ROUTE, "way-out", inputs)


def test_a_route_lives_leads_elsewhere_and_goes(cloud: Cloud, vpc: Thing) -> None:
    gateway, subnet = make_gateway(cloud, vpc, "out"), make_subnet(cloud, vpc, "out-a")
    address = make_address(cloud, "out")
    nat = make_nat(cloud, subnet, address, "out")
    table = make_table(cloud, vpc, "out")
    way = route(cloud, table, gatewayId=gateway.id)
    settled(way)
    assert way.id == f"r-{table.id}1080289494"
    assert way.props["state"] == "active"
    assert way.imported()["gatewayId"] == gateway.id
    way.update(gatewayId=None, natGatewayId=nat.id)
    settled(way)
    changed = {"RouteTableId": table.id, "DestinationCidrBlock": ANYWHERE, "GatewayId": gateway.id}
    cloud.boto3("ec2").replace_route(**changed)
    assert way.refresh() == {"gatewayId", "natGatewayId"}
    assert way.plan(destinationCidrBlock="10.9.0.0/16").replaces == {"destinationCidrBlock"}
    way.delete()
    assert way.refresh() is None
    for thing in (table, nat, address, subnet, gateway):
        thing.delete()


def test_a_route_is_imported_by_table_and_destination(cloud: Cloud, vpc: Thing) -> None:
    gateway, table = make_gateway(cloud, vpc, "imp"), make_table(cloud, vpc, "imp")
    way = route(cloud, table, gatewayId=gateway.id)
    read = cloud.provider.read(way.urn, f"{table.id}_{ANYWHERE}", {}, {})
    assert read is not None
    assert read[1]["destinationCidrBlock"] == ANYWHERE
    for thing in (way, table, gateway):
        thing.delete()


def test_a_route_to_what_is_not_there_is_refused(cloud: Cloud, vpc: Thing) -> None:
    table = make_table(cloud, vpc, "nowhere")
    other = make_vpc(cloud, "elsewhere")
    gateway = make_gateway(cloud, other, "elsewhere")
    with pytest.raises(SandboxError, match="InvalidNatGatewayID"):
        route(cloud, table, natGatewayId="nat-00000000000000000")
    with pytest.raises(SandboxError, match="is not attached to"):
        route(cloud, table, gatewayId=gateway.id)
    gateway.delete()
    other.delete()
    gateway = make_gateway(cloud, vpc, "here")
    way = route(cloud, table, gatewayId=gateway.id)
    with pytest.raises(SandboxError, match="RouteAlreadyExists"):
        route(cloud, table, gatewayId=gateway.id)
    gateway.delete()
    assert way.refresh() == set()
    assert way.props["state"] == "blackhole"
    way.delete()
    table.delete()


def test_a_route_has_one_destination_and_one_way(cloud: Cloud) -> None:
    problems = cloud.problems(
        ROUTE,
        {
            "routeTableId": "rtb-1",
            "destinationCidrBlock": "10.0.0.1/8",
            "destinationPrefixListId": "p",
        },
    )
    assert "exactly one of" in problems["gatewayId"]
    assert "host bits" in problems["destinationCidrBlock"]


def test_a_table_keeps_the_routes_written_in_it(cloud: Cloud, vpc: Thing) -> None:
    gateway = make_gateway(cloud, vpc, "inline")
    table = make_table(cloud, vpc, "inline")
    table.update(routes=[{"cidrBlock": ANYWHERE, "gatewayId": gateway.id}])
    settled(table)
    assert table.props["arn"].endswith(f":route-table/{table.id}")
    table.update(routes=[{"cidrBlock": "192.0.2.0/24", "gatewayId": gateway.id}])
    settled(table)
    cloud.boto3("ec2").delete_route(RouteTableId=table.id, DestinationCidrBlock="192.0.2.0/24")
    assert table.refresh() == {"routes"}
    wrong = {"vpcId": "vpc-1", "routes": [{"cidrBlock": ANYWHERE, "colour": "red"}]}
    assert set(cloud.problems(TABLE, wrong)) == {"routes[0]", "routes[0].colour"}
    table.delete()
    assert table.refresh() is None
    gateway.delete()


def test_an_association_lives_moves_and_goes(cloud: Cloud, vpc: Thing) -> None:
    subnet = make_subnet(cloud, vpc, "tied")
    one, two = make_table(cloud, vpc, "tied-one"), make_table(cloud, vpc, "tied-two")
    tie = cloud.make(ASSOCIATION, "tied", {"subnetId": subnet.id, "routeTableId": one.id})
    settled(tie)
    with pytest.raises(SandboxError, match="AlreadyAssociated"):
        cloud.make(ASSOCIATION, "again", {"subnetId": subnet.id, "routeTableId": two.id})
    with pytest.raises(AwsError, match="DependencyViolation"):
        one.delete()
    tie.update(routeTableId=two.id)
    assert tie.refresh() == set()
    live = tie.found()
    assert live
    cloud.boto3("ec2").replace_route_table_association(AssociationId=live, RouteTableId=one.id)
    assert tie.refresh() == {"routeTableId"}
    read = cloud.provider.read(tie.urn, f"{subnet.id}/{one.id}", {}, {})
    assert read is not None
    assert read[1] == {"subnetId": subnet.id, "routeTableId": one.id}
    tie.delete()
    assert tie.refresh() is None
    assert cloud.problems(ASSOCIATION, {"routeTableId": "rtb-1"})
    for thing in (one, two, subnet):
        thing.delete()
