"""EC2: route, and what any route may lead to and by what way."""

import zlib
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, MissingError
from sandbox.provider.carry import member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.ec2_nat import internet_gateway_of
from sandbox.services.ec2_tags import GONE
from sandbox.services.shown import emptied

DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
INLINE_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
}
"""A route written inside its table calls two of the destinations by shorter names."""


def table_named(aws: Aws, id_: str) -> dict[str, Any] | None:
    """Return a route table as EC2 shows it, or None where it is gone."""
    found = aws.find("ec2.describe_route_tables", "RouteTables[0]", RouteTableIds=[id_])
    return None if found is None else dict(found)


def destination_of(route: Mapping[str, Any]) -> tuple[str, str]:
    """Return the request's member for a route's destination and the destination itself."""
    for name in DESTINATIONS.values():
        if route.get(name):
            return name, str(route[name])
    return "", ""


def destination_problems(props: Props, names: Mapping[str, str], at: str) -> Iterator[Problem]:
    """Yield what EC2 would refuse in where a route leads to, and by what way."""
    given = [name for name in names if name in props]
    if len(given) != 1:
        yield at or "destinationCidrBlock", f"exactly one of {', '.join(names)} is needed"
    for name in given:
        block = props[name]
        if not isinstance(block, str) or "refix" in name:
            continue
        try:
            ip_network(block)
        except ValueError as error:
            yield at or name, f"must be a block with no host bits set: {error}"
    ways = [name for name in TARGETS if name in props]
    if len(ways) != 1:
        yield at or "gatewayId", f"exactly one of {', '.join(TARGETS)} is needed"


def refuse_target(aws: Aws, vpc: str, params: Mapping[str, Any]) -> None:
    """Refuse a way out that AWS would not take: moto looks at few of them."""
    if nat := params.get("NatGatewayId"):
        path = "NatGateways[0]"
        found = aws.find("ec2.describe_nat_gateways", path, NatGatewayIds=[nat])
        if found is None or found["State"] in GONE:
            raise SandboxError(f"{nat} does not exist (AWS: InvalidNatGatewayID.NotFound)")
        if found["VpcId"] != vpc:
            raise SandboxError(f"{nat} is not in {vpc} (AWS: InvalidParameterValue)")
    gateway = params.get("GatewayId", "")
    if gateway.startswith("igw-") and internet_gateway_of(aws, vpc) != gateway:
        raise SandboxError(
            f"{gateway} is not attached to {vpc} (AWS: InvalidParameterValue, "
            "route table and network gateway belong to different networks)"
        )


class Route(ResourceType):
    """One route of a table; its key is the table and the destination."""

    token = "aws:ec2/route:Route"
    service = "ec2"
    creates = "create_route"
    updates = "replace_route"
    inputs = {
        **{name: same() for name in DESTINATIONS},
        **{name: member(way) for name, way in TARGETS.items()},
        "routeTableId": same(),
    }
    outputs = {"origin": "Origin", "state": "State", "instanceOwnerId": "InstanceOwnerId"}

    def check(self, props: Props) -> Iterator[Problem]:
        yield from destination_problems(props, DESTINATIONS, "")

    def create(self, aws: Aws, new: Props) -> str:
        """Create the route; one of the same destination is refused, whatever its form."""
        params = self.params("create_route", new)
        table = table_named(aws, new["routeTableId"])
        if table is None:
            raise SandboxError(f"{new['routeTableId']} does not exist")
        what, destination = destination_of(params)
        if any(route.get(what) == destination for route in table["Routes"]):
            raise SandboxError(
                f"{new['routeTableId']} already has a route to {destination} "
                "(AWS: RouteAlreadyExists)"
            )
        refuse_target(aws, table["VpcId"], params)
        aws.call("ec2.create_route", **params)
        return self._id(new["routeTableId"], destination)

    def _id(self, table: str, destination: str) -> str:
        """Return the id as the real provider forms it."""
        return f"r-{table}{zlib.crc32(destination.encode())}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Lead the destination another way."""
        params = self.params("replace_route", new)
        table = table_named(aws, new["routeTableId"]) or {"VpcId": ""}
        refuse_target(aws, table["VpcId"], params)
        aws.call("ec2.replace_route", **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete by table and destination."""
        names = {"routeTableId", *DESTINATIONS}
        try:
            aws.call("ec2.delete_route", **self.params("delete_route", old, names))
        except MissingError:
            return

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the route, looked for by destination, or by id where only that is known.

        The id is the provider's own (``r-`` with a checksum) or, on import, table_destination.
        """
        for table in self._tables(aws, id_, saved):
            for route in table["Routes"]:
                destination = destination_of(route)[1]
                ids = (
                    self._id(table["RouteTableId"], destination),
                    f"{table['RouteTableId']}_{destination}",
                )
                if id_ in ids and route.get("Origin") != "CreateRouteTable":
                    return self._shown(aws, table, dict(route), saved)
        return None

    def _tables(self, aws: Aws, id_: str, saved: Props) -> list[dict[str, Any]]:
        if saved.get("routeTableId"):
            found = table_named(aws, saved["routeTableId"])
            return [found] if found else []
        tables = aws.every("ec2.describe_route_tables", "RouteTables[]")
        return [table for table in tables if table["RouteTableId"] in id_]

    def _shown(
        self, aws: Aws, table: dict[str, Any], route: dict[str, Any], saved: Props
    ) -> dict[str, Any]:
        route["RouteTableId"] = table["RouteTableId"]
        emptied(route, saved, TARGETS)
        try:
            refuse_target(aws, table["VpcId"], route)
        except SandboxError:
            # moto goes on calling a route active whose gateway is detached or deleted.
            route["State"] = "blackhole"
        return route

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id of the route with this destination, if it leads the way of the inputs."""
        id_ = self._id(
            inputs["routeTableId"], destination_of(self.params("create_route", inputs))[1]
        )
        found = self.read(aws, id_, inputs)
        same_way = found is not None and all(
            found.get(name) == inputs[name] for name in TARGETS if name in inputs
        )
        return id_ if same_way else None
