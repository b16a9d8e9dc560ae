"""Elastic Load Balancing: the blocks of a target group, to attributes and back.

A key that a block leaves out is sent with the real provider's default, or what it was would stay:
the check fills in most, the rest stand here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.carry import Carry
from sandbox.provider.overlay import ANY
from sandbox.provider.resource import Problem
from sandbox.provider.values import UNKNOWN, Props, is_known
from sandbox.services.forms import known_keys
from sandbox.services.lb_base import Allowed, attributes, block_problems, from_text, value_problems

SETS = "modify_target_group_attributes"
CREATE = "create_target_group"
HTTP_CODES = re.compile(r"[2-5]\d\d(-[2-5]\d\d)?(,[2-5]\d\d(-[2-5]\d\d)?)*")
HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "matcher": "Matcher",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
"""Key of the health check's block to member of the requests."""
STICKINESS = ("cookieDuration", "cookieName", "enabled", "type")
COOKIES = ("app_cookie", "lb_cookie")
FAILOVER = "target_failover"
HEALTH_STATE = "target_health_state.unhealthy"
LISTED: Mapping[str, dict[str, tuple[str, Any]]] = {
    "targetFailovers": {
        "onDeregistration": (f"{FAILOVER}.on_deregistration", "no_rebalance"),
        "onUnhealthy": (f"{FAILOVER}.on_unhealthy", "no_rebalance"),
    },
    "targetHealthStates": {
        "enableUnhealthyConnectionTermination": (
            f"{HEALTH_STATE}.connection_termination.enabled",
            True,
        ),
        "unhealthyDrainingInterval": (f"{HEALTH_STATE}.draining_interval_seconds", 0),
    },
}
"""Blocks of which there is one at most, given in a list: key to attribute and default."""
MINIMA = {
    "dnsFailover": "target_group_health.dns_failover.minimum_healthy_targets",
    "unhealthyStateRouting": "target_group_health.unhealthy_state_routing.minimum_healthy_targets",
}
MEASURES = {
    "minimumHealthyTargetsCount": "count",
    "minimumHealthyTargetsPercentage": "percentage",
}
LEAST_COUNT = {"dnsFailover": "off", "unhealthyStateRouting": 1}
MINIMA_DEFAULTS: Props = {
    "dnsfailover": ANY,
    "dnsfailover.minimumhealthytargetscount": "off",
    "dnsfailover.minimumhealthytargetspercentage": "off",
    "unhealthystaterouting": {
        "minimumHealthyTargetsCount": "1",
        "minimumHealthyTargetsPercentage": "off",
    },
    "unhealthystaterouting.minimumhealthytargetscount": "1",
    "unhealthystaterouting.minimumhealthytargetspercentage": "off",
}
"""What AWS shows of minima that were not given, by lower-cased path."""
BLOCK_VALUES: Mapping[str, Mapping[str, Allowed]] = {
    "stickiness": {
        "cookieDuration": range(1, 604801),
        "type": (*COOKIES, "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"),
    },
    "targetFailovers": {
        "onDeregistration": ("no_rebalance", "rebalance"),
        "onUnhealthy": ("no_rebalance", "rebalance"),
    },
    "targetHealthStates": {"unhealthyDrainingInterval": range(360001)},
}
PERCENTAGES = ("off", *map(str, range(1, 101)))


def listed(name: str) -> Carry:
    """Carry a block that the program gives as a list of one."""

    def pairs(blocks: Any) -> Props:
        block = blocks[0] if blocks else {}
        return {key: block.get(part, default) for part, (key, default) in LISTED[name].items()}

    return attributes(SETS, pairs, read=name)


def minima(block: Any) -> Props:
    """Return how many targets must be well, as attributes."""
    found: Props = {}
    for part, prefix in MINIMA.items():
        given = block.get(part) or {}
        defaults = (LEAST_COUNT[part], "off")
        for (key, measure), default in zip(MEASURES.items(), defaults, strict=True):
            found[f"{prefix}.{measure}"] = given.get(key, default)
    return found


def sticky(block: Any) -> Props:
    """Return how a client stays with a target, as attributes."""
    kind = block.get("type")
    found = {"stickiness.enabled": block.get("enabled"), "stickiness.type": kind}
    if kind in COOKIES:
        found[f"stickiness.{kind}.duration_seconds"] = block.get("cookieDuration")
    if kind == "app_cookie":
        found["stickiness.app_cookie.cookie_name"] = block.get("cookieName")
    return found


def health_members(props: Mapping[str, Any]) -> Props:
    """Return the health check as the members that the requests have for it."""
    check = props["healthCheck"]
    members = {HEALTH[key]: value for key, value in check.items()}
    if "port" in check:
        members[HEALTH["port"]] = str(check["port"])
    if "matcher" in check:
        code = "GrpcCode" if props.get("protocolVersion") == "GRPC" else "HttpCode"
        members[HEALTH["matcher"]] = {code: check["matcher"]}
    return members


# Reading


def shown(found: Mapping[str, Any]) -> Props:
    """Return the blocks of a target group as AWS describes it, attributes by key beside."""
    pairs = found["Attributes"]
    health = {
        key: found[name] for key, name in HEALTH.items() if name in found and key != "matcher"
    }
    if codes := found.get("Matcher", {}).values():
        health["matcher"] = next(iter(codes))
    blocks: Props = {"healthCheck": health, "stickiness": _shown_sticky(pairs)}
    for name, keys in LISTED.items():
        block = {part: from_text(pairs[key]) for part, (key, _) in keys.items() if key in pairs}
        if block:
            blocks[name] = [block]
    if least := _shown_minima(pairs):
        blocks["targetGroupHealth"] = least
    return blocks


def _shown_minima(pairs: Mapping[str, str]) -> Props:
    least = {
        part: {
            key: pairs[f"{prefix}.{measure}"]
            for key, measure in MEASURES.items()
            if f"{prefix}.{measure}" in pairs
        }
        for part, prefix in MINIMA.items()
    }
    return {part: block for part, block in least.items() if block}


def _shown_sticky(pairs: Mapping[str, str]) -> Props:
    block: Props = {"enabled": pairs.get("stickiness.enabled") == "true"}
    if kind := pairs.get("stickiness.type"):
        block["type"] = kind
    if seconds := pairs.get(f"stickiness.{kind}.duration_seconds"):
        block["cookieDuration"] = int(seconds)
    if name := pairs.get("stickiness.app_cookie.cookie_name"):
        block["cookieName"] = name
    return block


# Checking


def problems(props: Props) -> Iterator[Problem]:
    """Yield what is wrong in a target group's blocks."""
    yield from _health_problems(props)
    sticks = props.get("stickiness")
    yield from known_keys("stickiness", sticks, STICKINESS)
    if isinstance(sticks, Mapping):
        yield from value_problems(sticks, BLOCK_VALUES["stickiness"], "stickiness.")
        if sticks.get("type") == "app_cookie" and not sticks.get("cookieName"):
            yield "stickiness.cookieName", "is required for the type app_cookie"
    for name, keys in LISTED.items():
        blocks = props.get(name)
        yield from known_keys(name, blocks, keys)
        for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
            if isinstance(block, Mapping):
                yield from value_problems(block, BLOCK_VALUES[name], f"{name}[{index}].")
    least = props.get("targetGroupHealth")
    yield from known_keys("targetGroupHealth", least, MINIMA)
    if isinstance(least, Mapping):
        for part in MINIMA:
            yield from _least_problems(f"targetGroupHealth.{part}", least.get(part))


def _least_problems(where: str, block: Any) -> Iterator[Problem]:
    yield from known_keys(where, block, MEASURES)
    if isinstance(block, Mapping):
        allowed = {"minimumHealthyTargetsPercentage": PERCENTAGES}
        yield from value_problems(block, allowed, f"{where}.")


def _health_problems(props: Props) -> Iterator[Problem]:
    check = props.get("healthCheck")
    if not isinstance(check, Mapping):
        return
    members = {**HEALTH, "matcher": "Matcher.HttpCode"}
    yield from block_problems("elbv2", CREATE, "healthCheck", _texts(check), members)
    interval, timeout = check.get("interval", 30), check.get("timeout", 5)
    if is_known(interval) and is_known(timeout) and timeout >= interval:
        yield "healthCheck.timeout", f"must be less than the interval, got {timeout:g}"
    path, codes = check.get("path"), check.get("matcher")
    if isinstance(path, str) and not path.startswith("/"):
        yield "healthCheck.path", f"must begin with /, got {path!r}"
    http = props.get("protocolVersion") != "GRPC"
    if http and isinstance(codes, str) and not HTTP_CODES.fullmatch(codes):
        yield "healthCheck.matcher", f"must be like 200 or 200-299,301, got {codes!r}"


def _texts(check: Mapping[str, Any]) -> Props:
    """Return the block with its port as text, as the request has it."""
    port = check.get("port")
    return {**check, "port": str(port)} if port not in (None, UNKNOWN) else dict(check)
