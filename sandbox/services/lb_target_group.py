"""Elastic Load Balancing: target groups."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Carry, Describe, kept, member, same
from sandbox.provider.overlay import ANY
from sandbox.provider.resource import Problem
from sandbox.provider.values import UNKNOWN, Props, is_known
from sandbox.services.lb_base import (
    LB_TAGS,
    LONGEST_NAME,
    LbType,
    attribute,
    attributes,
    block_problems,
    from_text,
    name_problems,
)
from sandbox.services.naming import NAME_PREFIX, prefixed

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
BLOCKS: dict[str, dict[str, str]] = {
    "targetFailovers": {
        "onDeregistration": "target_failover.on_deregistration",
        "onUnhealthy": "target_failover.on_unhealthy",
    },
    "targetHealthStates": {
        "enableUnhealthyConnectionTermination": (
            "target_health_state.unhealthy.connection_termination.enabled"
        ),
        "unhealthyDrainingInterval": ("target_health_state.unhealthy.draining_interval_seconds"),
    },
}
"""Blocks of which there is one at most, given in a list, by the attributes of their keys."""
MINIMA = {
    "dnsFailover": "target_group_health.dns_failover.minimum_healthy_targets",
    "unhealthyStateRouting": "target_group_health.unhealthy_state_routing.minimum_healthy_targets",
}
MEASURES = {
    "minimumHealthyTargetsCount": "count",
    "minimumHealthyTargetsPercentage": "percentage",
}
NO_TARGETS = "the sandbox has no targets"
SLOW_START_SECONDS = range(30, 901)
DRAINING_SECONDS = range(3601)


def _listed(name: str) -> Carry:
    """Carry a block that the program gives as a list of one."""

    def pairs(blocks: Any) -> Props:
        block = blocks[0] if blocks else {}
        return {key: block.get(part) for part, key in BLOCKS[name].items()}

    return attributes(SETS, pairs, read=name)


def _minima(block: Any) -> Props:
    return {
        f"{prefix}.{measure}": (block.get(part) or {}).get(key)
        for part, prefix in MINIMA.items()
        for key, measure in MEASURES.items()
    }


def _sticky(block: Any) -> Props:
    kind = block.get("type")
    cookie = {"lb_cookie": "lb_cookie", "app_cookie": "app_cookie"}.get(kind)
    more = {f"stickiness.{cookie}.duration_seconds": block.get("cookieDuration")} if cookie else {}
    named = {"stickiness.app_cookie.cookie_name": block.get("cookieName")} if cookie else {}
    return {
        "stickiness.enabled": block.get("enabled", True),
        "stickiness.type": kind,
        **more,
        **(named if kind == "app_cookie" else {}),
    }


class TargetGroup(LbType):
    """Where a load balancer sends requests, and how it asks whether a target is well."""

    token = "aws:lb/targetGroup:TargetGroup"
    autoname = Autoname(longest=LONGEST_NAME)
    creates = CREATE
    created = "TargetGroups[0].TargetGroupArn"
    describe = Describe(
        "describe_target_groups", lambda id_: {"TargetGroupArns": [id_]}, "TargetGroups[0]"
    )
    updates = "modify_target_group"
    deletes = "delete_target_group"
    identified = "TargetGroupArn"
    sets = SETS
    inputs = {
        "connectionTermination": attribute(
            SETS, "deregistration_delay.connection_termination.enabled"
        ),
        "deregistrationDelay": attribute(SETS, "deregistration_delay.timeout_seconds"),
        "healthCheck": member(
            "HealthCheck",
            read="healthCheck",
            defaults={"matcher": ANY, "path": ANY, "timeout": ANY},
        ),
        "ipAddressType": same(),
        "lambdaMultiValueHeadersEnabled": attribute(SETS, "lambda.multi_value_headers.enabled"),
        "loadBalancingAlgorithmType": attribute(SETS, "load_balancing.algorithm.type"),
        "loadBalancingAnomalyMitigation": attribute(
            SETS, "load_balancing.algorithm.anomaly_mitigation"
        ),
        "loadBalancingCrossZoneEnabled": attribute(SETS, "load_balancing.cross_zone.enabled"),
        "name": member("Name", read="TargetGroupName"),
        "namePrefix": NAME_PREFIX,
        "port": same(),
        "preserveClientIp": attribute(SETS, "preserve_client_ip.enabled"),
        "protocol": same(),
        "protocolVersion": same(),
        "proxyProtocolV2": attribute(SETS, "proxy_protocol_v2.enabled"),
        "slowStart": attribute(SETS, "slow_start.duration_seconds"),
        "stickiness": attributes(SETS, _sticky, read="stickiness"),
        "tags": LB_TAGS.carried(),
        "targetControlPort": kept(NO_TARGETS, operation=CREATE, name="TargetControlPort"),
        "targetFailovers": _listed("targetFailovers"),
        "targetGroupHealth": attributes(SETS, _minima, read="targetGroupHealth"),
        "targetHealthStates": _listed("targetHealthStates"),
        "targetType": same(),
        "vpcId": same(),
    }
    outputs = {"loadBalancerArns": "LoadBalancerArns"}
    defaults = {
        "deregistrationDelay": 300,
        "lambdaMultiValueHeadersEnabled": False,
        "proxyProtocolV2": False,
        "slowStart": 0,
        "stickiness": {"enabled": False},
    }

    # Checking

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what would be refused by the inputs alone."""
        yield from name_problems(props.get("name"))
        if is_known(props.get("targetType", "instance")) and props.get("targetType") != "lambda":
            for each in ("port", "protocol", "vpcId"):
                if each not in props:
                    yield each, "is required, as the targets are no functions"
        yield from _out_of("deregistrationDelay", props, DRAINING_SECONDS, "0 and 3600")
        if props.get("slowStart"):
            yield from _out_of("slowStart", props, SLOW_START_SECONDS, "30 and 900, or 0")
            if props.get("loadBalancingAlgorithmType", "round_robin") != "round_robin":
                yield "slowStart", "works with the round_robin algorithm only"
        yield from _health_problems(props)

    # Changing

    def params(
        self, operation: str, props: Mapping[str, Any], only: set[str] | None = None
    ) -> dict[str, Any]:
        """Return a request's parameters; those of the health check have no block there."""
        params = super().params(operation, props, only)
        check = props.get("healthCheck") if only is None or "healthCheck" in only else None
        if operation in {CREATE, self.updates} and check:
            code = "GrpcCode" if props.get("protocolVersion") == "GRPC" else "HttpCode"
            forms: dict[str, Callable[[Any], Any]] = {
                "matcher": lambda value: {code: value},
                "port": str,
            }
            params |= {
                HEALTH[key]: forms[key](value) if key in forms else value
                for key, value in check.items()
            }
        return params

    def create(self, aws: Aws, new: Props) -> str:
        """Create the target group."""
        return super().create(aws, prefixed(new))

    # Reading

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the target group with its blocks."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        found["healthCheck"] = {
            key: found[name] for key, name in HEALTH.items() if name in found and key != "matcher"
        }
        if codes := found.get("Matcher", {}).values():
            found["healthCheck"]["matcher"] = next(iter(codes))
        pairs = found["Attributes"]
        found["stickiness"] = _shown_sticky(pairs)
        for name, keys in BLOCKS.items():
            block = {part: from_text(pairs[key]) for part, key in keys.items() if key in pairs}
            if block:
                found[name] = [block]
        minima = {
            part: {
                key: pairs[f"{prefix}.{measure}"]
                for key, measure in MEASURES.items()
                if f"{prefix}.{measure}" in pairs
            }
            for part, prefix in MINIMA.items()
        }
        if any(minima.values()):
            found["targetGroupHealth"] = {part: block for part, block in minima.items() if block}
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": id_, "arnSuffix": id_.rpartition(":")[2]}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the target group of the name, if it has our tags."""
        if "name" not in inputs:
            return None
        path = "TargetGroups[0].TargetGroupArn"
        arn = aws.find("elbv2.describe_target_groups", path, Names=[inputs["name"]])
        return self.mine(aws, arn, inputs)


def _shown_sticky(pairs: Mapping[str, str]) -> Props:
    block: Props = {"enabled": pairs.get("stickiness.enabled") == "true"}
    if kind := pairs.get("stickiness.type"):
        block["type"] = kind
    if seconds := pairs.get(f"stickiness.{kind}.duration_seconds"):
        block["cookieDuration"] = int(seconds)
    if name := pairs.get("stickiness.app_cookie.cookie_name"):
        block["cookieName"] = name
    return block


def _out_of(name: str, props: Props, allowed: range, words: str) -> Iterator[Problem]:
    value = props.get(name)
    if isinstance(value, int | float) and int(value) not in allowed:
        yield name, f"must be between {words}, got {value:g}"


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
