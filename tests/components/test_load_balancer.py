"""The entrance speaks TLS, logs what it hears and is never indexed by mistake."""

from dataclasses import replace
from typing import Any

import pytest

from components.health_check import HealthCheck
from components.load_balancer import LoadBalancer, LoadBalancerArgs
from tests.support.graph import Graph, once, record

CHECK = HealthCheck(
    path="/healthz", interval_seconds=15, timeout_seconds=5, healthy_count=2, unhealthy_count=3
)
STAGING = LoadBalancerArgs(
    vpc_id="vpc-1",
    subnet_ids=["subnet-a", "subnet-b", "subnet-c"],
    security_group_id="sg-1",
    domain="staging.example.com",
    subdomains=["www"],
    zone_id="Z1",
    certificate_arn="arn:aws:acm:eu-west-1:222222222222:certificate/1",
    tls_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    target_port=8080,
    health_check=CHECK,
    access_log_bucket="logs-1",
    access_log_prefix="load-balancer",
    indexed=False,
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, domain="app.example.com", indexed=True, protect=True)

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
RECORD = "aws:route53/record:Record"
RULE = "aws:lb/listenerRule:ListenerRule"
TARGETS = "aws:lb/targetGroup:TargetGroup"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: LoadBalancerArgs) -> Graph:
    """Build one load balancer offline."""
    return record(lambda: LoadBalancer("entrance", args))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_only_identity_and_protection_differ_between_environments() -> None:
    small, large = deploy(STAGING), deploy(PRODUCTION)
    differ = {
        (node.name, key)
        for node in small.nodes
        for key, value in node.inputs.items()
        if large.one(node.type, node.name).inputs[key] != value
    }

    assert differ == {
        ("entrance-alb", "enableDeletionProtection"),
        ("entrance-robots", "actions"),
        ("entrance-a-apex", "name"),
        ("entrance-a-www", "name"),
    }


@both
def test_load_balancer_is_public_careful_and_logged(args: LoadBalancerArgs) -> None:
    balancer = deploy(args).one(BALANCER)

    assert balancer.inputs["internal"] is False
    assert balancer.inputs["loadBalancerType"] == "application"
    assert balancer.inputs["dropInvalidHeaderFields"] is True
    assert balancer.inputs["desyncMitigationMode"] == "defensive"
    assert balancer.inputs["xffHeaderProcessingMode"] == "append"
    assert balancer.inputs["enableXffClientPort"] is False
    assert balancer.inputs["enableWafFailOpen"] is False
    assert balancer.inputs["subnets"] == ["subnet-a", "subnet-b", "subnet-c"]
    assert balancer.inputs["securityGroups"] == ["sg-1"]
    assert balancer.inputs["accessLogs"] == {
        "bucket": "logs-1",
        "prefix": "load-balancer",
        "enabled": True,
    }


def test_load_balancer_is_protected_where_asked_for() -> None:
    for args in (STAGING, PRODUCTION):
        balancer = deploy(args).one(BALANCER)

        assert balancer.inputs["enableDeletionProtection"] is args.protect
        assert balancer.options["protect"] is args.protect


@both
def test_http_is_redirected_for_good(args: LoadBalancerArgs) -> None:
    listener = deploy(args).one(LISTENER, "entrance-http").inputs

    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert listener["defaultActions"] == [
        {
            "type": "redirect",
            "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"},
        }
    ]


@both
def test_https_is_served_with_the_certificate_and_the_policy(args: LoadBalancerArgs) -> None:
    listener = deploy(args).one(LISTENER, "entrance-https").inputs

    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == args.tls_policy
    assert listener["certificateArn"] == args.certificate_arn
    assert listener["routingHttpResponseServerEnabled"] is False
    [action] = listener["defaultActions"]
    assert action["type"] == "forward"
    assert action["targetGroupArn"].endswith(":entrance-targets")


@both
def test_targets_are_addresses_that_are_checked_and_drained(args: LoadBalancerArgs) -> None:
    targets = deploy(args).one(TARGETS).inputs

    assert (targets["targetType"], targets["port"], targets["protocol"]) == ("ip", 8080, "HTTP")
    assert targets["deregistrationDelay"] == 60
    assert targets["slowStart"] == 30
    assert targets["loadBalancingAlgorithmType"] == "round_robin"
    assert targets["healthCheck"] == {
        "enabled": True,
        "protocol": "HTTP",
        "port": "traffic-port",
        "path": "/healthz",
        "matcher": "200",
        "interval": 15,
        "timeout": 5,
        "healthyThreshold": 2,
        "unhealthyThreshold": 3,
    }


@pytest.mark.parametrize(
    ("args", "line"),
    [(STAGING, "Disallow: /"), (PRODUCTION, "Allow: /")],
    ids=["staging", "production"],
)
def test_robots_are_answered_in_both_and_turned_away_from_staging(
    args: LoadBalancerArgs, line: str
) -> None:
    rule = deploy(args).one(RULE).inputs

    assert rule["conditions"] == [{"pathPattern": {"values": ["/robots.txt"]}}]
    assert rule["priority"] == 1
    [action] = rule["actions"]
    assert action["type"] == "fixed-response"
    assert action["fixedResponse"] == {
        "statusCode": "200",
        "contentType": "text/plain",
        "messageBody": f"User-agent: *\n{line}\n",
    }


@both
def test_every_name_is_an_ipv4_alias_of_the_load_balancer(args: LoadBalancerArgs) -> None:
    graph = deploy(args)
    names = {node.name: node for node in graph.of(RECORD)}

    assert graph.one(BALANCER).inputs["ipAddressType"] == "ipv4"
    assert {name: (n.inputs["name"], n.inputs["type"]) for name, n in names.items()} == {
        "entrance-a-apex": (args.domain, "A"),
        "entrance-a-www": (f"www.{args.domain}", "A"),
    }
    for node in names.values():
        assert node.inputs["zoneId"] == "Z1"
        assert node.inputs["aliases"][0]["evaluateTargetHealth"] is True
        assert [u.rsplit("::", 1)[1] for u in node.options["propertyDependencies"]["aliases"]] == [
            "entrance-alb"
        ]


def test_every_taggable_child_is_tagged_with_its_own_name() -> None:
    tagged = [node for node in deploy(STAGING).under("entrance") if "tags" in node.inputs]

    assert {node.type for node in tagged} == {BALANCER, TARGETS, LISTENER, RULE}
    for node in tagged:
        assert node.inputs["tags"] == {
            "Owner": "platform",
            "Component": "entrance",
            "Name": node.name,
        }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subnet_ids": ["subnet-a"]}, "subnet_ids must have at least 2 subnets, got 1"),
        ({"subdomains": ["WWW"]}, "must be lower-case names, got 'WWW.staging.example.com'"),
        ({"tls_policy": "ELBSecurityPolicy-2016-08"}, "tls_policy must be .*2016-08'"),
        ({"tls_policy": "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"}, "tls_policy must be"),
        ({"tls_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}, "tls_policy must be"),
        ({"target_port": 0}, "target_port must be between 1 and 65535, got 0"),
        ({"access_log_prefix": "/web"}, "access_log_prefix must not begin with /"),
        ({"access_log_prefix": "web/AWSLogs"}, "nor contain AWSLogs"),
    ],
)
def test_a_weak_entrance_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)


@pytest.mark.parametrize("version", ["1-2-Res-PQ-2025-09", "1-3-2021-06", "1-2-2021-06"])
def test_tls_policies_that_are_strict_enough_are_taken(version: str) -> None:
    assert replace(STAGING, tls_policy=f"ELBSecurityPolicy-TLS13-{version}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "healthz"}, "path must begin with /, got 'healthz'"),
        ({"interval_seconds": 4}, "interval_seconds must be between 5 and 300, got 4"),
        ({"healthy_count": 1}, "healthy_count must be between 2 and 10, got 1"),
        ({"timeout_seconds": 15}, r"timeout_seconds must be below interval_seconds \(15\)"),
    ],
)
def test_a_health_check_that_could_not_pass_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CHECK, **change)


def test_a_name_too_long_for_aws_is_refused() -> None:
    with pytest.raises(ValueError, match="name must have at most 16 characters"):
        record(lambda: LoadBalancer("application-load-balancer", STAGING))
