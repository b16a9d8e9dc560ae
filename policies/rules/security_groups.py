"""Rules for security groups: who may open a connection to what."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from policies.graph import STACK, Graph, Resource
from policies.place import REFERENCE, Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, any_of, fail, undecided, wanting

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
OLDER_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
VPC = "aws:ec2/vpc:Vpc"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"

DEFAULT_DESCRIPTIONS = ("Managed by Pulumi", "Managed by Terraform")
TCP = ("6", "tcp")
UDP = ("17", "udp")
WEB_PORTS = (80, 443)
WIDEST_PRIVATE = {4: 8, 6: 7}
"""How many bits 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193) leave fixed; what is wider is the
world or, as in 0.0.0.0/1 and 128.0.0.0/1, a good part of it."""


@dataclass(frozen=True)
class Opening:
    """What one rule lets through, whether it stands in its group or is a resource of its own."""

    path: str
    protocol: Place
    first: Place
    last: Place
    ranges: list[Place]
    lists: list[Place]
    description: Place


def _openings(group: Resource, graph: Graph, direction: str) -> list[Opening]:
    """Return what a group's rules let through, ``ingress`` or ``egress``."""
    type_ = INGRESS if direction == "ingress" else EGRESS
    separate = graph.referring(group, type_, "securityGroupId")
    return [_in_group(each) for each in group[direction].items()] + [
        _separate(each) for each in separate
    ]


def _in_group(each: Place) -> Opening:
    return Opening(
        each.path,
        protocol=each["protocol"],
        first=each["fromPort"],
        last=each["toPort"],
        ranges=each["cidrBlocks"].items() + each["ipv6CidrBlocks"].items(),
        lists=each["prefixListIds"].items(),
        description=each["description"],
    )


def _separate(each: Resource) -> Opening:
    def place(name: str) -> Place:
        return each[name].of(each.name)

    return Opening(
        each.name,
        protocol=place("ipProtocol"),
        first=place("fromPort"),
        last=place("toPort"),
        ranges=_filled(place("cidrIpv4")) + _filled(place("cidrIpv6")),
        lists=_filled(place("prefixListId")),
        description=place("description"),
    )


def _filled(place: Place) -> list[Place]:
    return [] if place.is_absent or place.value == "" else [place]


def _every_opening(
    group: Resource, graph: Graph, direction: str, check: Callable[[Opening], Verdict]
) -> Verdict:
    """Hold a check against what each rule lets through; a group without rules passes."""
    return all_of(PASS, every(_openings(group, graph, direction), check))


def _not_the_world(opening: Opening) -> Verdict:
    # What a prefix list holds is not in the graph, so it may hold the world.
    return all_of(
        PASS,
        every(opening.ranges, _is_narrow),
        every(opening.lists, lambda each: each.satisfies(lambda _: False, "must not be given")),
    )


def _is_narrow(place: Place) -> Verdict:
    wanted = "must be narrower than the world"
    if REFERENCE.search(place.text):
        return undecided(place.path, wanted)
    return place.satisfies(lambda value: isinstance(value, str) and not _is_wide(value), wanted)


def _is_wide(text: str) -> bool:
    """Tell whether an address range is wider than any private one; what cannot be read may be."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return True
    return network.prefixlen < WIDEST_PRIVATE[network.version]


@rule(
    "security-group-world-reaches-web-ports-only",
    GROUP,
    severity=Severity.CRITICAL,
    why="Whatever else listens there is found within minutes, and tried for ever.",
    fix="Open only TCP ports 80 and 443 to the world, each by a rule of its own.",
    controls=["FSBP EC2.13", "FSBP EC2.14", "FSBP EC2.18", "FSBP EC2.19", "CIS 5.2", "CIS 5.3"],
)
def world_reaches_web_ports_only(group: Resource, graph: Graph) -> Verdict:
    """The whole internet may connect to ports 80 and 443 at most, not to SSH or remote desktops."""
    return _every_opening(
        group,
        graph,
        "ingress",
        lambda opening: wanting(
            any_of(_not_the_world(opening), _is_web(opening)),
            opening.path,
            "must be TCP port 80 or 443, or not for the world",
        ),
    )


def _is_web(opening: Opening) -> Verdict:
    ports = (all_of(opening.first.is_(port), opening.last.is_(port)) for port in WEB_PORTS)
    return all_of(opening.protocol.is_one_of(TCP), any_of(*ports))


@rule(
    "security-group-world-reaches-load-balancers-only",
    GROUP,
    severity=Severity.HIGH,
    why="What takes the world's connections itself has neither firewall nor TLS before it.",
    fix="Admit the load balancer's group by referencedSecurityGroupId, and no addresses.",
    controls=["CKV_AWS_260"],
)
def world_reaches_load_balancers_only(group: Resource, graph: Graph) -> Verdict:
    """The whole internet may connect to load balancers only."""
    if graph.referring(group, LOAD_BALANCER, "securityGroups"):
        return PASS
    return _every_opening(
        group,
        graph,
        "ingress",
        lambda opening: wanting(
            _not_the_world(opening),
            opening.path,
            "must not be for the world: no load balancer is in the group",
        ),
    )


@rule(
    "security-group-egress-by-port",
    GROUP,
    severity=Severity.MEDIUM,
    why="Whoever takes over a task carries data out, or reaches others, over any port there is.",
    fix="Let traffic out to the world on one port for each rule, such as TCP 443.",
    controls=["CKV_AWS_382"],
)
def egress_by_port(group: Resource, graph: Graph) -> Verdict:
    """What goes out to the whole internet is let out one port at a time."""
    return _every_opening(
        group,
        graph,
        "egress",
        lambda opening: wanting(
            any_of(_not_the_world(opening), _is_one_port(opening)),
            opening.path,
            "must be one TCP or UDP port, or not for the world",
        ),
    )


def _is_one_port(opening: Opening) -> Verdict:
    first, last = opening.first, opening.last
    return all_of(
        opening.protocol.is_one_of(TCP + UDP),
        first.satisfies(lambda _: first.number is not None, "must be a port"),
        last.satisfies(lambda _: not first.is_known or last.number == first.number, "must be one"),
    )


@rule(
    "security-group-described",
    GROUP,
    severity=Severity.LOW,
    why="Nobody dares to remove a rule whose reason is forgotten.",
    fix="Set description, of the group and of each of its rules, to what it is for.",
    controls=["CKV_AWS_23", "AwsSolutions-EC27"],
)
def described(group: Resource, graph: Graph) -> Verdict:
    """A security group and each of its rules say what they are for."""
    return all_of(
        _says_something(group["description"]),
        *(
            _every_opening(group, graph, way, lambda opening: _says_something(opening.description))
            for way in ("ingress", "egress")
        ),
    )


def _says_something(place: Place) -> Verdict:
    def is_own(value: Any) -> bool:
        text = value.strip() if isinstance(value, str) else ""
        return text not in ("", *DEFAULT_DESCRIPTIONS)

    return place.satisfies(is_own, "must say what it is for")


@rule(
    "security-group-in-use",
    GROUP,
    severity=Severity.LOW,
    why="A group that waits for something to be put into it is open in ways nobody thinks of.",
    fix="Remove the group, or put what it was made for into it.",
    controls=["CKV2_AWS_5"],
)
def in_use(group: Resource, graph: Graph) -> Verdict:
    """Something is in each security group."""
    if any(each.type not in (INGRESS, EGRESS, GROUP) for each in graph.users(group)):
        return PASS
    return fail("", "must have something in it")


@rule(
    "security-group-rule-in-own-group",
    INGRESS,
    EGRESS,
    severity=Severity.HIGH,
    why="A group of elsewhere, such as a VPC's default one, is opened behind its owner's back.",
    fix="Set securityGroupId to a security group of the stack.",
)
def rule_in_own_group(each: Resource, graph: Graph) -> Verdict:
    """A rule opens a security group of its environment, where the other rules see it."""
    if graph.linked(each, "securityGroupId", GROUP):
        return PASS
    return fail("securityGroupId", "must be a security group of this stack")


@rule(
    "security-group-rules-of-one-form",
    STACK,
    severity=Severity.HIGH,
    why="A rule in the older form undoes rules of the other forms, and no policy here reads it.",
    fix="Use SecurityGroupIngressRule and SecurityGroupEgressRule.",
)
def rules_of_one_form(_: Resource, graph: Graph) -> Verdict:
    """No rule of a security group has the provider's older form, SecurityGroupRule."""
    return all_of(
        PASS, every(graph.of(OLDER_RULE), lambda each: fail(each.name, "must be of the newer form"))
    )


@rule(
    "vpc-default-group-closed",
    VPC,
    severity=Severity.HIGH,
    why="What is made without a group lands in the default one, whose members talk to each other.",
    fix="Give the VPC a DefaultSecurityGroup with neither ingress nor egress.",
    controls=["FSBP EC2.2", "CIS 5.4"],
)
def default_group_closed(vpc: Resource, graph: Graph) -> Verdict:
    """The default security group of a network lets nothing through."""
    # The provider takes all rules out of a group that it adopts, and puts in those it is given.
    return one_of(
        graph.referring(vpc, DEFAULT_GROUP, "vpcId"),
        lambda group: all_of(group["ingress"].empty(), group["egress"].empty()),
        "default group",
        "must be managed and have no rules",
    )
