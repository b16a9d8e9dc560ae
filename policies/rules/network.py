"""Rules for networks: their subnets, routes and addresses."""

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, any_of, fail, undecided

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ROUTE = "aws:ec2/route:Route"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ADDRESS = "aws:ec2/eip:Eip"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"

NO_INTERNET_GATEWAY = "must not be an internet gateway"
ENTRANCES = (ASSOCIATION, LOAD_BALANCER, NAT_GATEWAY)


@rule(
    "vpc-flow-logs-on",
    VPC,
    severity=Severity.MEDIUM,
    why="After an incident nobody can say who talked to whom.",
    fix="Give the VPC a FlowLog with trafficType ALL and a logDestination.",
    controls=["FSBP EC2.6", "CIS 3.7"],
)
def flow_logs_on(vpc: Resource, graph: Graph) -> Verdict:
    """All traffic of a network is recorded, what was let in and what was refused."""
    return one_of(
        graph.referring(vpc, FLOW_LOG, "vpcId"),
        lambda log: all_of(log["trafficType"].is_("ALL"), log["logDestination"].given()),
        "flow log",
        "must record all traffic",
    )


@rule(
    "subnet-no-public-addresses",
    SUBNET,
    severity=Severity.MEDIUM,
    why="Whatever is started in the subnet can be reached from the internet, meant or not.",
    fix="Leave mapPublicIpOnLaunch false.",
    controls=["FSBP EC2.15"],
)
def no_public_addresses(subnet: Resource, _: Graph) -> Verdict:
    """A subnet gives nothing a public address by itself."""
    return subnet["mapPublicIpOnLaunch"].or_else(False).is_(False)


@rule(
    "subnet-on-the-internet-holds-entrances-only",
    SUBNET,
    severity=Severity.HIGH,
    why="A task or a database with a route from the internet is one setting from being reached.",
    fix="Move it to a subnet whose route table leads to a NAT gateway or nowhere.",
    controls=["NO_UNRESTRICTED_ROUTE_TO_IGW"],
)
def on_the_internet_holds_entrances_only(subnet: Resource, graph: Graph) -> Verdict:
    """A subnet that an internet gateway serves holds load balancers and NAT gateways only."""
    if all(each.type in ENTRANCES for each in graph.users(subnet)):
        return PASS
    return _off_the_internet(subnet, graph)


@rule(
    "rds-subnet-group-off-the-internet",
    SUBNET_GROUP,
    severity=Severity.HIGH,
    why="With a route from the internet one open rule is enough to reach the database.",
    fix="Use subnets whose route tables have no route to an internet gateway.",
    controls=["NO_UNRESTRICTED_ROUTE_TO_IGW"],
)
def off_the_internet(group: Resource, graph: Graph) -> Verdict:
    """There is no route between a database's subnets and the internet."""
    subnets = graph.linked(group, "subnetIds", SUBNET)
    if not subnets:
        return fail("subnetIds", "must be subnets of this stack")
    return every(subnets, lambda subnet: _off_the_internet(subnet, graph))


def _off_the_internet(subnet: Resource, graph: Graph) -> Verdict:
    tables = [
        table
        for association in graph.referring(subnet, ASSOCIATION, "subnetId")
        for table in graph.linked(association, "routeTableId", ROUTE_TABLE)
    ]
    if not tables:
        # The VPC's main table serves it then, whose routes anybody may change.
        return fail(subnet.name, "must have a route table of this stack")
    return every(tables, lambda table: _leads_to_no_internet_gateway(table, graph))


def _leads_to_no_internet_gateway(table: Resource, graph: Graph) -> Verdict:
    return all_of(
        _is_linked_to_none(table, "routes", graph),
        every(table["routes"].of(table.name).items(), lambda each: _is_none(each["gatewayId"])),
        every(graph.referring(table, ROUTE, "routeTableId"), lambda each: _avoids(each, graph)),
    )


def _avoids(route: Resource, graph: Graph) -> Verdict:
    if graph.linked(route, "gatewayId"):
        return _is_linked_to_none(route, "gatewayId", graph)
    return _is_none(route["gatewayId"].of(route.name))


def _is_linked_to_none(owner: Resource, name: str, graph: Graph) -> Verdict:
    if graph.linked(owner, name, INTERNET_GATEWAY):
        return fail(f"{owner.name}.{name}", NO_INTERNET_GATEWAY)
    return PASS


def _is_none(gateway: Place) -> Verdict:
    """Pass where an id is not an internet gateway's: one made elsewhere has no link."""
    return gateway.or_else("").satisfies(
        lambda value: isinstance(value, str) and not value.startswith("igw-"), NO_INTERNET_GATEWAY
    )


@rule(
    "rds-subnet-group-in-two-zones",
    SUBNET_GROUP,
    severity=Severity.MEDIUM,
    why="With subnets in one zone only a database can have no standby in another.",
    fix="Give the subnet group subnets in at least two availability zones.",
)
def in_two_zones(group: Resource, graph: Graph) -> Verdict:
    """A database's subnets are in at least two zones."""
    subnets = graph.linked(group, "subnetIds", SUBNET)
    zones = [subnet["availabilityZone"].of(subnet.name) for subnet in subnets]
    known = {zone.text for zone in zones if zone.is_known} - {""}
    unknown = [zone for zone in zones if not zone.is_known]
    if len(known) >= 2:
        return PASS
    if len(known) + len(unknown) >= 2:
        return undecided("subnetIds", "must be in at least two zones")
    return fail("subnetIds", "must be in at least two zones")


@rule(
    "eip-in-use",
    ADDRESS,
    severity=Severity.LOW,
    why="An address that nothing uses is paid for, and whatever trusts it trusts its next owner.",
    fix="Remove the address, or give it to a NAT gateway or a load balancer.",
    controls=["FSBP EC2.12"],
)
def in_use(address: Resource, graph: Graph) -> Verdict:
    """Something uses each public address."""
    if graph.users(address):
        return PASS
    return any_of(address["instance"].given(), address["networkInterface"].given())
