"""Nothing can connect to anything but along the ways that the application needs."""

from dataclasses import replace

import pytest

from components.security_groups import SecurityGroups, SecurityGroupsArgs
from tests.support.graph import Graph, Node, record

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

ARGS = SecurityGroupsArgs(
    vpc_id="vpc-1", web_port=8080, database_port=5432, tags={"Owner": "platform"}
)

Way = tuple[str, str, int]


def deploy(args: SecurityGroupsArgs = ARGS) -> Graph:
    """Build the groups offline."""
    return record(lambda: SecurityGroups("groups", args))


def part(group_id: str) -> str:
    """Return the part of the environment that a group's id stands for."""
    return group_id.removeprefix("groups-").removesuffix("-id")


def other_side(rule: Node) -> str:
    """Return who is on the other side of a rule: a part or a block of addresses."""
    if "cidrIpv4" in rule.inputs:
        return str(rule.inputs["cidrIpv4"])
    return part(rule.inputs["referencedSecurityGroupId"])


def allowed_in(graph: Graph) -> set[Way]:
    """Return (from, to, port) of what groups let in."""
    return {
        (other_side(r), part(r.inputs["securityGroupId"]), r.inputs["fromPort"])
        for r in graph.of(INGRESS)
    }


def allowed_out(graph: Graph) -> set[Way]:
    """Return (from, to, port) of what groups let out."""
    return {
        (part(r.inputs["securityGroupId"]), other_side(r), r.inputs["fromPort"])
        for r in graph.of(EGRESS)
    }


WITHIN: set[Way] = {
    ("load-balancer", "web", 8080),
    ("web", "database", 5432),
    ("worker", "database", 5432),
    ("web", "endpoints", 443),
    ("worker", "endpoints", 443),
}


def test_what_is_let_in_is_exactly_this() -> None:
    assert allowed_in(deploy()) == WITHIN | {
        ("0.0.0.0/0", "load-balancer", 80),
        ("0.0.0.0/0", "load-balancer", 443),
    }


def test_what_is_let_out_is_exactly_this() -> None:
    assert allowed_out(deploy()) == WITHIN | {
        ("web", "0.0.0.0/0", 443),
        ("worker", "0.0.0.0/0", 443),
    }


def test_every_rule_is_for_one_tcp_port() -> None:
    graph = deploy()

    for rule in graph.of(INGRESS) + graph.of(EGRESS):
        assert rule.inputs["ipProtocol"] == "tcp"
        assert rule.inputs["fromPort"] == rule.inputs["toPort"]


def test_groups_have_no_rules_of_their_own_besides() -> None:
    for group in deploy().of(GROUP):
        assert group.inputs.get("ingress") is None
        assert group.inputs.get("egress") is None


def test_every_group_and_rule_says_what_it_is_for() -> None:
    graph = deploy()

    described = [n.inputs["description"] for t in (GROUP, INGRESS, EGRESS) for n in graph.of(t)]
    assert len(described) == 5 + 7 + 7
    assert all(described)


def test_every_child_is_tagged_with_its_own_name() -> None:
    for node in deploy().under("groups"):
        assert node.inputs["tags"] == {
            "Owner": "platform",
            "Component": "groups",
            "Name": node.name,
        }


def test_the_ports_are_the_applications() -> None:
    moved = deploy(replace(ARGS, web_port=9000, database_port=6432))

    assert ("load-balancer", "web", 9000) in allowed_in(moved)
    assert ("web", "database", 6432) in allowed_out(moved)
    assert moved.shape == deploy().shape


@pytest.mark.parametrize("port", [0, 65536])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(ValueError, match=f"web_port must be between 1 and 65535, got {port}"):
        replace(ARGS, web_port=port)
    with pytest.raises(ValueError, match=f"database_port must be between 1 and 65535, got {port}"):
        replace(ARGS, database_port=port)
