"""Internet gateway, elastic IP and NAT gateway through their lives on moto."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

import pytest

from sandbox.errors import SandboxError
from sandbox.services.ec2_nat import InternetGateway
from sandbox.services.shown import lasting
from tests.support.cloud import Cloud, Thing, settled
from tests.support.network import (
    ADDRESS,
    NAT,
    make_address,
    make_gateway,
    make_nat,
    make_subnet,
    make_vpc,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InternetGateway, "patience", 0.0)


@pytest.fixture
def vpc(cloud: Cloud) -> Iterator[Thing]:
    made = make_vpc(cloud, "nat")
    yield made
    made.delete()


def test_an_internet_gateway_lives_moves_and_goes(cloud: Cloud, vpc: Thing) -> None:
    other = make_vpc(cloud, "nat-other")
    gateway = make_gateway(cloud, vpc, "nat-gateway")
    settled(gateway)
    assert gateway.props["arn"].endswith(f":internet-gateway/{gateway.id}")
    assert gateway.imported() == {"vpcId": vpc.id, "tags": {"Name": "nat-gateway"}}
    gateway.update(vpcId=other.id)
    settled(gateway)
    cloud.boto3("ec2").detach_internet_gateway(InternetGatewayId=gateway.id, VpcId=other.id)
    assert gateway.refresh() == {"vpcId"}
    gateway.delete()
    assert gateway.refresh() is None
    other.delete()


def test_a_vpc_has_one_internet_gateway(cloud: Cloud, vpc: Thing) -> None:
    gateway = make_gateway(cloud, vpc, "nat-first")
    with pytest.raises(SandboxError, match=f"already has internet gateway {gateway.id}"):
        make_gateway(cloud, vpc, "nat-second")
    gateway.delete()


def test_an_elastic_ip_lives_changes_and_goes(cloud: Cloud) -> None:
    address = make_address(cloud, "nat-address")
    settled(address)
    public = address.props["publicIp"].replace(".", "-")
    assert address.props["publicDns"] == f"ec2-{public}.eu-west-1.compute.amazonaws.com"
    assert address.props["allocationId"] == address.id
    address.update(tags={"Name": "nat-address", "More": "yes"})
    settled(address)
    assert address.imported()["domain"] == "vpc"
    address.delete()
    assert address.refresh() is None
    assert cloud.problems(ADDRESS, {"domain": "moon"})["domain"].startswith("must be one of")


def test_an_elastic_ip_follows_the_interface_that_the_program_names(
    cloud: Cloud, vpc: Thing
) -> None:
    subnet = make_subnet(cloud, vpc, "nat-moves")
    ec2 = cloud.boto3("ec2")
    made = ec2.create_network_interface(SubnetId=subnet.id)["NetworkInterface"]
    interface = made["NetworkInterfaceId"]
    address = make_address(cloud, "nat-moving")
    address.update(networkInterface=interface)
    settled(address)
    assert address.props["privateDns"].startswith("ip-")
    ec2.disassociate_address(AssociationId=address.props["associationId"])
    assert address.refresh() == {"networkInterface"}
    address.delete()
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    subnet.delete()


def test_a_nat_gateway_lives_and_takes_its_interface_along(cloud: Cloud, vpc: Thing) -> None:
    gateway = make_gateway(cloud, vpc, "nat-out")
    subnet = make_subnet(cloud, vpc, "nat-a")
    address = make_address(cloud, "nat-fixed")
    nat = make_nat(cloud, subnet, address, "nat-one")
    settled(nat)
    assert nat.props["publicIp"] == address.props["publicIp"]
    assert IPv4Address(nat.props["privateIp"]) in IPv4Network("10.0.0.0/20")
    nat.update(tags={"Name": "nat-one", "More": "yes"})
    settled(nat)
    assert nat.plan(allocationId="eipalloc-other").replaces == {"allocationId"}
    assert nat.imported()["subnetId"] == subnet.id
    with pytest.raises(SandboxError, match=f"NAT gateway {nat.id} uses it"):
        address.delete()
    with pytest.raises(SandboxError, match=f"NAT gateway {nat.id} is in it"):
        subnet.delete()
    with pytest.raises(SandboxError, match="mapped public address"):
        gateway.delete()
    with pytest.raises(SandboxError, match="in use already"):
        make_nat(cloud, subnet, address, "nat-two")
    nat.delete()
    assert nat.refresh() is None
    assert nat.found() is None
    left = [{"Name": "subnet-id", "Values": [subnet.id]}]
    ec2 = cloud.boto3("ec2")
    assert ec2.describe_network_interfaces(Filters=left)["NetworkInterfaces"] == []
    assert "AssociationId" not in ec2.describe_addresses(AllocationIds=[address.id])["Addresses"][0]
    for thing in (address, subnet, gateway):
        thing.delete()


def test_a_nat_gateway_that_would_fail_on_aws_is_refused(cloud: Cloud, vpc: Thing) -> None:
    subnet = make_subnet(cloud, vpc, "nat-dark")
    address = make_address(cloud, "nat-unused")
    with pytest.raises(SandboxError, match="no internet gateway"):
        make_nat(cloud, subnet, address, "nat-dark")
    address.delete()
    with pytest.raises(SandboxError, match="does not exist"):
        make_nat(cloud, subnet, address, "nat-dark")
    subnet.delete()
    assert "elastic IP" in cloud.problems(NAT, {"subnetId": "subnet-1"})["allocationId"]
    private = {"subnetId": "s", "connectivityType": "private", "allocationId": "e"}
    assert "private" in cloud.problems(NAT, private)["allocationId"]


def test_a_private_nat_gateway_needs_no_address(cloud: Cloud, vpc: Thing) -> None:
    subnet = make_subnet(cloud, vpc, "nat-private")
    inputs = {"subnetId": subnet.id, "connectivityType": "private", "tags": {"Name": "inner"}}
    nat = cloud.make(NAT, "inner", inputs)
    settled(nat)
    nat.delete()
    subnet.delete()


def test_an_internet_gateway_stays_while_a_load_balancer_is_public(
    cloud: Cloud, vpc: Thing
) -> None:
    gateway = make_gateway(cloud, vpc, "nat-public")
    subnets = [make_subnet(cloud, vpc, f"nat-lb-{z}", i, z) for i, z in enumerate("ab")]
    balancers = cloud.boto3("elbv2")
    made = balancers.create_load_balancer(Name="nat-lb", Subnets=[each.id for each in subnets])
    with pytest.raises(SandboxError, match="load balancer nat-lb"):
        gateway.delete()
    balancers.delete_load_balancer(LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"])
    for thing in (gateway, *subnets):
        thing.delete()


def test_who_is_on_the_way_out_is_waited_for() -> None:
    answers = iter(["still there", "still there", None])
    assert lasting(lambda: next(answers), 5.0) is None
    assert lasting(lambda: "still there", 0.0) == "still there"
