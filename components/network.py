"""The network of an environment: a VPC with public, private and isolated subnets in each zone.

IPv4 only. Network ACLs stay as AWS makes them: the security groups decide who may talk to whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2

from components.flow_logs import FlowLogs, FlowLogsArgs
from components.known_once import known_once
from components.tags import child_tags

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class ZoneSubnets:
    """The address blocks of one zone, in CIDR notation."""

    public: str
    private: str
    isolated: str


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Where the network is, its addresses, and how many NAT gateways it pays for."""

    account_id: str
    region: str
    cidr: str
    subnets: Mapping[str, ZoneSubnets]
    """By zone letter: ``a`` is the zone ``<region>a``."""
    nat_gateways: int
    """One for all zones, or one for each."""
    flow_log_group_name: str
    flow_log_retention_days: int
    kms_key_arn: Input[str]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject addresses that AWS would refuse, and a NAT count that fits no zone plan."""
        if self.nat_gateways not in (1, len(self.subnets)):
            raise ValueError(
                f"nat_gateways must be 1 or the number of zones ({len(self.subnets)}), "
                f"got {self.nat_gateways}"
            )
        whole = IPv4Network(self.cidr)
        blocks = [
            IPv4Network(block)
            for zone in self.subnets.values()
            for block in (zone.public, zone.private, zone.isolated)
        ]
        for block in blocks:
            if not block.subnet_of(whole):
                raise ValueError(f"subnets must lie inside {whole}, got {block}")
        for one, other in combinations(blocks, 2):
            if one.overlaps(other):
                raise ValueError(f"subnets must not overlap, got {one} and {other}")


class Network(pulumi.ComponentResource):
    """A VPC whose default group is closed, whose traffic is recorded and whose data is isolated.

    Public subnets hold load balancers and NAT gateways, and give out no public addresses by
    themselves. Private subnets reach the internet through a NAT gateway; nothing reaches them.
    Isolated subnets have no route to the internet in either direction.

    Scale decides the number of NAT gateways: ``<name>-nat-<zone>`` and its address exist in the
    first zone only, or in every zone. Everything else is the same at every size.
    """

    vpc_id: Output[str]
    public_subnet_ids: dict[str, Output[str]]
    private_subnet_ids: dict[str, Output[str]]
    isolated_subnet_ids: dict[str, Output[str]]
    private_route_table_ids: dict[str, Output[str]]
    isolated_route_table_id: Output[str]
    nat_gateway_ids: dict[str, Output[str]]
    ways_out: list[Output[str]]
    """The routes of the private subnets to the internet: what runs there may need them first."""

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:network:Network", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)

        vpc = ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(f"{name}-vpc"),
            opts=self._child,
        )
        self.vpc_id = vpc.id
        self._close_default_group()
        self._record_traffic()

        gateway = ec2.InternetGateway(
            f"{name}-internet",
            vpc_id=vpc.id,
            tags=self._tags(f"{name}-internet"),
            opts=self._child,
        )
        self.public_subnet_ids = self._public_subnets(gateway)
        self.nat_gateway_ids = self._nat_gateways(gateway)
        self.private_route_table_ids = {}
        self.ways_out = []
        self.private_subnet_ids = self._private_subnets()
        isolated = self._route_table("isolated")
        self.isolated_route_table_id = isolated.id
        self.isolated_subnet_ids = {
            zone: self._subnet("isolated", zone, block.isolated, isolated)
            for zone, block in self._zones()
        }

        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "public_subnet_ids": self.public_subnet_ids,
                "private_subnet_ids": self.private_subnet_ids,
                "isolated_subnet_ids": self.isolated_subnet_ids,
                "private_route_table_ids": self.private_route_table_ids,
                "isolated_route_table_id": self.isolated_route_table_id,
                "nat_gateway_ids": self.nat_gateway_ids,
            }
        )

    def _tags(self, child: str) -> dict[str, str]:
        return child_tags(self._args.tags, self._name, child)

    def _zones(self) -> list[tuple[str, ZoneSubnets]]:
        """Return the zones in the order of their letters, whatever order they were given in."""
        return sorted(self._args.subnets.items())

    def _close_default_group(self) -> None:
        """Take every rule from the VPC's default group.

        AWS gives each VPC one that lets its members talk and go out, and puts into it whatever
        names no group (Amazon VPC User Guide, "Default security groups for your VPCs").
        """
        ec2.DefaultSecurityGroup(
            f"{self._name}-default-group",
            vpc_id=self.vpc_id,
            ingress=[],
            egress=[],
            tags=self._tags(f"{self._name}-default-group"),
            opts=self._child,
        )

    def _record_traffic(self) -> None:
        FlowLogs(
            f"{self._name}-flow-logs",
            FlowLogsArgs(
                account_id=self._args.account_id,
                region=self._args.region,
                vpc_id=self.vpc_id,
                log_group_name=self._args.flow_log_group_name,
                retention_days=self._args.flow_log_retention_days,
                kms_key_arn=self._args.kms_key_arn,
                tags=self._args.tags,
            ),
            opts=self._child,
        )

    def _public_subnets(self, gateway: ec2.InternetGateway) -> dict[str, Output[str]]:
        """Make the public subnets, which share one table: all have the same way out."""
        table = self._route_table("public")
        way_out = ec2.Route(
            f"{self._name}-public-internet",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=self._child,
        )
        # AWS refuses a public load balancer in a network that has no way in yet.
        return {
            zone: known_once(self._subnet("public", zone, block.public, table), way_out.id)
            for zone, block in self._zones()
        }

    def _private_subnets(self) -> dict[str, Output[str]]:
        """Make the private subnets, each with a table of its own.

        The tables exist per zone even where one NAT gateway serves all, so that a change of scale
        moves a route and no subnet. Each goes to its own zone's gateway, or else to the only one.
        """
        subnets = {}
        only = next(iter(self.nat_gateway_ids.values()))
        for zone, block in self._zones():
            table = self._route_table("private", zone)
            route = ec2.Route(
                f"{self._name}-private-internet-{zone}",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=self.nat_gateway_ids.get(zone, only),
                opts=self._child,
            )
            self.ways_out.append(route.id)
            self.private_route_table_ids[zone] = table.id
            subnets[zone] = self._subnet("private", zone, block.private, table)
        return subnets

    def _nat_gateways(self, gateway: ec2.InternetGateway) -> dict[str, Output[str]]:
        """Make the NAT gateways of the first zones, each with a fixed address."""
        gateways = {}
        for zone, _ in self._zones()[: self._args.nat_gateways]:
            address = ec2.Eip(
                f"{self._name}-nat-address-{zone}",
                domain="vpc",
                tags=self._tags(f"{self._name}-nat-address-{zone}"),
                opts=self._child,
            )
            nat = ec2.NatGateway(
                f"{self._name}-nat-{zone}",
                allocation_id=address.id,
                subnet_id=self.public_subnet_ids[zone],
                connectivity_type="public",
                tags=self._tags(f"{self._name}-nat-{zone}"),
                # A NAT gateway fails to start in a VPC with no internet gateway attached.
                opts=ResourceOptions(parent=self, depends_on=[gateway]),
            )
            gateways[zone] = nat.id
        return gateways

    def _route_table(self, tier: str, zone: str | None = None) -> ec2.RouteTable:
        """Make a table that starts with the VPC's own route and nothing else."""
        child = "-".join(filter(None, (self._name, tier, "routes", zone)))
        return ec2.RouteTable(child, vpc_id=self.vpc_id, tags=self._tags(child), opts=self._child)

    def _subnet(self, tier: str, zone: str, block: str, table: ec2.RouteTable) -> Output[str]:
        """Make one subnet, tie it to its table and return its id, known once it is tied."""
        child = f"{self._name}-{tier}-{zone}"
        subnet = ec2.Subnet(
            child,
            vpc_id=self.vpc_id,
            cidr_block=block,
            availability_zone=f"{self._args.region}{zone}",
            map_public_ip_on_launch=False,
            tags={**self._tags(child), "Tier": tier},
            opts=self._child,
        )
        routing = ec2.RouteTableAssociation(
            f"{self._name}-{tier}-routing-{zone}",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=self._child,
        )
        return known_once(subnet.id, routing.id)
