"""EC2: the ways out of a VPC: internet gateway, elastic IP, NAT gateway."""

import hashlib
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, ClassVar

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services import ec2_references
from sandbox.services.ec2_tags import EC2_TAGS, GONE, Ec2Type, own_items
from sandbox.services.shown import emptied, lasting


def internet_gateway_of(aws: Aws, vpc: str) -> str | None:
    """Return the internet gateway attached to a VPC."""
    path = "InternetGateways[].InternetGatewayId"
    found = own_items(aws, "describe_internet_gateways", path, attachment__vpc_id=vpc)
    return str(found[0]) if found else None


class InternetGateway(Ec2Type):
    """An internet gateway, attached to a VPC by a request of its own."""

    token = "aws:ec2/internetGateway:InternetGateway"
    kind = arn_kind = "internet-gateway"
    creates = "create_internet_gateway"
    created = "InternetGateway.InternetGatewayId"
    describe = Describe(
        "describe_internet_gateways",
        lambda id_: {"InternetGatewayIds": [id_]},
        "InternetGateways[0]",
    )
    lists = ("describe_internet_gateways", "InternetGateways", "InternetGatewayId")
    deletes = "delete_internet_gateway"
    identified = "InternetGatewayId"
    inputs = {
        "tags": EC2_TAGS,
        "vpcId": by("attach_internet_gateway", "VpcId", read="VpcId"),
    }
    outputs = {"ownerId": "OwnerId"}
    patience: ClassVar[float] = 20.0
    """Seconds in which load balancers may still go; the program does not order them before it."""

    def create(self, aws: Aws, new: Props) -> str:
        """Create the gateway; AWS allows a VPC one, moto any number."""
        self._refuse_second(aws, new)
        return super().create(aws, new)

    def _refuse_second(self, aws: Aws, new: Props) -> None:
        other = internet_gateway_of(aws, new["vpcId"]) if new.get("vpcId") else None
        if other:
            raise SandboxError(
                f"{new['vpcId']} already has internet gateway {other} "
                "(AWS: InvalidParameterValue, the network already has an attached gateway)"
            )

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Attach the gateway."""
        if new.get("vpcId"):
            aws.call("ec2.attach_internet_gateway", InternetGatewayId=id_, VpcId=new["vpcId"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and move the gateway to another VPC."""
        super().update(aws, id_, old, new, changed - {"vpcId"})
        if "vpcId" in changed:
            self._refuse_second(aws, new)
            self._detach(aws, id_)
            self.finish(aws, id_, new)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Detach and delete."""
        self._detach(aws, id_)
        super().delete(aws, id_, old)

    def _detach(self, aws: Aws, id_: str) -> None:
        item = self.item(aws, id_, {})
        if item and item["VpcId"]:
            aws.call("ec2.detach_internet_gateway", InternetGatewayId=id_, VpcId=item["VpcId"])

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        return lasting(lambda: self._public(aws, id_), self.patience)

    def _public(self, aws: Aws, id_: str) -> str | None:
        """Return what in the VPC has a public address: AWS detaches no gateway below it."""
        item = self.item(aws, id_, {})
        if item is None or not item["VpcId"]:
            return None
        vpc = item["VpcId"]
        for interface in ec2_references.interfaces(aws, vpc_id=vpc):
            if address := interface.get("Association", {}).get("PublicIp"):
                return f"{vpc} has the mapped public address {address} (AWS: DependencyViolation)"
        for balancer in aws.every("elbv2.describe_load_balancers", "LoadBalancers[]"):
            if balancer["VpcId"] == vpc and balancer.get("Scheme") != "internal":
                name = balancer["LoadBalancerName"]
                return f"load balancer {name} has public addresses (AWS: DependencyViolation)"
        return None

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = super().item(aws, id_, saved)
        if found is not None:
            attached = found.get("Attachments", [])
            found["VpcId"] = attached[0]["VpcId"] if attached else ""
        return found


class Eip(Ec2Type):
    """An elastic IP address. Pools of the customer's own and of IPAM are not carried."""

    token = "aws:ec2/eip:Eip"
    kind = arn_kind = "elastic-ip"
    creates = "allocate_address"
    created = "AllocationId"
    describe = Describe("describe_addresses", lambda id_: {"AllocationIds": [id_]}, "Addresses[0]")
    lists = ("describe_addresses", "Addresses", "AllocationId")
    deletes = "release_address"
    identified = "AllocationId"
    inputs = {
        "address": same(unseen="publicIp shows what AWS gave"),
        "associateWithPrivateIp": by(
            "associate_address",
            "PrivateIpAddress",
            unseen="an address of AWS's choice is shown too",
        ),
        "domain": same(),
        "instance": by("associate_address", "InstanceId"),
        "networkBorderGroup": same(),
        "networkInterface": by("associate_address", "NetworkInterfaceId"),
        "publicIpv4Pool": same(),
        "tags": EC2_TAGS,
    }
    outputs = {
        "allocationId": "AllocationId",
        "associationId": "AssociationId",
        "privateIp": "PrivateIpAddress",
        "publicIp": "PublicIp",
    }
    holders = ("instance", "networkInterface", "associateWithPrivateIp")

    def create(self, aws: Aws, new: Props) -> str:
        """Allocate the address; classic EC2, moto's own default, is no more."""
        return super().create(aws, {**new, "domain": new.get("domain", "vpc")})

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Give the address to the instance or interface that the program names."""
        if new.get("instance") or new.get("networkInterface"):
            params = self.params("associate_address", new, set(self.holders))
            aws.call("ec2.associate_address", AllocationId=id_, **params)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and move the address."""
        super().update(aws, id_, old, new, changed - set(self.holders))
        if changed & set(self.holders):
            self._dissociate(aws, id_)
            self.finish(aws, id_, new)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Take the address back and release it."""
        self._dissociate(aws, id_)
        super().delete(aws, id_, old)

    def _dissociate(self, aws: Aws, id_: str) -> None:
        item = self.item(aws, id_, {})
        if item and item.get("AssociationId"):
            aws.call("ec2.disassociate_address", AssociationId=item["AssociationId"])

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return the NAT gateway with this address; a moved address the provider itself frees."""
        gateway = nat_gateway_with(aws, id_)
        return f"NAT gateway {gateway} uses it (AWS: AuthFailure)" if gateway else None

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = super().item(aws, id_, saved)
        if found is not None:
            holders = {"instance": "InstanceId", "networkInterface": "NetworkInterfaceId"}
            emptied(found, saved, holders)
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the ARN and the host names, which AWS forms from the addresses."""
        computed = super().computed(aws, id_, props)
        virginia = aws.region == "us-east-1"
        if public := props.get("publicIp"):
            zone = "compute-1" if virginia else f"{aws.region}.compute"
            computed["publicDns"] = f"ec2-{public.replace('.', '-')}.{zone}.amazonaws.com"
        if private := props.get("privateIp"):
            zone = "ec2.internal" if virginia else f"{aws.region}.compute.internal"
            computed["privateDns"] = f"ip-{private.replace('.', '-')}.{zone}"
        return computed


def nat_gateway_with(aws: Aws, allocation: str) -> str | None:
    """Return the living NAT gateway that has an elastic IP."""
    for gateway in own_items(aws, "describe_nat_gateways", "NatGateways"):
        has = [address.get("AllocationId") for address in gateway["NatGatewayAddresses"]]
        if gateway["State"] not in GONE and allocation in has:
            return str(gateway["NatGatewayId"])
    return None


class NatGateway(Ec2Type):
    """A NAT gateway of one zone. Those of a whole region are not carried: moto has none."""

    token = "aws:ec2/natGateway:NatGateway"
    kind = arn_kind = "natgateway"
    creates = "create_nat_gateway"
    created = "NatGateway.NatGatewayId"
    describe = Describe(
        "describe_nat_gateways", lambda id_: {"NatGatewayIds": [id_]}, "NatGateways[0]"
    )
    lists = ("describe_nat_gateways", "NatGateways", "NatGatewayId")
    filters = "Filter"
    deletes = "delete_nat_gateway"
    identified = "NatGatewayId"
    inputs = {
        "allocationId": same(read="NatGatewayAddresses[0].AllocationId"),
        "connectivityType": same(),
        "privateIp": member(
            "PrivateIpAddress", unseen="moto shows an address from outside the subnet"
        ),
        "secondaryAllocationIds": kept(
            "moto gives a NAT gateway one address",
            operation="create_nat_gateway",
            name="SecondaryAllocationIds",
        ),
        "secondaryPrivateIpAddressCount": kept(
            "moto gives a NAT gateway one address",
            operation="create_nat_gateway",
            name="SecondaryPrivateIpAddressCount",
        ),
        "secondaryPrivateIpAddresses": kept(
            "moto gives a NAT gateway one address",
            operation="create_nat_gateway",
            name="SecondaryPrivateIpAddresses",
        ),
        "subnetId": same(),
        "tags": EC2_TAGS,
    }
    outputs = {
        "associationId": "NatGatewayAddresses[0].AssociationId",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        "publicIp": "NatGatewayAddresses[0].PublicIp",
    }

    def check(self, props: Props) -> Iterator[Problem]:
        private = props.get("connectivityType") == "private"
        if private and props.get("allocationId"):
            yield "allocationId", "cannot be given to a private NAT gateway"
        if not private and "allocationId" not in props:
            yield "allocationId", "is required: a public NAT gateway needs an elastic IP"
        if "subnetId" not in props:
            yield "subnetId", "is required"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the gateway where AWS's would not end as failed."""
        if new.get("connectivityType") != "private":
            self._refuse_public(aws, new)
        return super().create(aws, new)

    def _refuse_public(self, aws: Aws, new: Props) -> None:
        address = new["allocationId"]
        path = "Addresses[0]"
        found = aws.find("ec2.describe_addresses", path, AllocationIds=[address])
        if found is None:
            raise SandboxError(f"{address} does not exist (AWS: InvalidAllocationID.NotFound)")
        if found.get("AssociationId"):
            raise SandboxError(f"{address} is in use already (AWS: Resource.AlreadyAssociated)")
        vpc = aws.find("ec2.describe_subnets", "Subnets[0].VpcId", SubnetIds=[new["subnetId"]])
        if vpc and internet_gateway_of(aws, vpc) is None:
            raise SandboxError(f"{vpc} has no internet gateway (AWS: Gateway.NotAttached)")

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the gateway and what AWS takes away with it; moto leaves both."""
        found = aws.find("ec2.describe_nat_gateways", "NatGateways[0]", NatGatewayIds=[id_])
        if found is None or found["State"] in GONE:
            return
        super().delete(aws, id_, old)
        for address in found["NatGatewayAddresses"]:
            if address.get("AssociationId"):
                aws.call("ec2.disassociate_address", AssociationId=address["AssociationId"])
            aws.call(
                "ec2.delete_network_interface", NetworkInterfaceId=address["NetworkInterfaceId"]
            )

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the private address: one of the subnet's, always the same for a gateway."""
        if props.get("privateIp"):
            return {}
        block = aws.find(
            "ec2.describe_subnets", "Subnets[0].CidrBlock", SubnetIds=[props["subnetId"]]
        )
        if block is None:
            return {}
        network = IPv4Network(block)
        # AWS keeps the first four addresses of a subnet and the last one for itself.
        usable = network.num_addresses - 5
        number = int(hashlib.sha256(id_.encode()).hexdigest(), 16) % usable
        return {"privateIp": str(network[4 + number])}
