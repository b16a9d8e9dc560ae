"""The entrance as AWS shows it: load balancer, targets, and the firewall before it."""

from collections.abc import Mapping
from ipaddress import IPv4Network, collapse_addresses
from typing import Any

from operations.environment.check import Answer, Check, failed, holds, none_wrong, unknown
from operations.environment.facts.balancer import (
    Balancer,
    Firewall,
    address_set,
    look,
    look_at_firewall,
)
from operations.environment.wanted import Wanted

HTTPS = 443
HEALTHY = ("healthy",)
LEAVING = ("draining",)


def _listener(found: Balancer, wanted: Wanted) -> Answer:
    policy, listener = wanted.settings.shape.tls.policy, found.listeners.get(HTTPS)
    if listener is None:
        return failed("there is no listener on port 443")
    has = listener.get("SslPolicy")
    return holds(has == policy, f"its policy is {policy}", f"its policy is {has}, not {policy}")


def _attributes(found: Balancer, _: Wanted) -> Answer:
    right = {
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "access_logs.s3.enabled": "true",
        "waf.fail_open.enabled": "false",
    }
    wrong = [
        f"{name} is {found.attributes.get(name)}, must be {value}"
        for name, value in right.items()
        if found.attributes.get(name) != value
    ]
    return none_wrong(wrong, "odd headers are dropped, requests are logged, no firewall is no site")


def _targets(found: Balancer, _: Wanted) -> Answer:
    staying = {name: state for name, state in found.targets.items() if state not in LEAVING}
    if not staying:
        return failed("it has no target at all")
    wrong = [f"{name} is {state}" for name, state in staying.items() if state not in HEALTHY]
    return none_wrong(wrong, f"{len(staying)} targets are healthy")


def _protected(found: Balancer, wanted: Wanted) -> Answer:
    right = wanted.settings.scale.protection.deletion
    has = found.attributes.get("deletion_protection.enabled") == "true"
    words = "is guarded" if has else "is not guarded"
    return holds(has is right, words, f"{words}, scale.protection.deletion is {right}")


def _attached(found: Firewall, _: Wanted) -> Answer:
    return holds(found.attached, "it stands before the load balancer", "nothing stands before it")


def _networks(found: Firewall, wanted: Wanted) -> Answer:
    if not found.rules:
        return unknown("no firewall stands before the load balancer")
    first = found.rules[0]
    if not address_set(first) or "Block" not in first.get("Action", {}):
        return failed(
            f"the first rule, {first['Name']}, does not block who comes from elsewhere, "
            "or lets them ask for more than /robots.txt"
        )
    right, has = _merged(wanted.settings.identity.access.networks), _merged(found.networks)
    wrong = [f"lets {each} in" for each in sorted(has - right)]
    wrong += [f"shuts {each} out" for each in sorted(right - has)]
    return none_wrong(wrong, f"{', '.join(sorted(right))} let in, and nobody else")


def _merged(networks: tuple[str, ...]) -> set[str]:
    """Return networks merged where they touch: AWS WAF holds 0.0.0.0/0 as two halves."""
    return {str(each) for each in collapse_addresses(map(IPv4Network, networks))}


def _rules(found: Firewall, wanted: Wanted) -> Answer:
    if not found.rules:
        return unknown("no firewall stands before the load balancer")
    shape = wanted.settings.shape.web_firewall
    groups = {name: rule for rule in found.rules if (name := _group(rule))}
    wrong = [f"{name} is not asked" for name in shape.managed_rule_groups if name not in groups]
    wrong += [f"{name} only counts" for name, rule in groups.items() if _counts(rule)]
    limits = [_limit(rule) for rule in found.rules if _limit(rule)]
    if limits != [shape.requests_per_5_minutes]:
        wrong.append(f"the limits are {limits}, must be {shape.requests_per_5_minutes}")
    return none_wrong(wrong, f"{len(groups)} groups of rules and the limit are in force")


def _group(rule: Mapping[str, Any]) -> str:
    return str(rule["Statement"].get("ManagedRuleGroupStatement", {}).get("Name", ""))


def _limit(rule: Mapping[str, Any]) -> int:
    return int(rule["Statement"].get("RateBasedStatement", {}).get("Limit", 0))


def _counts(rule: Mapping[str, Any]) -> bool:
    group = rule["Statement"]["ManagedRuleGroupStatement"]
    return "Count" in rule.get("OverrideAction", {}) or bool(group.get("RuleActionOverrides"))


CHECKS = (
    Check(
        id="listener-policy-as-settings",
        what="the HTTPS listener has the TLS policy of the settings",
        why="it decides what may be spoken, also to a client that no check has",
        mend="update; a person changed the listener",
        look=look,
        judge=_listener,
    ),
    Check(
        id="load-balancer-attributes",
        what="the load balancer drops odd headers, logs, and is closed without its firewall",
        why="each is what an attack leans on when it is missing",
        mend="update; a person changed the attributes",
        look=look,
        judge=_attributes,
    ),
    Check(
        id="targets-healthy",
        what="every target that stays is healthy",
        why="the load balancer asks each by the health path",
        mend="see the target group in the console for its reason, then the web service's log",
        look=look,
        judge=_targets,
        quick=True,
    ),
    Check(
        id="protection-load-balancer-as-settings",
        what="the load balancer is guarded against deletion as the settings say",
        why="production's must not go by mistake, and staging's must be able to go",
        mend="update; a person changed the attribute",
        look=look,
        judge=_protected,
    ),
    Check(
        id="firewall-attached",
        what="the firewall stands before the load balancer",
        why="without it everybody comes in with everything",
        mend="update; a person took the association away",
        look=look_at_firewall,
        judge=_attached,
    ),
    Check(
        id="closed-firewall-networks",
        what="the firewall's first rule lets in identity.access.networks, and else to robots.txt",
        why="staging is for the team alone",
        mend="update; a person changed the rule or its addresses",
        look=look_at_firewall,
        judge=_networks,
    ),
    Check(
        id="firewall-rules-as-settings",
        what="the groups of rules and the limit of the settings are in force, and block",
        why="a rule that only counts stops nothing",
        mend="update; a person changed a rule, often while looking for a false alarm",
        look=look_at_firewall,
        judge=_rules,
    ),
)
