"""The firewall blocks, measures and logs alike in both environments; who may come in differs."""

from dataclasses import replace
from typing import Any

import pytest

from components.web_firewall import WebFirewall, WebFirewallArgs, as_waf_takes_them
from tests.support.graph import Graph, once, record

GROUPS = [
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesSQLiRuleSet",
]
STAGING = WebFirewallArgs(
    resource_arn="arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/app/x/1",
    allowed_networks=["203.0.113.0/24"],
    open_path="/robots.txt",
    managed_rule_groups=GROUPS,
    requests_per_5_minutes=2000,
    log_group_name="aws-waf-logs-storefront-staging",
    log_retention_days=365,
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(
    STAGING,
    allowed_networks=["0.0.0.0/0"],
    log_group_name="aws-waf-logs-storefront-production",
)

ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
NETWORKS = "aws:wafv2/ipSet:IpSet"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: WebFirewallArgs) -> Graph:
    """Build one firewall offline."""
    return record(lambda: WebFirewall("firewall", args))


def rules(args: WebFirewallArgs) -> dict[str, dict[str, Any]]:
    """Return the rules of the web ACL by name."""
    return {rule["name"]: rule for rule in deploy(args).one(ACL).inputs["rules"]}


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_rules_are_the_same_in_both_environments() -> None:
    assert rules(STAGING) == rules(PRODUCTION)


@both
def test_whoever_comes_from_elsewhere_is_blocked_first_of_all(args: WebFirewallArgs) -> None:
    graph = deploy(args)
    rule = rules(args)["allowed-networks-only"]
    either = rule["statement"]["notStatement"]["statement"]["orStatement"]["statements"]
    known, asked = either

    assert rule["priority"] == 0
    assert rule["action"] == {"block": {}}
    assert known["ipSetReferenceStatement"]["arn"].endswith(":firewall-networks")
    assert asked["byteMatchStatement"] == {
        "fieldToMatch": {"uriPath": {}},
        "positionalConstraint": "EXACTLY",
        "searchString": "/robots.txt",
        "textTransformations": [{"priority": 0, "type": "NONE"}],
    }
    assert graph.one(NETWORKS).inputs["ipAddressVersion"] == "IPV4"
    assert graph.one(NETWORKS).inputs["scope"] == graph.one(ACL).inputs["scope"] == "REGIONAL"


def test_staging_lets_in_its_networks_and_production_everybody() -> None:
    small, large = (deploy(args).one(NETWORKS).inputs for args in (STAGING, PRODUCTION))

    assert small["addresses"] == ["203.0.113.0/24"]
    assert large["addresses"] == ["0.0.0.0/1", "128.0.0.0/1"]


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        (["203.0.113.7/32", "198.51.100.0/24"], ["198.51.100.0/24", "203.0.113.7/32"]),
        (["0.0.0.0/0", "203.0.113.0/24"], ["0.0.0.0/1", "128.0.0.0/1"]),
        (["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/1", "128.0.0.0/1"]),
        (["203.0.113.0/24", "203.0.113.0/25"], ["203.0.113.0/24"]),
    ],
)
def test_networks_are_merged_and_none_is_the_whole_range(
    networks: list[str], expected: list[str]
) -> None:
    assert as_waf_takes_them(networks) == expected


@both
def test_an_address_that_asks_too_much_is_blocked(args: WebFirewallArgs) -> None:
    rule = rules(args)["rate-limit"]

    assert rule["action"] == {"block": {}}
    assert rule["statement"]["rateBasedStatement"] == {
        "limit": 2000,
        "aggregateKeyType": "IP",
        "evaluationWindowSec": 300,
    }


@both
def test_managed_groups_block_and_none_is_set_to_count(args: WebFirewallArgs) -> None:
    found = rules(args)

    assert [name for name in found if name.startswith("AWS")] == GROUPS
    for group in GROUPS:
        assert found[group]["overrideAction"] == {"none": {}}
        assert found[group]["statement"] == {
            "managedRuleGroupStatement": {"vendorName": "AWS", "name": group}
        }
    assert len({rule["priority"] for rule in found.values()}) == len(found)


@both
def test_everything_is_measured_and_nothing_is_sampled(args: WebFirewallArgs) -> None:
    acl = deploy(args).one(ACL).inputs
    visible = [acl["visibilityConfig"], *(r["visibilityConfig"] for r in acl["rules"])]

    assert all(each["cloudwatchMetricsEnabled"] is True for each in visible)
    assert all(each["sampledRequestsEnabled"] is False for each in visible)
    assert [each["metricName"] for each in visible] == [
        "firewall",
        "allowed-networks-only",
        "rate-limit",
        *GROUPS,
    ]
    assert acl["defaultAction"] == {"allow": {}}


@both
def test_requests_are_logged_encrypted_without_credentials(args: WebFirewallArgs) -> None:
    graph = deploy(args)
    group, logging = graph.one(LOG_GROUP).inputs, graph.one(LOGGING).inputs

    assert group["name"] == args.log_group_name
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"] == args.kms_key_arn
    assert logging["logDestinationConfigs"][0].endswith(":firewall-log")
    assert logging["redactedFields"] == [
        {"singleHeader": {"name": "authorization"}},
        {"singleHeader": {"name": "cookie"}},
    ]


@both
def test_firewall_stands_before_the_load_balancer(args: WebFirewallArgs) -> None:
    association = deploy(args).one(ASSOCIATION).inputs

    assert association["resourceArn"] == args.resource_arn
    assert association["webAclArn"].endswith(":firewall-acl")


def test_metrics_can_be_found_by_who_makes_alarms() -> None:
    made: list[WebFirewall] = []
    record(lambda: made.append(WebFirewall("firewall", STAGING)))

    assert made[0].metric_name == "firewall"
    assert made[0].rule_metric_names == ["rate-limit", *GROUPS]


def test_every_taggable_child_is_tagged_with_its_own_name() -> None:
    tagged = [node for node in deploy(STAGING).under("firewall") if "tags" in node.inputs]

    assert {node.type for node in tagged} == {ACL, NETWORKS, LOG_GROUP}
    for node in tagged:
        assert node.inputs["tags"] == {
            "Owner": "platform",
            "Component": "firewall",
            "Name": node.name,
        }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"allowed_networks": []}, "allowed_networks must name at least one network"),
        ({"allowed_networks": ["203.0.113.7/24"]}, "'203.0.113.7/24': .* has host bits set"),
        ({"allowed_networks": ["2001:db8::/32"]}, "allowed_networks must be IPv4 networks"),
        ({"managed_rule_groups": []}, "managed_rule_groups must be at least one"),
        ({"managed_rule_groups": [GROUPS[0], GROUPS[0]]}, "each once"),
        ({"managed_rule_groups": ["Mine"]}, r"must be AWSManagedRules\.\.\., got \['Mine'\]"),
        ({"requests_per_5_minutes": 9}, "requests_per_5_minutes must be between 10 and"),
        ({"log_group_name": "/storefront/waf"}, "log_group_name must begin with aws-waf-logs-"),
        ({"log_retention_days": 180}, "log_retention_days must be one of 365,"),
    ],
)
def test_what_waf_would_refuse_or_lets_nobody_in_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)
