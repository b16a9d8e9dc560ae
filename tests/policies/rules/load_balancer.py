"""Trials of the rules for load balancers."""

from dataclasses import replace

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import load_balancer as rules
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

REDIRECT = {
    "type": "redirect",
    "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301", "port": "443"},
}
FORWARD = {"type": "forward", "targetGroupArn": "arn:aws:targets"}


def balancer(**properties: object) -> Resource:
    """Return a load balancer with nothing but what is given."""
    return Resource(rules.LOAD_BALANCER, "balancer", properties=properties)


def listener(protocol: str, **properties: object) -> Resource:
    """Return a listener with a protocol and what else is given."""
    return Resource(rules.LISTENER, "listener", properties={"protocol": protocol, **properties})


def path(*actions: object) -> Resource:
    """Return a rule of the listener with these actions."""
    return Resource(
        rules.LISTENER_RULE,
        "path",
        properties={"actions": list(actions)},
        links={"listenerArn": (listener("HTTP").key,)},
    )


ACL = Resource(rules.ACL, "acl")
FIREWALL = Resource(
    rules.FIREWALL,
    "firewall",
    links={"resourceArn": (balancer().key,), "webAclArn": (ACL.key,)},
)
NETWORK = put("loadBalancerType", "network")

TRIALS = [
    Trial(
        rules.http_redirected_to_https,
        good=[listener("HTTP", defaultActions=[REDIRECT]), path(REDIRECT)],
        wrong=[
            put("defaultActions", [FORWARD]),
            put("defaultActions", []),
            put("defaultActions[0].redirect.protocol", "HTTP"),
            put("defaultActions[0].redirect.protocol", "#{protocol}"),
            put("defaultActions[0].type", "forward"),
            put("defaultActions[0].redirect", 7),
            put("actions", [FORWARD], at=1),
            put("actions", [], at=1),
        ],
        absent=(without("defaultActions[0].redirect.protocol"), Kind.FAIL),
        unknown=(unknown("defaultActions[0].type"), Kind.UNKNOWN),
        nested=[
            (without("protocol"), Kind.PASS),
            (dropped(1), Kind.PASS),
            (added(replace(path(FORWARD), name="other")), Kind.FAIL),
            (put("defaultActions", REDIRECT), Kind.PASS),
            (put("defaultActions", [REDIRECT, FORWARD]), Kind.FAIL),
            (put("defaultActions", [UNKNOWN, FORWARD]), Kind.FAIL),
            (unknown("defaultActions"), Kind.UNKNOWN),
            (unknown("defaultActions[0].redirect.port"), Kind.PASS),
            (unknown("protocol"), Kind.PASS),
            (all_changes(unknown("protocol"), put("defaultActions", [FORWARD])), Kind.UNKNOWN),
        ],
        other=[put("protocol", "HTTPS"), put("protocol", "TCP")],
    ),
    Trial(
        rules.tls_modern,
        good=[listener("HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")],
        wrong=[
            put("sslPolicy", "ELBSecurityPolicy-2016-08"),
            put("sslPolicy", "ELBSecurityPolicy-TLS13-1-0-2021-06"),
            put("sslPolicy", "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06"),
            put("sslPolicy", "ELBSecurityPolicy-TLS-1-2-2017-01"),
            put("sslPolicy", 7),
        ],
        absent=(without("sslPolicy"), Kind.FAIL),
        unknown=(unknown("sslPolicy"), Kind.UNKNOWN),
        nested=[
            (put("sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"), Kind.PASS),
            (put("sslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09"), Kind.PASS),
            (put("protocol", "TLS"), Kind.PASS),
            (all_changes(unknown("protocol"), without("sslPolicy")), Kind.UNKNOWN),
        ],
        other=[put("protocol", "HTTP"), without("protocol")],
    ),
    Trial(
        rules.certificate_given,
        good=[listener("HTTPS", certificateArn="arn:aws:acm:certificate")],
        wrong=[put("certificateArn", "")],
        absent=(without("certificateArn"), Kind.FAIL),
        unknown=(unknown("certificateArn"), Kind.PASS),
        nested=[
            (all_changes(put("protocol", "TLS"), without("certificateArn")), Kind.FAIL),
            (all_changes(unknown("protocol"), without("certificateArn")), Kind.UNKNOWN),
        ],
        other=[put("protocol", "HTTP"), without("protocol")],
    ),
    Trial(
        rules.access_logs_on,
        good=[balancer(accessLogs={"enabled": True, "bucket": "logs"})],
        wrong=[
            put("accessLogs.enabled", False),
            put("accessLogs.bucket", ""),
            without("accessLogs.bucket"),
            without("accessLogs.enabled"),
            put("accessLogs", True),
        ],
        absent=(without("accessLogs"), Kind.FAIL),
        unknown=(unknown("accessLogs.enabled"), Kind.UNKNOWN),
        nested=[
            (unknown("accessLogs.bucket"), Kind.PASS),
            (unknown("accessLogs"), Kind.UNKNOWN),
            (
                all_changes(unknown("accessLogs.enabled"), without("accessLogs.bucket")),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.deletion_protected,
        good=[balancer(enableDeletionProtection=True)],
        wrong=[put("enableDeletionProtection", False), put("enableDeletionProtection", 1.0)],
        absent=(without("enableDeletionProtection"), Kind.FAIL),
        unknown=(unknown("enableDeletionProtection"), Kind.UNKNOWN),
        reference=True,
    ),
    Trial(
        rules.invalid_headers_dropped,
        good=[balancer(dropInvalidHeaderFields=True)],
        wrong=[put("dropInvalidHeaderFields", False), put("dropInvalidHeaderFields", "true")],
        absent=(without("dropInvalidHeaderFields"), Kind.FAIL),
        unknown=(unknown("dropInvalidHeaderFields"), Kind.UNKNOWN),
        nested=[(put("loadBalancerType", "application"), Kind.PASS)],
        other=[NETWORK],
    ),
    Trial(
        rules.desync_mitigated,
        good=[balancer(desyncMitigationMode="strictest")],
        wrong=[put("desyncMitigationMode", "monitor"), put("desyncMitigationMode", ["defensive"])],
        absent=(without("desyncMitigationMode"), Kind.PASS),
        unknown=(unknown("desyncMitigationMode"), Kind.UNKNOWN),
        nested=[(put("desyncMitigationMode", "defensive"), Kind.PASS)],
        other=[NETWORK],
    ),
    Trial(
        rules.in_two_zones,
        good=[balancer(subnets=["subnet-1", "subnet-2"])],
        wrong=[
            put("subnets", ["subnet-1"]),
            put("subnets", []),
            put("subnets", "subnet-1"),
            all_changes(put("subnets", None), put("subnetMappings", [{"subnetId": "subnet-1"}])),
        ],
        absent=(without("subnets"), Kind.FAIL),
        unknown=(unknown("subnets"), Kind.UNKNOWN),
        nested=[
            (put("subnets", [UNKNOWN, UNKNOWN]), Kind.PASS),
            (put("subnets", [UNKNOWN]), Kind.FAIL),
            (all_changes(without("subnets"), put("subnetMappings", [{}, {}])), Kind.PASS),
            (all_changes(without("subnets"), unknown("subnetMappings")), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.public_behind_firewall,
        good=[balancer(internal=False), FIREWALL, ACL],
        wrong=[
            dropped(1),
            dropped(2),
            linked({"webAclArn": ()}, at=1),
            linked({"resourceArn": [(rules.LOAD_BALANCER, "other")]}, at=1),
        ],
        absent=(all_changes(without("internal"), dropped(1)), Kind.FAIL),
        unknown=(all_changes(unknown("internal"), dropped(1)), Kind.UNKNOWN),
        nested=[
            (unknown("internal"), Kind.PASS),
            (all_changes(dropped(1), added(FIREWALL)), Kind.PASS),
        ],
        other=[put("internal", True), NETWORK],
    ),
    Trial(
        rules.closed_without_firewall,
        good=[balancer(enableWafFailOpen=False)],
        wrong=[put("enableWafFailOpen", True), put("enableWafFailOpen", 0)],
        absent=(without("enableWafFailOpen"), Kind.PASS),
        unknown=(unknown("enableWafFailOpen"), Kind.UNKNOWN),
        other=[NETWORK],
    ),
    Trial(
        rules.target_group_checked,
        good=[
            Resource(
                rules.TARGET_GROUP,
                "targets",
                properties={
                    "protocol": "HTTP",
                    "healthCheck": {"enabled": True, "path": "/healthz"},
                },
            )
        ],
        wrong=[
            put("healthCheck.enabled", False),
            put("healthCheck.path", ""),
            without("healthCheck.path"),
            put("healthCheck", "/healthz"),
        ],
        absent=(without("healthCheck"), Kind.FAIL),
        unknown=(unknown("healthCheck.enabled"), Kind.UNKNOWN),
        nested=[
            (without("healthCheck.enabled"), Kind.PASS),
            (unknown("healthCheck.path"), Kind.PASS),
            (
                all_changes(unknown("healthCheck.enabled"), without("healthCheck.path")),
                Kind.FAIL,
            ),
            (put("protocol", "HTTPS"), Kind.PASS),
        ],
        other=[put("protocol", "TCP"), without("protocol")],
    ),
]
