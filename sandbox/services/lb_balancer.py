"""Elastic Load Balancing: load balancers."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, Carry, Describe, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import known_keys
from sandbox.services.lb_base import (
    FLAG,
    LB_TAGS,
    LONGEST_NAME,
    Allowed,
    LbType,
    attribute,
    attributes,
    from_text,
    name_problems,
    value_problems,
)
from sandbox.services.lb_zones import zone_of
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.references import listed, statements

SETS = "modify_load_balancer_attributes"
CREATE = "create_load_balancer"
LOG_WRITER = re.compile(
    r"logdelivery\.elasticloadbalancing\.amazonaws\.com|arn:aws:iam::\d{12}:root"
)
"""Who writes access logs: the service, or in older regions an account of its own."""
ALLOWED: Mapping[str, Allowed] = {
    "clientKeepAlive": range(60, 604801),
    "desyncMitigationMode": ("monitor", "defensive", "strictest"),
    "dnsRecordClientRoutingPolicy": (
        "any_availability_zone",
        "availability_zone_affinity",
        "partial_availability_zone_affinity",
    ),
    "dropInvalidHeaderFields": FLAG,
    "enableCrossZoneLoadBalancing": FLAG,
    "enableDeletionProtection": FLAG,
    "enableHttp2": FLAG,
    "enableTlsVersionAndCipherSuiteHeaders": FLAG,
    "enableWafFailOpen": FLAG,
    "enableXffClientPort": FLAG,
    "enableZonalShift": FLAG,
    "idleTimeout": range(1, 4001),
    "preserveHostHeader": FLAG,
    "secondaryIpsAutoAssignedPerSubnet": range(8),
    "xffHeaderProcessingMode": ("append", "preserve", "remove"),
}
"""ModifyLoadBalancerAttributes (Elastic Load Balancing API reference, LoadBalancerAttribute)."""
BUCKET_OF = {"accessLogs": "access_logs", "connectionLogs": "connection_logs"}


def _set(key: str) -> Carry:
    return attribute(SETS, key)


def _logs(name: str) -> Carry:
    return attributes(SETS, _log_pairs(BUCKET_OF[name]), read=name, decode=_log_block)


def _log_pairs(prefix: str) -> Callable[[Any], Props]:
    def pairs(block: Any) -> Props:
        enabled = bool(block.get("enabled", False))
        given = {"s3.bucket": block.get("bucket"), "s3.prefix": block.get("prefix", "")}
        more = given if enabled else {}
        return {f"{prefix}.{key}": value for key, value in {"s3.enabled": enabled, **more}.items()}

    return pairs


def _log_block(block: dict[str, str]) -> Props:
    return {key: from_text(value) for key, value in block.items()}


class LoadBalancer(LbType):
    """A load balancer; moto enforces its deletion protection by a mend of the sandbox's."""

    token = "aws:lb/loadBalancer:LoadBalancer"
    autoname = Autoname(longest=LONGEST_NAME)
    creates = CREATE
    created = "LoadBalancers[0].LoadBalancerArn"
    describe = Describe(
        "describe_load_balancers", lambda id_: {"LoadBalancerArns": [id_]}, "LoadBalancers[0]"
    )
    deletes = "delete_load_balancer"
    identified = "LoadBalancerArn"
    sets = SETS
    inputs = {
        "accessLogs": _logs("accessLogs"),
        "clientKeepAlive": _set("client_keep_alive.seconds"),
        "connectionLogs": _logs("connectionLogs"),
        "customerOwnedIpv4Pool": kept(
            "the sandbox has no outposts", operation=CREATE, name="CustomerOwnedIpv4Pool"
        ),
        "desyncMitigationMode": _set("routing.http.desync_mitigation_mode"),
        "dnsRecordClientRoutingPolicy": _set("dns_record.client_routing_policy"),
        "dropInvalidHeaderFields": _set("routing.http.drop_invalid_header_fields.enabled"),
        "enableCrossZoneLoadBalancing": _set("load_balancing.cross_zone.enabled"),
        "enableDeletionProtection": _set("deletion_protection.enabled"),
        "enableHttp2": _set("routing.http2.enabled"),
        "enableTlsVersionAndCipherSuiteHeaders": _set(
            "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"
        ),
        "enableWafFailOpen": _set("waf.fail_open.enabled"),
        "enableXffClientPort": _set("routing.http.xff_client_port.enabled"),
        "enableZonalShift": _set("zonal_shift.config.enabled"),
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": kept(
            "the sandbox has no traffic",
            operation="set_security_groups",
            name="EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        ),
        "idleTimeout": _set("idle_timeout.timeout_seconds"),
        "internal": member(
            "Scheme",
            encode=lambda internal: "internal" if internal else "internet-facing",
            decode=lambda scheme: scheme == "internal",
        ),
        "ipAddressType": same(),
        "ipamPools": kept("moto drops it", operation=CREATE, name="IpamPools"),
        "loadBalancerType": member("Type"),
        "minimumLoadBalancerCapacity": kept(
            "moto reserves no capacity",
            operation="modify_capacity_reservation",
            name="MinimumLoadBalancerCapacity",
        ),
        "name": member("Name", read="LoadBalancerName"),
        "namePrefix": NAME_PREFIX,
        "preserveHostHeader": _set("routing.http.preserve_host_header.enabled"),
        "secondaryIpsAutoAssignedPerSubnet": _set("secondary_ips.auto_assigned.per_subnet"),
        "securityGroups": same(),
        "subnetMappings": member("SubnetMappings", unseen="moto shows no addresses"),
        "subnets": member("Subnets", read="AvailabilityZones[].SubnetId"),
        "tags": LB_TAGS.carried(),
        "xffHeaderProcessingMode": _set("routing.http.xff_header_processing.mode"),
    }
    outputs = {"dnsName": "DNSName", "vpcId": "VpcId"}
    defaults = {
        "accessLogs": {"enabled": False},
        "connectionLogs": {"enabled": False},
        "dnsRecordClientRoutingPolicy": "any_availability_zone",
        "enableCrossZoneLoadBalancing": False,
        "secondaryIpsAutoAssignedPerSubnet": 0,
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what would be refused by the inputs alone."""
        yield from name_problems(props.get("name"))
        given = [each for each in ("subnets", "subnetMappings") if props.get(each)]
        if len(given) != 1:
            yield "subnets", "is required, or subnetMappings, and not both"
        subnets = props.get("subnets")
        kind = props.get("loadBalancerType", "application")
        if isinstance(subnets, list) and kind == "application" and len(subnets) < 2:  # noqa: PLR2004
            yield "subnets", "must be in two zones at least for an application load balancer"
        for each in BUCKET_OF:
            yield from known_keys(each, props.get(each), ("bucket", "enabled", "prefix"))
        yield from value_problems(props, ALLOWED)

    # Changing

    def create(self, aws: Aws, new: Props) -> str:
        """Create the load balancer; a name that is taken would give moto two of it."""
        new = prefixed(new)
        request = f"elbv2.{CREATE}"
        if aws.find("elbv2.describe_load_balancers", "@", Names=[new["name"]]):
            reason = f"a load balancer with the name '{new['name']}' exists"
            raise AwsError(request, "DuplicateLoadBalancerName", reason)
        self._refuse_network(aws, request, new)
        self._refuse_logs(aws, new, set(new))
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change each part by the request that it has."""
        self._refuse_logs(aws, new, changed)
        if changed & {"securityGroups", "subnets", "subnetMappings"}:
            self._refuse_network(aws, "elbv2.set_subnets", new)
        super().update(aws, id_, old, new, changed)
        for names, operation in (
            ({"securityGroups"}, "set_security_groups"),
            ({"subnets", "subnetMappings"}, "set_subnets"),
            ({"ipAddressType"}, "set_ip_address_type"),
        ):
            params = self.params(operation, new, names & changed)
            if params:
                aws.call(f"elbv2.{operation}", LoadBalancerArn=id_, **params)

    def _refuse_network(self, aws: Aws, request: str, new: Props) -> None:
        """Refuse subnets in one zone or two VPCs, and groups that do not exist there."""
        ids = new.get("subnets") or [each["subnetId"] for each in new["subnetMappings"]]
        subnets = aws.find("ec2.describe_subnets", "Subnets", SubnetIds=ids)
        if subnets is None:
            raise AwsError(request, "SubnetNotFound", f"one of the subnets {ids} does not exist")
        vpcs = {subnet["VpcId"] for subnet in subnets}
        zones = {subnet["AvailabilityZone"] for subnet in subnets}
        code = "InvalidConfigurationRequest"
        if len(zones) != len(subnets) or len(vpcs) != 1:
            raise AwsError(request, code, "the subnets must be one a zone, of one VPC")
        if new.get("loadBalancerType", "application") == "application" and len(zones) == 1:
            raise AwsError(request, code, "the subnets must be in at least two zones")
        for group in new.get("securityGroups") or []:
            vpc = aws.find(
                "ec2.describe_security_groups", "SecurityGroups[0].VpcId", GroupIds=[group]
            )
            if vpc not in vpcs:
                reason = f"no security group {group} in {vpcs.pop()}"
                raise AwsError(request, "InvalidSecurityGroup", reason)

    def _refuse_logs(self, aws: Aws, new: Props, names: set[str]) -> None:
        """Refuse a log bucket that cannot be written to: it is tried at once."""
        for name in names & BUCKET_OF.keys():
            block = new.get(name) or {}
            if block.get("enabled") and not _may_write(aws, block):
                reason = (
                    f"Access Denied for bucket: {block['bucket']}: its policy lets nobody write"
                )
                raise AwsError(f"elbv2.{SETS}", "InvalidConfigurationRequest", reason)

    # Reading

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the load balancer with its blocks about logs, where it has or had one."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        for name, prefix in BUCKET_OF.items():
            shown = found["Attributes"]
            block = {
                key: shown.get(f"{prefix}.s3.{key}", default)
                for key, default in (("enabled", "false"), ("bucket", ""), ("prefix", ""))
            }
            if block["enabled"] == "true":
                found[name] = block
            elif (saved.get(name) or {}).get("enabled"):
                found[name] = {**saved[name], "enabled": "false"}
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        zone = zone_of(props.get("loadBalancerType", "application"), aws.region)
        return {
            "arn": id_,
            "arnSuffix": id_.partition("loadbalancer/")[2],
            **({"zoneId": zone} if zone else {}),
        }

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the load balancer of the name, if it has our tags."""
        if "name" not in inputs:
            return None
        path = "LoadBalancers[0].LoadBalancerArn"
        arn = aws.find("elbv2.describe_load_balancers", path, Names=[inputs["name"]])
        return self.mine(aws, arn, inputs)


def _may_write(aws: Aws, block: Props) -> bool:
    """Return whether a bucket's policy lets Elastic Load Balancing write under the prefix."""
    if not is_known(block):
        return True
    bucket, prefix = block["bucket"], block.get("prefix")
    policy = aws.find("s3.get_bucket_policy", "Policy", Bucket=bucket)
    path = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    wanted = f"arn:aws:s3:::{bucket}/{path}/{aws.account}/ELBAccessLogTestFile"
    for statement in statements(policy) if policy else ():
        actions = [str(each) for each in listed(statement.get("Action", []))]
        resources = [str(each) for each in listed(statement.get("Resource", []))]
        if (
            statement.get("Effect") == "Allow"
            and LOG_WRITER.search(json.dumps(statement.get("Principal", {})))
            and any(fnmatchcase("s3:PutObject", action) for action in actions)
            and any(fnmatchcase(wanted, resource) for resource in resources)
        ):
            return True
    return False
