"""Trials of the rules for security groups."""

from policies.graph import STACK, Resource
from policies.place import UNKNOWN
from policies.rules import security_groups as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

WORLD = "0.0.0.0/0"


def group(name: str = "group", **properties: object) -> Resource:
    """Return a security group with nothing but what is given."""
    return Resource(rules.GROUP, name, properties=properties)


def ingress(name: str, **properties: object) -> Resource:
    """Return a rule that lets something into the group."""
    return Resource(
        rules.INGRESS,
        name,
        properties={"ipProtocol": "tcp", "description": "HTTPS from anywhere", **properties},
        links={"securityGroupId": (group().key,)},
    )


def egress(name: str, **properties: object) -> Resource:
    """Return a rule that lets something out of the group."""
    return Resource(
        rules.EGRESS,
        name,
        properties={"ipProtocol": "tcp", "description": "HTTPS to third parties", **properties},
        links={"securityGroupId": (group().key,)},
    )


def inline(*ranges: object, first: object = 443.0, last: object = 443.0) -> dict[str, object]:
    """Return a rule as it stands in a group."""
    return {
        "protocol": "tcp",
        "fromPort": first,
        "toPort": last,
        "cidrBlocks": list(ranges),
        "ipv6CidrBlocks": [],
        "prefixListIds": [],
        "securityGroups": [],
        "self": False,
        "description": "Anything",
    }


WEB = ingress("web", cidrIpv4=WORLD, fromPort=443.0, toPort=443.0)
OFFICE = ingress("office", cidrIpv4="198.51.100.0/24", fromPort=22, toPort=22)
OUT = egress("out", cidrIpv4=WORLD, fromPort=443.0, toPort=443.0)
BALANCER = Resource(
    rules.LOAD_BALANCER, "balancer", links={"securityGroups": (group().key, WEB.key)}
)
USER = Resource(
    "aws:ecs/service:Service",
    "service",
    links={"networkConfiguration": ((rules.VPC, "vpc"), group().key)},
)
CLOSED = Resource(
    rules.DEFAULT_GROUP,
    "default",
    properties={"ingress": [], "egress": []},
    links={"vpcId": ((rules.VPC, "vpc"),)},
)

TRIALS = [
    Trial(
        rules.world_reaches_web_ports_only,
        good=[group(), WEB, OFFICE],
        wrong=[
            put("fromPort", 22, at=1),
            put("toPort", 444.0, at=1),
            all_changes(put("fromPort", 80, at=1), put("toPort", 443, at=1)),
            all_changes(put("fromPort", 3389, at=1), put("toPort", 3389, at=1)),
            put("ipProtocol", "udp", at=1),
            put("ipProtocol", "-1", at=1),
            put("cidrIpv4", WORLD, at=2),
            put("cidrIpv4", "0.0.0.0/1", at=2),
            put("cidrIpv4", "128.0.0.0/7", at=2),
            put("cidrIpv4", "anywhere", at=2),
            put("cidrIpv4", 7, at=2),
            put("cidrIpv6", "::/0", at=2),
            put("cidrIpv6", "2000::/3", at=2),
            put("prefixListId", "pl-1", at=2),
            put("ingress", [inline(WORLD, first=22, last=22)]),
            put("ingress", [inline(WORLD, first=0, last=0) | {"protocol": "-1"}]),
            put("ingress", [inline(first=22, last=22) | {"ipv6CidrBlocks": ["::/0"]}]),
            put("ingress", [inline(first=22, last=22) | {"prefixListIds": ["pl-1"]}]),
        ],
        absent=(all_changes(without("fromPort", at=1), without("toPort", at=1)), Kind.FAIL),
        unknown=(unknown("cidrIpv4", at=2), Kind.UNKNOWN),
        nested=[
            (put("ingress", []), Kind.PASS),
            (all_changes(dropped(2), dropped(1)), Kind.PASS),
            (put("cidrIpv4", "198.51.100.7/24", at=2), Kind.PASS),
            (
                put("ingress", [inline(first=22) | {"prefixListIds": [UNKNOWN, "pl-1"]}]),
                Kind.FAIL,
            ),
            (unknown("ingress"), Kind.UNKNOWN),
            (all_changes(unknown("ingress"), put("fromPort", 22, at=1)), Kind.FAIL),
            (put("ingress", [inline(WORLD), inline("10.0.0.0/8", first=22)]), Kind.PASS),
            (put("ingress", [inline("10.0.0.0/8", WORLD, first=22)]), Kind.FAIL),
            (put("ingress", [inline(UNKNOWN, WORLD, first=22)]), Kind.FAIL),
            (put("ingress", [inline(UNKNOWN, first=22)]), Kind.UNKNOWN),
            (put("ingress", [UNKNOWN, inline(WORLD, first=22)]), Kind.FAIL),
            (put("ingress", [inline(UNKNOWN)]), Kind.PASS),
            (all_changes(unknown("fromPort", at=1), put("toPort", 22, at=1)), Kind.FAIL),
            (unknown("fromPort", at=1), Kind.UNKNOWN),
            (unknown("fromPort", at=2), Kind.PASS),
            (unknown("prefixListId", at=2), Kind.UNKNOWN),
            (put("cidrIpv4", "${aws:ec2/eip:Eip::address.publicIp}/32", at=2), Kind.UNKNOWN),
            (put("cidrIpv4", "10.0.0.0/8", at=2), Kind.PASS),
            (put("cidrIpv4", "", at=2), Kind.PASS),
            (put("cidrIpv6", "fc00::/7", at=2), Kind.PASS),
            (all_changes(put("fromPort", 80, at=1), put("toPort", 80.0, at=1)), Kind.PASS),
            (put("ipProtocol", "6", at=1), Kind.PASS),
            (put("ingress", "nothing of the kind"), Kind.PASS),
            (linked({"securityGroupId": [group("other").key]}, at=1), Kind.PASS),
            (added(egress("out", cidrIpv4=WORLD, fromPort=22, toPort=22)), Kind.PASS),
            (put("egress", [inline(WORLD, first=22)]), Kind.PASS),
        ],
    ),
    Trial(
        rules.world_reaches_load_balancers_only,
        good=[group(), WEB, BALANCER],
        wrong=[
            dropped(2),
            linked({"securityGroups": [group("other").key, WEB.key]}, at=2),
            all_changes(dropped(2), dropped(1), put("ingress", [inline("::/0")])),
        ],
        absent=(all_changes(dropped(2), without("cidrIpv4", at=1)), Kind.PASS),
        unknown=(all_changes(dropped(2), unknown("cidrIpv4", at=1)), Kind.UNKNOWN),
        nested=[
            (all_changes(dropped(2), put("ingress", [UNKNOWN])), Kind.FAIL),
            (all_changes(dropped(2), put("cidrIpv4", "10.0.0.0/16", at=1)), Kind.PASS),
            (unknown("cidrIpv4", at=1), Kind.PASS),
        ],
    ),
    Trial(
        rules.egress_by_port,
        good=[group(), OUT],
        wrong=[
            put("ipProtocol", "-1", at=1),
            put("toPort", 65535, at=1),
            put("fromPort", "443", at=1),
            put("egress", [inline(WORLD, first=0, last=65535)]),
            put("egress", [inline(WORLD, first=0, last=0) | {"protocol": "-1"}]),
        ],
        absent=(without("toPort", at=1), Kind.FAIL),
        unknown=(unknown("toPort", at=1), Kind.UNKNOWN),
        nested=[
            (unknown("fromPort", at=1), Kind.UNKNOWN),
            (unknown("ipProtocol", at=1), Kind.UNKNOWN),
            (all_changes(unknown("fromPort", at=1), put("ipProtocol", "-1", at=1)), Kind.FAIL),
            (all_changes(put("ipProtocol", "-1", at=1), put("cidrIpv4", None, at=1)), Kind.PASS),
            (all_changes(put("ipProtocol", "17", at=1), put("toPort", 443, at=1)), Kind.PASS),
            (put("ipProtocol", "udp", at=1), Kind.PASS),
            (all_changes(unknown("egress"), put("ipProtocol", "-1", at=1)), Kind.FAIL),
            (unknown("egress"), Kind.UNKNOWN),
            (put("ingress", [inline(WORLD, first=0)]), Kind.PASS),
        ],
    ),
    Trial(
        rules.described,
        good=[group(description="Web tasks"), WEB, OUT],
        wrong=[
            put("description", "Managed by Pulumi"),
            put("description", " "),
            put("description", 7),
            put("description", "", at=1),
            without("description", at=1),
            without("description", at=2),
            put("ingress", [inline(WORLD), inline(WORLD) | {"description": ""}]),
        ],
        absent=(without("description"), Kind.FAIL),
        unknown=(unknown("description"), Kind.UNKNOWN),
        nested=[
            (all_changes(unknown("description"), without("description", at=1)), Kind.FAIL),
            (all_changes(dropped(2), dropped(1)), Kind.PASS),
            (put("egress", [inline(WORLD)]), Kind.PASS),
            (put("egress", [inline(WORLD) | {"description": None}]), Kind.FAIL),
        ],
    ),
    Trial(
        rules.in_use,
        good=[group(), USER, WEB],
        wrong=[dropped(1), linked({"networkConfiguration": [group("other").key]}, at=1)],
        absent=(linked({"networkConfiguration": ()}, at=1), Kind.FAIL),
        unknown=(unknown("networkConfiguration", at=1), Kind.PASS),
        nested=[(linked({"target": [group().key]}, at=1), Kind.PASS)],
    ),
    Trial(
        rules.rule_in_own_group,
        good=[WEB, group()],
        wrong=[linked({"securityGroupId": [(rules.VPC, "vpc")]}), dropped(1)],
        absent=(linked({"securityGroupId": ()}), Kind.FAIL),
        unknown=(unknown("securityGroupId"), Kind.PASS),
    ),
    Trial(
        rules.rules_of_one_form,
        good=[Resource(STACK, "staging"), group(), WEB],
        wrong=[added(Resource(rules.OLDER_RULE, "older"))],
        absent=(all_changes(dropped(2), dropped(1)), Kind.PASS),
        unknown=(
            added(Resource(rules.OLDER_RULE, "older", properties={"cidrBlocks": UNKNOWN})),
            Kind.FAIL,
        ),
    ),
    Trial(
        rules.default_group_closed,
        good=[Resource(rules.VPC, "vpc"), CLOSED],
        wrong=[
            dropped(1),
            linked({"vpcId": [(rules.VPC, "other")]}, at=1),
            put("ingress", [inline(WORLD)], at=1),
            put("egress", [inline(WORLD)], at=1),
        ],
        absent=(all_changes(without("ingress", at=1), without("egress", at=1)), Kind.PASS),
        unknown=(unknown("ingress", at=1), Kind.UNKNOWN),
        nested=[
            (all_changes(unknown("ingress", at=1), put("egress", [UNKNOWN], at=1)), Kind.FAIL),
        ],
    ),
]
