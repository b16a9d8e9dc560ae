"""EC2: VPC, subnet."""

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, kept, same
from sandbox.provider.values import Props
from sandbox.services.ec2_tags import EC2_TAGS, Ec2Type


class Vpc(Ec2Type):
    """A VPC; its DNS settings are attributes, set one request each."""

    token = "aws:ec2/vpc:Vpc"
    kind = "vpc"
    creates = "create_vpc"
    created = "Vpc.VpcId"
    describe = Describe("describe_vpcs", lambda id_: {"VpcIds": [id_]}, "Vpcs[0]")
    lists = ("describe_vpcs", "Vpcs", "VpcId")
    deletes = "delete_vpc"
    identified = "VpcId"
    inputs = {
        "assignGeneratedIpv6CidrBlock": kept("no IPv6 in the sandbox's networks"),
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
    outputs = {"dhcpOptionsId": "DhcpOptionsId", "ownerId": "OwnerId"}
    attributes = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set the attributes that the program gave."""
        self._set(aws, id_, new, set(self.attributes))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set the attributes that differ, and the tags."""
        super().update(aws, id_, old, new, changed)
        self._set(aws, id_, new, changed)

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        for name in self.attributes:
            if name in names and name in new:
                params = self.params("modify_vpc_attribute", new, {name})
                aws.call("ec2.modify_vpc_attribute", VpcId=id_, **params)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, object] | None:
        """Return the VPC with its attributes and the defaults that came with it."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        for name in self.attributes:
            key = name[0].upper() + name[1:]
            answer = aws.call("ec2.describe_vpc_attribute", VpcId=id_, Attribute=name)
            found[key] = answer[key]["Value"]
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the ARN and the ids of the default table, group and ACL."""
        of_vpc = [{"Name": "vpc-id", "Values": [id_]}]
        groups = aws.find(
            "ec2.describe_security_groups",
            "SecurityGroups[?GroupName=='default'].GroupId | [0]",
            Filters=of_vpc,
        )
        acl = aws.find(
            "ec2.describe_network_acls",
            "NetworkAcls[?IsDefault].NetworkAclId | [0]",
            Filters=of_vpc,
        )
        main = [*of_vpc, {"Name": "association.main", "Values": ["true"]}]
        table = aws.find("ec2.describe_route_tables", "RouteTables[0].RouteTableId", Filters=main)
        return {
            "arn": aws.arn("ec2", f"vpc/{id_}"),
            "defaultNetworkAclId": acl,
            "defaultRouteTableId": table,
            "defaultSecurityGroupId": groups,
            "mainRouteTableId": table,
        }


class Subnet(Ec2Type):
    """A subnet of a VPC in one availability zone."""

    token = "aws:ec2/subnet:Subnet"
    kind = "subnet"
    creates = "create_subnet"
    created = "Subnet.SubnetId"
    describe = Describe("describe_subnets", lambda id_: {"SubnetIds": [id_]}, "Subnets[0]")
    lists = ("describe_subnets", "Subnets", "SubnetId")
    deletes = "delete_subnet"
    identified = "SubnetId"
    inputs = {
        "availabilityZone": same(),
        "cidrBlock": same(),
        "mapPublicIpOnLaunch": by(
            "modify_subnet_attribute", "MapPublicIpOnLaunch.Value", read="MapPublicIpOnLaunch"
        ),
        "tags": EC2_TAGS,
        "vpcId": same(),
    }
    outputs = {"arn": "SubnetArn", "availabilityZoneId": "AvailabilityZoneId", "ownerId": "OwnerId"}

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set what the create request cannot."""
        self._set(aws, id_, new, {"mapPublicIpOnLaunch"})

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set what differs."""
        super().update(aws, id_, old, new, changed)
        self._set(aws, id_, new, changed)

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        if "mapPublicIpOnLaunch" in names and "mapPublicIpOnLaunch" in new:
            params = self.params("modify_subnet_attribute", new, names)
            aws.call("ec2.modify_subnet_attribute", SubnetId=id_, **params)
