"""EC2: VPC, subnet."""

import hashlib
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry, Describe, by, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services import ec2_references
from sandbox.services.ec2_tags import EC2_TAGS, Ec2Type

IPV6_BLOCK = "Ipv6CidrBlockAssociationSet[?Ipv6CidrBlockState.State=='associated'] | [0]"
SUBNETS_IPV6 = "Ipv6CidrBlockAssociationSet[0]"
"""moto shows only a block that is associated, and its state as the text of a Python object."""
LARGEST_PREFIX, SMALLEST_PREFIX = 16, 28


def block_problems(name: str, block: Any) -> Iterator[Problem]:
    """Yield what EC2 would refuse in the address block of a VPC or subnet."""
    if not isinstance(block, str):
        return
    try:
        network = IPv4Network(block)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        yield name, f"must be an IPv4 block with no host bits set: {error}"
        return
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        yield name, f"must be between /{LARGEST_PREFIX} and /{SMALLEST_PREFIX}, got {block}"


class Vpc(Ec2Type):
    """A VPC; its DNS settings are attributes, set one request each.

    Addresses from IPAM pools are not carried: moto has no IPAM.
    """

    token = "aws:ec2/vpc:Vpc"
    kind = arn_kind = "vpc"
    creates = "create_vpc"
    created = "Vpc.VpcId"
    describe = Describe("describe_vpcs", lambda id_: {"VpcIds": [id_]}, "Vpcs[0]")
    lists = ("describe_vpcs", "Vpcs", "VpcId")
    deletes = "delete_vpc"
    identified = "VpcId"
    inputs = {
        "assignGeneratedIpv6CidrBlock": member(
            "AmazonProvidedIpv6CidrBlock",
            read=f"({IPV6_BLOCK}).Ipv6Pool == 'Amazon'",
        ),
        "cidrBlock": same(),
        "enableDnsHostnames": by(
            "modify_vpc_attribute", "EnableDnsHostnames.Value", read="EnableDnsHostnames"
        ),
        "enableDnsSupport": by(
            "modify_vpc_attribute", "EnableDnsSupport.Value", read="EnableDnsSupport"
        ),
        "enableNetworkAddressUsageMetrics": by(
            "modify_vpc_attribute",
            "EnableNetworkAddressUsageMetrics.Value",
            read="EnableNetworkAddressUsageMetrics",
        ),
        "instanceTenancy": same(),
        "tags": EC2_TAGS,
    }
    outputs = {
        "dhcpOptionsId": "DhcpOptionsId",
        "ipv6AssociationId": f"({IPV6_BLOCK}).AssociationId",
        "ipv6CidrBlock": f"({IPV6_BLOCK}).Ipv6CidrBlock",
        "ownerId": "OwnerId",
    }
    attributes = {
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
    }
    """What EC2 sets one request each, with EC2's own value."""

    def check(self, props: Props) -> Iterator[Problem]:
        yield from block_problems("cidrBlock", props.get("cidrBlock"))
        if "cidrBlock" not in props:
            yield "cidrBlock", "is required: the sandbox has no IPAM pools"
        if props.get("enableDnsHostnames") is True and props.get("enableDnsSupport") is False:
            yield "enableDnsHostnames", "can be true only where enableDnsSupport is"

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set the attributes that the program gave."""
        self._set(aws, id_, new, _unusual(new, self.attributes))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set the attributes that differ, the IPv6 block and the tags."""
        super().update(aws, id_, old, new, changed)
        self._set(aws, id_, {**self.attributes, **new}, changed)
        if "instanceTenancy" in changed:
            aws.call("ec2.modify_vpc_tenancy", VpcId=id_, InstanceTenancy="default")
        if "assignGeneratedIpv6CidrBlock" in changed:
            self._set_ipv6(aws, id_, wanted=bool(new.get("assignGeneratedIpv6CidrBlock")))

    def _set_ipv6(self, aws: Aws, id_: str, *, wanted: bool) -> None:
        if wanted:
            aws.call("ec2.associate_vpc_cidr_block", VpcId=id_, AmazonProvidedIpv6CidrBlock=True)
            return
        found = aws.find("ec2.describe_vpcs", f"Vpcs[0].{IPV6_BLOCK}", VpcIds=[id_])
        if found:
            aws.call("ec2.disassociate_vpc_cidr_block", AssociationId=found["AssociationId"])

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        for name in self.attributes:
            if name in names and name in new:
                params = self.params("modify_vpc_attribute", new, {name})
                aws.call("ec2.modify_vpc_attribute", VpcId=id_, **params)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        return ec2_references.of_vpc(aws, id_)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the VPC with its attributes."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        for name in self.attributes:
            key = name[0].upper() + name[1:]
            answer = aws.call("ec2.describe_vpc_attribute", VpcId=id_, Attribute=name)
            found[key] = answer[key]["Value"]
        if found["DhcpOptionsId"] == "default":
            # moto names no set; AWS gives each account and region one of its own.
            where = hashlib.sha256(f"{aws.account}/{aws.region}".encode()).hexdigest()
            found["DhcpOptionsId"] = f"dopt-{where[:17]}"
        return found

    def _default_group(self, aws: Aws, id_: str) -> Any:
        return aws.find(
            "ec2.describe_security_groups",
            "SecurityGroups[?GroupName=='default'].GroupId | [0]",
            Filters=[{"Name": "vpc-id", "Values": [id_]}],
        )

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the ARN and the ids of the default table, group and ACL."""
        of_vpc = [{"Name": "vpc-id", "Values": [id_]}]
        acl = aws.find(
            "ec2.describe_network_acls",
            "NetworkAcls[?IsDefault].NetworkAclId | [0]",
            Filters=of_vpc,
        )
        main = [*of_vpc, {"Name": "association.main", "Values": ["true"]}]
        table = aws.find("ec2.describe_route_tables", "RouteTables[0].RouteTableId", Filters=main)
        return {
            **super().computed(aws, id_, props),
            "defaultNetworkAclId": acl,
            "defaultRouteTableId": table,
            "defaultSecurityGroupId": self._default_group(aws, id_),
            "mainRouteTableId": table,
        }


def _unusual(new: Props, attributes: Props) -> set[str]:
    """Return the attributes that a new object has not already."""
    return {name for name in new if new[name] != attributes.get(name)}


ITS_OWN = "moto goes on showing its own value"


def attribute(name: str, read: str = "", unseen: str = "") -> Carry:
    """Carry a subnet's attribute, set by a request of its own; moto shows few of them."""
    return by("modify_subnet_attribute", name, read=read, unseen=unseen)


class Subnet(Ec2Type):
    """A subnet of a VPC in one availability zone. Outposts and IPAM are not carried."""

    token = "aws:ec2/subnet:Subnet"
    kind = "subnet"
    creates = "create_subnet"
    created = "Subnet.SubnetId"
    describe = Describe("describe_subnets", lambda id_: {"SubnetIds": [id_]}, "Subnets[0]")
    lists = ("describe_subnets", "Subnets", "SubnetId")
    deletes = "delete_subnet"
    identified = "SubnetId"
    inputs = {
        "assignIpv6AddressOnCreation": attribute(
            "AssignIpv6AddressOnCreation.Value", "AssignIpv6AddressOnCreation"
        ),
        "availabilityZone": same(),
        "availabilityZoneId": same(),
        "cidrBlock": same(),
        "enableDns64": attribute("EnableDns64.Value", unseen="moto does not show it"),
        "enableResourceNameDnsARecordOnLaunch": attribute(
            "EnableResourceNameDnsARecordOnLaunch.Value",
            "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
        ),
        "enableResourceNameDnsAaaaRecordOnLaunch": attribute(
            "EnableResourceNameDnsAAAARecordOnLaunch.Value", unseen=ITS_OWN
        ),
        "privateDnsHostnameTypeOnLaunch": attribute(
            "PrivateDnsHostnameTypeOnLaunch", unseen=ITS_OWN
        ),
        "ipv6CidrBlock": same(read=f"({SUBNETS_IPV6}).Ipv6CidrBlock"),
        "ipv6Native": same(),
        "mapPublicIpOnLaunch": attribute("MapPublicIpOnLaunch.Value", "MapPublicIpOnLaunch"),
        "tags": EC2_TAGS,
        "vpcId": same(),
    }
    outputs = {
        "arn": "SubnetArn",
        "ipv6CidrBlockAssociationId": f"({SUBNETS_IPV6}).AssociationId",
        "ownerId": "OwnerId",
    }
    attributes = {
        "assignIpv6AddressOnCreation": False,
        "enableDns64": False,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "mapPublicIpOnLaunch": False,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
    }
    """What EC2 sets one request each, with EC2's own value."""

    def check(self, props: Props) -> Iterator[Problem]:
        yield from block_problems("cidrBlock", props.get("cidrBlock"))
        if "cidrBlock" not in props and props.get("ipv6Native") is not True:
            yield "cidrBlock", "is required unless ipv6Native is true"
        if "availabilityZone" in props and "availabilityZoneId" in props:
            yield "availabilityZoneId", "cannot stand beside availabilityZone"

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set what the create request cannot."""
        self._set(aws, id_, new, _unusual(new, self.attributes))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set what differs."""
        super().update(aws, id_, old, new, changed)
        if "ipv6CidrBlock" in changed:
            self._set_ipv6(aws, id_, new.get("ipv6CidrBlock"))
        self._set(aws, id_, {**self.attributes, **new}, changed)

    def _set_ipv6(self, aws: Aws, id_: str, wanted: str | None) -> None:
        found = aws.find("ec2.describe_subnets", f"Subnets[0].{SUBNETS_IPV6}", SubnetIds=[id_])
        if found:
            aws.call("ec2.disassociate_subnet_cidr_block", AssociationId=found["AssociationId"])
        if wanted:
            aws.call("ec2.associate_subnet_cidr_block", SubnetId=id_, Ipv6CidrBlock=wanted)

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        for name in self.attributes:
            if name in names and name in new:
                params = self.params("modify_subnet_attribute", new, {name})
                aws.call("ec2.modify_subnet_attribute", SubnetId=id_, **params)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        return ec2_references.of_subnet(aws, id_)
