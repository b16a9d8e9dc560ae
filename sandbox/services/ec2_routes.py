"""EC2: route table, route, association of a table with a subnet or gateway."""

import zlib
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, MissingError
from sandbox.provider.carry import Describe, by, same
from sandbox.provider.overlay import covers
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.ec2_nat import internet_gateway_of
from sandbox.services.ec2_tags import EC2_TAGS, GONE, Ec2Type, own_items
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
        **{name: by("", member) for name, member in TARGETS.items()},
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
        member, destination = destination_of(params)
        if any(route.get(member) == destination for route in table["Routes"]):
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
        tables = aws.find("ec2.describe_route_tables", "RouteTables") or []
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


class RouteTable(Ec2Type):
    """A route table, with the routes that stand in it, if the program writes them there.

    Routes that a VPN gateway propagates are not carried.
    """

    token = "aws:ec2/routeTable:RouteTable"
    kind = arn_kind = "route-table"
    creates = "create_route_table"
    created = "RouteTable.RouteTableId"
    describe = Describe(
        "describe_route_tables", lambda id_: {"RouteTableIds": [id_]}, "RouteTables[0]"
    )
    lists = ("describe_route_tables", "RouteTables", "RouteTableId")
    deletes = "delete_route_table"
    identified = "RouteTableId"
    inputs = {
        "routes": by("create_route", read="InlineRoutes"),
        "tags": EC2_TAGS,
        "vpcId": same(),
    }
    outputs = {"ownerId": "OwnerId"}

    def check(self, props: Props) -> Iterator[Problem]:
        routes = props.get("routes")
        for index, route in enumerate(routes if isinstance(routes, list) else []):
            if not isinstance(route, Mapping):
                continue
            at = f"routes[{index}]"
            yield from destination_problems(dict(route), INLINE_DESTINATIONS, at)
            unknown = set(route) - set(INLINE_DESTINATIONS) - set(TARGETS)
            for name in sorted(unknown):
                yield f"{at}.{name}", "is not carried by the sandbox"

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Put the routes in."""
        self._sync(aws, id_, [], new.get("routes", []))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and bring the routes up to date."""
        super().update(aws, id_, old, new, changed - {"routes"})
        if "routes" in changed:
            self._sync(aws, id_, old.get("routes") or [], new.get("routes") or [])

    def _sync(self, aws: Aws, id_: str, old: list[Props], new: list[Props]) -> None:
        table = table_named(aws, id_)
        vpc = table["VpcId"] if table else ""
        wanted = dict(self._requests(new))
        had = dict(self._requests(old))
        for destination in had:
            if destination not in wanted:
                aws.call("ec2.delete_route", RouteTableId=id_, **dict([destination]))
        for destination, target in wanted.items():
            if had.get(destination) == target:
                continue
            refuse_target(aws, vpc, target)
            request = "ec2.replace_route" if destination in had else "ec2.create_route"
            aws.call(request, RouteTableId=id_, **dict([destination]), **target)

    def _requests(self, routes: list[Props]) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
        for route in routes:
            target = {TARGETS[name]: route[name] for name in TARGETS if route.get(name)}
            for name, member in INLINE_DESTINATIONS.items():
                if route.get(name):
                    yield (member, route[name]), target

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the table with the routes that somebody put in.

        Those of AWS's own are left out: the VPC's, and those of gateway endpoints.
        """
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        names = {**{v: k for k, v in INLINE_DESTINATIONS.items()}, **_turned(TARGETS)}
        found["InlineRoutes"] = [
            {names[key]: value for key, value in route.items() if key in names}
            for route in found["Routes"]
            if route.get("Origin") == "CreateRoute"
            and not str(route.get("GatewayId", "")).startswith("vpce-")
        ]
        return found


def _turned(names: Mapping[str, str]) -> dict[str, str]:
    return {value: key for key, value in names.items()}


class RouteTableAssociation(ResourceType):
    """A table's association with a subnet or a gateway.

    AWS gives an association that is moved to another table a new id. The engine keeps the first
    one, so the association is looked for by its subnet or gateway as well.
    """

    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    service = "ec2"
    creates = "associate_route_table"
    created = "AssociationId"
    updates = "replace_route_table_association"
    inputs = {"gatewayId": same(), "routeTableId": same(), "subnetId": same()}

    def check(self, props: Props) -> Iterator[Problem]:
        if ("subnetId" in props) == ("gatewayId" in props):
            yield "subnetId", "exactly one of subnetId, gatewayId is needed"

    def create(self, aws: Aws, new: Props) -> str:
        """Associate; moto takes no notice of an association that there is already."""
        found = self.item(aws, "", new)
        if found is not None:
            what = new.get("subnetId") or new.get("gatewayId")
            raise SandboxError(
                f"{what} is associated with {found['RouteTableId']} already "
                "(AWS: Resource.AlreadyAssociated)"
            )
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Move the association to another table."""
        aws.call(
            "ec2.replace_route_table_association",
            AssociationId=self._live_id(aws, id_, old),
            RouteTableId=new["routeTableId"],
        )

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        live = self._live_id(aws, id_, old)
        aws.call("ec2.disassociate_route_table", AssociationId=live)

    def _live_id(self, aws: Aws, id_: str, old: Props) -> str:
        found = self.item(aws, id_, old)
        return str(found["RouteTableAssociationId"]) if found else id_

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the association; on import the id may be ``subnet/table`` or ``gateway/table``."""
        subject = saved.get("subnetId") or saved.get("gatewayId") or id_.partition("/")[0]
        for table in own_items(aws, "describe_route_tables", "RouteTables"):
            for association in table["Associations"]:
                ends = (association.get("SubnetId"), association.get("GatewayId"))
                if subject in ends or association["RouteTableAssociationId"] == id_:
                    return dict(association)
        return None

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the association of this subnet with this table."""
        found = self.item(aws, "", inputs)
        if found is None or not covers(found["RouteTableId"], inputs["routeTableId"]):
            return None
        return str(found["RouteTableAssociationId"])
