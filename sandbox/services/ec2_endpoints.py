"""EC2: VPC endpoint, gateway and interface."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.ec2_tags import EC2_TAGS, GONE, Ec2Type, own_items

GATEWAY, INTERFACE = "Gateway", "Interface"
LISTS = {
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
    "subnetIds": "SubnetIds",
}
"""Inputs that a change adds to and removes from, to what the members of the request end with."""
BELONGS = {"routeTableIds": GATEWAY, "securityGroupIds": INTERFACE, "subnetIds": INTERFACE}


class VpcEndpoint(Ec2Type):
    """A private way to an AWS service.

    Endpoints for resources and service networks of VPC Lattice are not carried.
    """

    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    kind = arn_kind = "vpc-endpoint"
    creates = "create_vpc_endpoint"
    created = "VpcEndpoint.VpcEndpointId"
    describe = Describe(
        "describe_vpc_endpoints", lambda id_: {"VpcEndpointIds": [id_]}, "VpcEndpoints[0]"
    )
    lists = ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId")
    inputs = {
        "autoAccept": kept("endpoint services of other accounts are not in the sandbox"),
        "dnsOptions": same(unseen="moto does not show it"),
        "ipAddressType": same(unseen="moto does not show it"),
        "policy": member("PolicyDocument"),
        "privateDnsEnabled": same(),
        "routeTableIds": same(),
        "securityGroupIds": same(read="Groups[].GroupId"),
        "serviceName": same(),
        "serviceRegion": same(),
        "subnetConfigurations": same(),
        "subnetIds": same(),
        "tags": EC2_TAGS,
        "vpcEndpointType": same(),
        "vpcId": same(),
    }
    outputs = {
        "networkInterfaceIds": "NetworkInterfaceIds",
        "ownerId": "OwnerId",
        "state": "State",
    }

    def check(self, props: Props) -> Iterator[Problem]:
        kind = props.get("vpcEndpointType", GATEWAY)
        if "serviceName" not in props:
            yield "serviceName", "is required"
        for name, belongs in BELONGS.items():
            if props.get(name) and isinstance(kind, str) and kind != belongs:
                yield name, f"belongs to endpoints of type {belongs}, and this is of type {kind}"
        if kind == GATEWAY and props.get("privateDnsEnabled") is True:
            yield "privateDnsEnabled", f"belongs to endpoints of type {INTERFACE}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the endpoint where AWS would."""
        wanted = {"vpcEndpointType": GATEWAY, "privateDnsEnabled": False, **new}
        self._refuse_service(aws, wanted)
        if wanted["vpcEndpointType"] == GATEWAY:
            self._refuse_twice(aws, wanted, set(new.get("routeTableIds", [])))
        else:
            self._refuse_places(aws, wanted)
            self._refuse_names(aws, wanted)
        return super().create(aws, wanted)

    def _refuse_service(self, aws: Aws, new: Props) -> None:
        """Refuse a service that is not offered in this way; moto takes any name."""
        name, kind = new["serviceName"], new["vpcEndpointType"]
        here = aws.in_region(new.get("serviceRegion"))
        answer = here.call("ec2.describe_vpc_endpoint_services", ServiceNames=[name])
        kinds = [
            each["ServiceType"]
            for detail in answer["ServiceDetails"]
            for each in detail["ServiceType"]
        ]
        if kind not in kinds:
            raise SandboxError(
                f"{name} has no endpoints of type {kind} (AWS: InvalidParameter), "
                f"only {', '.join(sorted(set(kinds)))}"
            )

    def _others(self, aws: Aws, new: Props) -> list[dict[str, Any]]:
        found = own_items(aws, "describe_vpc_endpoints", "VpcEndpoints")
        return [
            item
            for item in found
            if item["State"] not in GONE
            and item["VpcId"] == new["vpcId"]
            and item["ServiceName"] == new["serviceName"]
        ]

    def _refuse_twice(self, aws: Aws, new: Props, tables: set[str]) -> None:
        for other in self._others(aws, new):
            if both := tables & set(other.get("RouteTableIds", [])):
                raise SandboxError(
                    f"{min(both)} already has a route to {new['serviceName']}, by "
                    f"{other['VpcEndpointId']} (AWS: RouteAlreadyExists)"
                )

    def _refuse_places(self, aws: Aws, new: Props) -> None:
        """Refuse subnets and groups that are not there, or two subnets of one zone."""
        zones: dict[str, str] = {}
        for subnet in new.get("subnetIds") or []:
            found = aws.find("ec2.describe_subnets", "Subnets[0]", SubnetIds=[subnet])
            if found is None or found["VpcId"] != new["vpcId"]:
                raise SandboxError(f"{subnet} is not in {new['vpcId']} (AWS: InvalidSubnetId)")
            zone = found["AvailabilityZone"]
            if zone in zones:
                raise SandboxError(
                    f"{zones[zone]} and {subnet} are both in {zone} "
                    "(AWS: DuplicateSubnetsInSameZone)"
                )
            zones[zone] = subnet
        for group in new.get("securityGroupIds") or []:
            path = "SecurityGroups[0].VpcId"
            vpc = aws.find("ec2.describe_security_groups", path, GroupIds=[group])
            if vpc != new["vpcId"]:
                raise SandboxError(
                    f"{group} is not in {new['vpcId']} (AWS: InvalidSecurityGroupId)"
                )

    def _refuse_names(self, aws: Aws, new: Props) -> None:
        """Refuse private names that the VPC does not resolve or another endpoint has."""
        if not new.get("privateDnsEnabled"):
            return
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            answer = aws.call("ec2.describe_vpc_attribute", VpcId=new["vpcId"], Attribute=name)
            if not answer[name[0].upper() + name[1:]]["Value"]:
                raise SandboxError(
                    f"private DNS names need {name} of {new['vpcId']} (AWS: InvalidParameter)"
                )
        for other in self._others(aws, new):
            if other["VpcEndpointType"] == INTERFACE and other["PrivateDnsEnabled"]:
                raise SandboxError(
                    f"{other['VpcEndpointId']} has the private DNS names of "
                    f"{new['serviceName']} in {new['vpcId']} already (AWS: InvalidParameter, "
                    "conflicting DNS domain)"
                )

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and change what differs: lists by what is added and what is removed."""
        super().update(aws, id_, old, new, changed & {"tags"})
        params = self.params("modify_vpc_endpoint", new, changed - {"tags"})
        if "policy" in changed and not new.get("policy"):
            params["ResetPolicy"] = True
        if "privateDnsEnabled" in changed:
            params["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
            self._refuse_names(aws, new)
        for name, ending in LISTS.items():
            had, wanted = set(old.get(name) or []), set(new.get(name) or [])
            if name in changed and wanted - had:
                params[f"Add{ending}"] = sorted(wanted - had)
            if name in changed and had - wanted:
                params[f"Remove{ending}"] = sorted(had - wanted)
        if "routeTableIds" in changed:
            self._refuse_twice(aws, new, set(params.get("AddRouteTableIds", [])))
        if changed & {"subnetIds", "securityGroupIds"}:
            self._refuse_places(aws, new)
        if params:
            aws.call("ec2.modify_vpc_endpoint", VpcEndpointId=id_, **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the endpoint; EC2 answers 200 also where it did not."""
        answer = aws.call("ec2.delete_vpc_endpoints", VpcEndpointIds=[id_])
        for failed in answer.get("Unsuccessful", []):
            raise SandboxError(f"{id_}: {failed['Error']['Code']}: {failed['Error']['Message']}")

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = super().item(aws, id_, saved)
        if found is not None and found.get("VpcEndpointType") != INTERFACE:
            # moto shows a gateway with private names, which only interfaces have.
            found["PrivateDnsEnabled"] = False
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the ARN, and the prefix list or the DNS names."""
        computed = {**super().computed(aws, id_, props), "requesterManaged": False}
        if props.get("vpcEndpointType", GATEWAY) == GATEWAY:
            named = [{"Name": "prefix-list-name", "Values": [props["serviceName"]]}]
            path = f"PrefixLists[?PrefixListName=='{props['serviceName']}'] | [0]"
            found = aws.find("ec2.describe_prefix_lists", path, Filters=named) or {}
            return {
                **computed,
                "prefixListId": found.get("PrefixListId"),
                "cidrBlocks": found.get("Cidrs", []),
                "dnsEntries": [],
            }
        path = "VpcEndpoints[0].DnsEntries"
        entries = aws.find("ec2.describe_vpc_endpoints", path, VpcEndpointIds=[id_]) or []
        names = [self._entry(aws, id_, entry, props) for entry in entries]
        return {**computed, "cidrBlocks": [], "dnsEntries": names}

    def _entry(self, aws: Aws, id_: str, entry: dict[str, Any], props: Props) -> dict[str, str]:
        """Return a DNS entry with the name as AWS forms it; moto turns it round."""
        ending = entry["DnsName"].removeprefix(f"{id_}-").partition(".")[0]
        region = props.get("serviceRegion", aws.region)
        service = props["serviceName"].rpartition(f"{region}.")[2]
        return {
            "dnsName": f"{id_}-{ending}.{service}.{region}.vpce.amazonaws.com",
            "hostedZoneId": entry["HostedZoneId"],
        }
