"""EC2: route table, and its association with a subnet or gateway."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.ec2_routes import (
    INLINE_DESTINATIONS,
    TARGETS,
    destination_problems,
    refuse_target,
    table_named,
)
from sandbox.services.ec2_tags import EC2_TAGS, Ec2Type, own_items


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
        if found is None or found["RouteTableId"] != inputs["routeTableId"]:
            return None
        return str(found["RouteTableAssociationId"])
