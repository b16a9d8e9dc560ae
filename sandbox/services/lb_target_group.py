"""Elastic Load Balancing: target groups."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, kept, member, same
from sandbox.provider.overlay import ANY
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services import lb_target_blocks as blocks
from sandbox.services.lb_base import (
    FLAG,
    LB_TAGS,
    LONGEST_NAME,
    Allowed,
    LbType,
    attribute,
    attributes,
    name_problems,
    value_problems,
)
from sandbox.services.lb_target_blocks import CREATE, SETS
from sandbox.services.naming import NAME_PREFIX, prefixed

NO_TARGETS = "the sandbox has no targets"
SLOW_START_SECONDS = range(30, 901)
ALLOWED: Mapping[str, Allowed] = {
    "connectionTermination": FLAG,
    "deregistrationDelay": range(3601),
    "lambdaMultiValueHeadersEnabled": FLAG,
    "loadBalancingAlgorithmType": (
        "round_robin",
        "least_outstanding_requests",
        "weighted_random",
    ),
    "loadBalancingAnomalyMitigation": ("on", "off"),
    "loadBalancingCrossZoneEnabled": (*FLAG, "use_load_balancer_configuration"),
    "preserveClientIp": FLAG,
    "proxyProtocolV2": FLAG,
}
"""ModifyTargetGroupAttributes (Elastic Load Balancing API reference, TargetGroupAttribute)."""


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
        "stickiness": attributes(SETS, blocks.sticky, read="stickiness"),
        "tags": LB_TAGS.carried(),
        "targetControlPort": kept(NO_TARGETS, operation=CREATE, name="TargetControlPort"),
        "targetFailovers": blocks.listed("targetFailovers"),
        "targetGroupHealth": attributes(
            SETS,
            blocks.minima,
            read="targetGroupHealth",
            defaults=blocks.MINIMA_DEFAULTS,
        ),
        "targetHealthStates": blocks.listed("targetHealthStates"),
        "targetType": same(),
        "vpcId": same(),
    }
    outputs = {"loadBalancerArns": "LoadBalancerArns"}
    defaults = {
        "stickiness": {"enabled": False},
        "targetFailovers": [{}],
        "targetGroupHealth": {},
        "targetHealthStates": [{}],
    }

    # Checking

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what would be refused by the inputs alone."""
        yield from name_problems(props.get("name"))
        if is_known(props.get("targetType", "instance")) and props.get("targetType") != "lambda":
            for each in ("port", "protocol", "vpcId"):
                if each not in props:
                    yield each, "is required, as the targets are no functions"
        if props.get("slowStart"):
            yield from value_problems(props, {"slowStart": SLOW_START_SECONDS})
            if props.get("loadBalancingAlgorithmType", "round_robin") != "round_robin":
                yield "slowStart", "works with the round_robin algorithm only"
        yield from value_problems(props, ALLOWED)
        yield from blocks.problems(props)

    # Changing

    def params(
        self, operation: str, props: Mapping[str, Any], only: set[str] | None = None
    ) -> dict[str, Any]:
        """Return a request's parameters; those of the health check have no block there."""
        params = super().params(operation, props, only)
        check = props.get("healthCheck") if only is None or "healthCheck" in only else None
        if operation in {CREATE, self.updates} and check:
            params |= blocks.health_members(props)
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
        found |= blocks.shown(found)
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
