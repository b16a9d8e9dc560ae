"""IP sets, web ACLs, their association and log through their lives on moto."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, Thing, settled

IP_SET = "aws:wafv2/ipSet:IpSet"
ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"


def seen(name: str) -> dict[str, Any]:
    return {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": False}


def ip_set(cloud: Cloud, name: str) -> Thing:
    return cloud.make(
        IP_SET,
        name,
        {
            "scope": "REGIONAL",
            "ipAddressVersion": "IPV4",
            "description": "who may come",
            "addresses": ["203.0.113.0/24", "198.51.100.0/24"],
            "tags": {"Name": name},
        },
    )


def acl(cloud: Cloud, name: str, set_arn: str) -> Thing:
    known = {"ipSetReferenceStatement": {"arn": set_arn}}
    asked = {
        "byteMatchStatement": {
            "searchString": "/robots.txt",
            "positionalConstraint": "EXACTLY",
            "fieldToMatch": {"uriPath": {}},
            "textTransformations": [{"priority": 0, "type": "NONE"}],
        }
    }
    others = {"notStatement": {"statement": {"orStatement": {"statements": [known, asked]}}}}
    managed = {
        "managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}
    }
    return cloud.make(
        ACL,
        name,
        {
            "scope": "REGIONAL",
            "defaultAction": {"allow": {}},
            "rules": [
                {
                    "name": "networks",
                    "priority": 0,
                    "action": {"block": {}},
                    "statement": others,
                    "visibilityConfig": seen("networks"),
                },
                {
                    "name": "common",
                    "priority": 1,
                    "overrideAction": {"none": {}},
                    "statement": managed,
                    "visibilityConfig": seen("common"),
                },
            ],
            "visibilityConfig": seen(name),
            "tags": {"Name": name},
        },
    )


def test_an_ip_set_lives_changes_and_goes(cloud: Cloud) -> None:
    made = ip_set(cloud, "life")
    settled(made)
    made.update(addresses=["192.0.2.0/24"], tags={"Name": "life", "More": "1"})
    settled(made)
    assert made.plan(scope="CLOUDFRONT").replaces == {"scope"}
    waf = cloud.boto3("wafv2")
    named = {"Id": made.id, "Name": made.inputs["name"], "Scope": "REGIONAL"}
    token = waf.get_ip_set(**named)["LockToken"]
    kept = {"Description": "who may come"}
    waf.update_ip_set(**named, **kept, LockToken=token, Addresses=["192.0.2.128/25"])
    assert made.refresh() == {"addresses"}
    made.delete()
    assert made.refresh() is None


def test_a_web_acl_lives_changes_and_goes(cloud: Cloud) -> None:
    networks = ip_set(cloud, "guests")
    guard = acl(cloud, "guard", networks.props["arn"])
    settled(guard)
    rules = [guard.inputs["rules"][0]]
    guard.update(rules=rules)
    settled(guard)
    with pytest.raises(SandboxError, match="WAFAssociatedItemException"):
        networks.delete()
    guard.delete()
    networks.delete()
    assert guard.refresh() is None


def test_a_rule_that_refers_to_no_ip_set_is_refused(cloud: Cloud) -> None:
    arn = "arn:aws:wafv2:eu-west-1:222222222222:regional/ipset/no/1"
    with pytest.raises(SandboxError, match="WAFNonexistentItemException"):
        acl(cloud, "lost", arn)


def test_a_rule_that_comes_later_refers_to_an_ip_set_that_exists(cloud: Cloud) -> None:
    networks = ip_set(cloud, "later")
    guard = acl(cloud, "later", networks.props["arn"])
    missing = {"ipSetReferenceStatement": {"arn": networks.props["arn"].replace("later", "never")}}
    rule = {**guard.inputs["rules"][0], "statement": missing}
    with pytest.raises(SandboxError, match="WAFNonexistentItemException"):
        guard.update(rules=[rule])
    guard.delete()
    networks.delete()


def test_what_the_program_takes_away_is_gone_from_the_cloud(cloud: Cloud) -> None:
    networks = ip_set(cloud, "less")
    guard = acl(cloud, "less", networks.props["arn"])
    guard.update(
        description="much",
        tokenDomains=["shop.example"],
        captchaConfig={"immunityTimeProperty": {"immunityTime": 120}},
    )
    settled(guard)
    guard.update(description=None, rules=None, tokenDomains=None, captchaConfig=None)
    settled(guard)
    networks.update(description=None)
    settled(networks)

    waf = cloud.boto3("wafv2")
    named = {"Id": guard.id, "Name": guard.inputs["name"], "Scope": "REGIONAL"}
    live = waf.get_web_acl(**named)["WebACL"]
    assert (live["Rules"], live["Description"]) == ([], "")
    assert not {"TokenDomains", "CaptchaConfig"} & set(live)
    named = {"Id": networks.id, "Name": networks.inputs["name"], "Scope": "REGIONAL"}
    assert waf.get_ip_set(**named)["IPSet"]["Description"] == ""
    guard.delete()
    networks.delete()


def test_the_text_that_a_rule_searches_for_is_read_as_text(cloud: Cloud) -> None:
    statement = {
        "byteMatchStatement": {
            "searchString": "bad",
            "positionalConstraint": "CONTAINS",
            "fieldToMatch": {"uriPath": {}},
            "textTransformations": [{"priority": 0, "type": "NONE"}],
        }
    }
    rule = {
        "name": "bad",
        "priority": 0,
        "action": {"block": {}},
        "statement": statement,
        "visibilityConfig": seen("bad"),
    }
    inputs = {
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "rules": [rule],
        "visibilityConfig": seen("search"),
        "tags": {"Name": "search"},
    }
    guard = cloud.make(ACL, "search", inputs)
    settled(guard)
    assert guard.imported()["rules"] == [rule]
    guard.delete()


def test_an_object_is_read_by_its_id_alone(cloud: Cloud) -> None:
    networks = ip_set(cloud, "alone")
    assert networks.imported()["name"] == networks.inputs["name"]
    assert cloud.provider.read(networks.urn, "no-such-id", {}, {}) is None
    networks.delete()


def test_a_nested_key_that_waf_has_not_is_refused_in_preview(cloud: Cloud) -> None:
    inputs = {
        "scope": "REGIONAL",
        "defaultAction": {"welcome": {}},
        "visibilityConfig": seen("x"),
    }
    assert "defaultAction.welcome" in cloud.problems(ACL, inputs)
    inputs["defaultAction"] = {"allow": {}}
    inputs["scope"] = "LOCAL"
    assert cloud.problems(ACL, inputs)["scope"] == "must be one of CLOUDFRONT, REGIONAL"


def test_an_acl_guards_a_load_balancer_and_logs(cloud: Cloud) -> None:
    networks = ip_set(cloud, "known")
    guard = acl(cloud, "gate", networks.props["arn"])
    vpc = cloud.make(
        "aws:ec2/vpc:Vpc", "waf", {"cidrBlock": "10.77.0.0/16", "tags": {"Name": "waf"}}
    )
    ec2, elb = cloud.boto3("ec2"), cloud.boto3("elbv2")
    subnets = [
        ec2.create_subnet(
            VpcId=vpc.id, CidrBlock=f"10.77.{n}.0/24", AvailabilityZone=f"eu-west-1{z}"
        )
        for n, z in enumerate("ab")
    ]
    balancer = elb.create_load_balancer(
        Name="waf", Subnets=[subnet["Subnet"]["SubnetId"] for subnet in subnets]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    link = cloud.make(
        ASSOCIATION, "link", {"resourceArn": balancer, "webAclArn": guard.props["arn"]}
    )
    settled(link)
    log = cloud.make(
        LOGGING,
        "log",
        {
            "resourceArn": guard.props["arn"],
            "logDestinationConfigs": [
                "arn:aws:logs:eu-west-1:222222222222:log-group:aws-waf-logs-gate"
            ],
            "redactedFields": [{"singleHeader": {"name": "authorization"}}],
        },
    )
    settled(log)
    with pytest.raises(SandboxError, match="guards load balancer waf"):
        guard.delete()
    log.delete()
    assert log.refresh() is None
    link.delete()
    assert link.refresh() is None
    guard.delete()
    elb.delete_load_balancer(LoadBalancerArn=balancer)


def test_a_log_destination_by_another_name_is_refused(cloud: Cloud) -> None:
    inputs = {
        "resourceArn": "arn:aws:wafv2:eu-west-1:222222222222:regional/webacl/a/1",
        "logDestinationConfigs": ["arn:aws:logs:eu-west-1:222222222222:log-group:mine"],
    }
    with pytest.raises(SandboxError, match="must begin with aws-waf-logs-"):
        cloud.make(LOGGING, "bad", inputs)
