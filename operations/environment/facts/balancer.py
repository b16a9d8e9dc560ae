"""The load balancer, its listeners and its targets, and the firewall that stands before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.aws import ask, pages
from operations.environment.reach import Reach
from operations.errors import OperationError

OPEN_TO_ALL = {
    "SearchString": b"/robots.txt",
    "FieldToMatch": {"UriPath": {}},
    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    "PositionalConstraint": "EXACTLY",
}
"""What the firewall lets everybody ask: the load balancer answers it itself."""


@dataclass(frozen=True)
class Balancer:
    """What Elastic Load Balancing shows."""

    dns_name: str
    attributes: Mapping[str, str]
    listeners: Mapping[int, Mapping[str, Any]]
    """By port."""
    targets: Mapping[str, str]
    """By address and port, the state."""


@dataclass(frozen=True)
class Firewall:
    """What AWS WAF shows of what stands before the load balancer."""

    attached: bool
    rules: tuple[Mapping[str, Any], ...]
    """In the order in which they are asked."""
    networks: tuple[str, ...]
    """Of the set of addresses that the first rule names."""


def look(reach: Reach) -> Balancer:
    """Ask Elastic Load Balancing."""
    client, arn = reach.client("elbv2"), _arn(reach)
    (shown,) = ask(client, "describe_load_balancers", LoadBalancerArns=[arn])["LoadBalancers"]
    found = ask(client, "describe_load_balancer_attributes", LoadBalancerArn=arn)["Attributes"]
    listeners = pages(client, "describe_listeners", "Listeners", LoadBalancerArn=arn)
    group = str(reach.outputs["targetGroupArn"])
    health = ask(client, "describe_target_health", TargetGroupArn=group)
    return Balancer(
        str(shown["DNSName"]).lower(),
        {each["Key"]: each["Value"] for each in found},
        {each["Port"]: each for each in listeners},
        {
            f"{each['Target']['Id']}:{each['Target'].get('Port')}": each["TargetHealth"]["State"]
            for each in health["TargetHealthDescriptions"]
        },
    )


def look_at_firewall(reach: Reach) -> Firewall:
    """Ask AWS WAF."""
    client = reach.client("wafv2")
    acl = ask(client, "get_web_acl_for_resource", ResourceArn=_arn(reach)).get("WebACL")
    if not acl:
        return Firewall(attached=False, rules=(), networks=())
    rules = tuple(sorted(acl.get("Rules", []), key=lambda rule: int(rule["Priority"])))
    named = address_set(rules[0]) if rules else ""
    if not named:
        return Firewall(attached=True, rules=rules, networks=())
    *_, name, id_ = named.split("/")
    found = ask(client, "get_ip_set", Name=name, Scope="REGIONAL", Id=id_)["IPSet"]
    return Firewall(attached=True, rules=rules, networks=tuple(found["Addresses"]))


def address_set(rule: Mapping[str, Any]) -> str:
    """Return the ARN of the set whose addresses a rule spares; empty where it spares no set.

    It is empty too where the rule spares anything else but the one path that is open to everybody.
    """
    spared = rule["Statement"].get("NotStatement", {}).get("Statement", {})
    either = spared.get("OrStatement", {}).get("Statements", [])
    sets = [each["IPSetReferenceStatement"] for each in either if "IPSetReferenceStatement" in each]
    rest = [each for each in either if "IPSetReferenceStatement" not in each]
    if len(sets) != 1 or rest != [{"ByteMatchStatement": OPEN_TO_ALL}]:
        return ""
    return str(sets[0]["ARN"])


def _arn(reach: Reach) -> str:
    """Return the ARN of the load balancer, by its target group."""
    group = str(reach.outputs["targetGroupArn"])
    client = reach.client("elbv2")
    (found,) = ask(client, "describe_target_groups", TargetGroupArns=[group])["TargetGroups"]
    arns = found.get("LoadBalancerArns", [])
    if len(arns) != 1:
        raise OperationError(f"the target group has {len(arns)} load balancers, must be 1")
    return str(arns[0])
