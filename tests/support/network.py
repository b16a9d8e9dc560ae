"""A VPC and what a test needs in it, made through the stand-in provider."""

from typing import Any

from tests.support.cloud import Cloud, Thing

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ADDRESS = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def make_vpc(cloud: Cloud, name: str, **more: Any) -> Thing:
    """Make a VPC with DNS names."""
    inputs = {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": True}
    return cloud.make(VPC, name, {**inputs, "tags": {"Name": name}, **more})


def make_subnet(cloud: Cloud, vpc: Thing, name: str, number: int = 0, zone: str = "a") -> Thing:
    """Make the subnet of that number."""
    inputs = {
        "vpcId": vpc.id,
        "cidrBlock": f"10.0.{number * 16}.0/20",
        "availabilityZone": f"eu-west-1{zone}",
        "tags": {"Name": name},
    }
    return cloud.make(SUBNET, name, inputs)


def make_gateway(cloud: Cloud, vpc: Thing, name: str) -> Thing:
    """Make an internet gateway attached to the VPC."""
    return cloud.make(GATEWAY, name, {"vpcId": vpc.id, "tags": {"Name": name}})


def make_address(cloud: Cloud, name: str) -> Thing:
    """Make an elastic IP."""
    return cloud.make(ADDRESS, name, {"domain": "vpc", "tags": {"Name": name}})


def make_nat(cloud: Cloud, subnet: Thing, address: Thing, name: str) -> Thing:
    """Make a public NAT gateway."""
    inputs = {"subnetId": subnet.id, "allocationId": address.id, "tags": {"Name": name}}
    return cloud.make(NAT, name, inputs)


def make_table(cloud: Cloud, vpc: Thing, name: str) -> Thing:
    """Make a route table with no route of its own."""
    return cloud.make(TABLE, name, {"vpcId": vpc.id, "tags": {"Name": name}})


def make_group(cloud: Cloud, vpc: Thing, name: str, **more: Any) -> Thing:
    """Make a security group."""
    return cloud.make(GROUP, name, {"vpcId": vpc.id, "tags": {"Name": name}, **more})
