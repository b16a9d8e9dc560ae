"""Listeners and their rules through their lives on moto."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.balancing import LISTENER, RULE, Entrance, certificate, forward, issue
from tests.support.cloud import Cloud, Thing, settled

REDIRECT = {
    "type": "redirect",
    "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"},
}
CLOSED = {
    "type": "fixed-response",
    "fixedResponse": {"statusCode": "403", "contentType": "text/plain", "messageBody": "no"},
}


def split(first: Thing, second: Thing, weight: int) -> dict[str, Any]:
    """Return the action that shares requests between two target groups."""
    groups = [{"arn": first.id, "weight": weight}, {"arn": second.id, "weight": 100 - weight}]
    return {
        "type": "forward",
        "forward": {"targetGroups": groups, "stickiness": {"enabled": True, "duration": 600}},
    }


def rule(cloud: Cloud, listener: Thing, name: str, **inputs: Any) -> Thing:
    given = {"listenerArn": listener.id, "tags": {"Name": name}, **inputs}
    return cloud.make(RULE, name, given)


def test_a_listener_lives_changes_and_goes(cloud: Cloud) -> None:
    place = Entrance(cloud, "life-ls")
    balancer, blue, green = place.balancer(), place.targets("blue-ls"), place.targets("green-ls")
    made = place.listener(balancer, [REDIRECT])
    settled(made)
    made.update(defaultActions=[CLOSED], tags={"Name": "closed"})
    settled(made)
    made.update(defaultActions=[split(blue, green, 90)])
    settled(made)
    assert made.plan(loadBalancerArn="other").replaces == {"loadBalancerArn"}
    assert not made.plan(port=81).replaces
    elb = cloud.boto3("elbv2")
    elb.modify_listener(
        ListenerArn=made.id, DefaultActions=[{"Type": "forward", "TargetGroupArn": green.id}]
    )
    assert made.refresh() == {"defaultActions"}
    imported = made.imported()
    assert imported["defaultActions"][0]["targetGroupArn"] == green.id
    assert (imported["port"], imported["loadBalancerArn"]) == (80, balancer.id)
    made.update(defaultActions=[split(blue, green, 50)], port=8000)
    settled(made)
    made.delete()
    assert made.refresh() is None


def test_a_listener_serves_only_a_certificate_that_was_issued(cloud: Cloud) -> None:
    place = Entrance(cloud, "tls-ls")
    balancer, targets = place.balancer(), place.targets()
    arn = certificate(cloud, "tls-ls.example.com")
    tls = {"port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
    with pytest.raises(SandboxError, match="UnsupportedCertificate.*PENDING_VALIDATION"):
        place.listener(balancer, [forward(targets)], certificateArn=arn, **tls)
    with pytest.raises(SandboxError, match="CertificateNotFound"):
        place.listener(balancer, [forward(targets)], certificateArn=f"{arn}0", **tls)
    issue(cloud, arn, "tls-ls.example.com")
    made = place.listener(
        balancer,
        [forward(targets)],
        certificateArn=arn,
        routingHttpResponseServerEnabled=False,
        **tls,
    )
    settled(made)
    made.update(sslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06")
    settled(made)
    elb = cloud.boto3("elbv2")
    elb.modify_listener_attributes(
        ListenerArn=made.id,
        Attributes=[{"Key": "routing.http.response.server.enabled", "Value": "true"}],
    )
    elb.modify_listener(ListenerArn=made.id, SslPolicy="ELBSecurityPolicy-2016-08")
    assert made.refresh() == {"routingHttpResponseServerEnabled", "sslPolicy"}
    made.delete()


def test_a_port_is_listened_on_once(cloud: Cloud) -> None:
    place = Entrance(cloud, "port-ls")
    balancer = place.balancer()
    first = place.listener(balancer, [CLOSED])
    with pytest.raises(SandboxError, match="DuplicateListener.*port 80"):
        place.listener(balancer, [REDIRECT])
    second = place.listener(balancer, [REDIRECT], port=81)
    with pytest.raises(SandboxError, match="DuplicateListener"):
        second.update(port=80)
    assert first.found() == first.id
    assert second.found() == second.id


def test_targets_must_be_there_and_in_the_same_network(cloud: Cloud) -> None:
    place, other = Entrance(cloud, "near-ls"), Entrance(cloud, "far-ls")
    balancer, targets, far = place.balancer(), place.targets(), other.targets()
    with pytest.raises(SandboxError, match="InvalidConfigurationRequest"):
        place.listener(balancer, [forward(far)])
    listener = place.listener(balancer, [CLOSED])
    with pytest.raises(SandboxError, match="InvalidConfigurationRequest"):
        listener.update(defaultActions=[split(targets, far, 10)])
    far.delete()
    pages = [{"pathPattern": {"values": ["/x"]}}]
    with pytest.raises(SandboxError, match="TargetGroupNotFound"):
        rule(cloud, listener, "gone", priority=1, conditions=pages, actions=[forward(far)])


def test_a_rule_lives_changes_and_goes(cloud: Cloud) -> None:
    place = Entrance(cloud, "life-rule")
    balancer, blue, green = place.balancer(), place.targets("blue-r"), place.targets("green-r")
    listener = place.listener(balancer, [CLOSED])
    everything = [
        {"hostHeader": {"values": ["a.example.com", "b.example.com"]}},
        {"httpHeader": {"httpHeaderName": "X-Canary", "values": ["yes"]}},
        {"queryStrings": [{"key": "v", "value": "2"}, {"value": "beta"}]},
        {"sourceIp": {"values": ["203.0.113.0/24"]}},
        {"httpRequestMethod": {"values": ["GET"]}},
    ]
    made = rule(
        cloud, listener, "canary", priority=5, conditions=everything, actions=[forward(blue)]
    )
    settled(made)
    paths = [{"pathPattern": {"values": ["/robots.txt"]}}]
    made.update(conditions=paths, actions=[split(blue, green, 80)], priority=7)
    settled(made)
    assert made.plan(listenerArn="other").replaces == {"listenerArn"}
    elb = cloud.boto3("elbv2")
    elb.modify_rule(
        RuleArn=made.id, Conditions=[{"Field": "path-pattern", "Values": ["/elsewhere"]}]
    )
    elb.set_rule_priorities(RulePriorities=[{"RuleArn": made.id, "Priority": 9}])
    assert made.refresh() == {"conditions", "priority"}
    assert made.imported()["conditions"] == [{"pathPattern": {"values": ["/elsewhere"]}}]
    assert made.imported()["listenerArn"] == listener.id
    made.delete()
    assert made.refresh() is None


def test_a_rule_without_a_priority_comes_last(cloud: Cloud) -> None:
    place = Entrance(cloud, "last-rule")
    listener = place.listener(place.balancer(), [REDIRECT])
    pages = [{"pathPattern": {"values": ["/x"]}}]
    first = rule(cloud, listener, "first", priority=4, conditions=pages, actions=[CLOSED])
    last = rule(cloud, listener, "last", conditions=pages, actions=[CLOSED])
    assert last.props["priority"] == 5
    assert last.refresh() == set()
    with pytest.raises(SandboxError, match="PriorityInUse"):
        last.update(priority=4)
    first.delete()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"defaultActions": []}, "defaultActions"),
        ({"defaultActions": [{"type": "forward"}]}, "defaultActions[0]"),
        ({"defaultActions": [{"type": "redirect"}]}, "defaultActions[0]"),
        ({"defaultActions": [CLOSED, REDIRECT]}, "defaultActions[0]"),
        ({"defaultActions": [{"type": "refuse"}]}, "defaultActions[0].type"),
        (
            {"defaultActions": [{"type": "redirect", "redirect": {"statusCode": "HTTP_307"}}]},
            "defaultActions[0].RedirectConfig.StatusCode",
        ),
        ({"protocol": "HTTPS"}, "certificateArn"),
        ({"sslPolicy": "ELBSecurityPolicy-2016-08"}, "sslPolicy"),
        ({"port": 70000}, "port"),
        ({"mutualAuthentication": {"modus": "off"}}, "mutualAuthentication.modus"),
    ],
)
def test_a_bad_listener_is_refused_in_preview(
    cloud: Cloud, change: dict[str, Any], where: str
) -> None:
    inputs = {"loadBalancerArn": "arn", "port": 80, "defaultActions": [REDIRECT], **change}
    found = cloud.problems(LISTENER, inputs)
    assert any(each.lower() == where.lower() for each in found), found


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"priority": 50_001}, "priority"),
        ({"conditions": [{}]}, "conditions[0]"),
        (
            {"conditions": [{"sourceIp": {"values": []}, "pathPattern": {"values": ["/"]}}]},
            "conditions[0]",
        ),
        ({"conditions": [{"path": {"values": ["/"]}}]}, "conditions[0].path"),
        ({"actions": [{"type": "forward"}]}, "actions[0]"),
        ({"transforms": [{"type": "no"}]}, "transforms[0].Type"),
    ],
)
def test_a_bad_rule_is_refused_in_preview(cloud: Cloud, change: dict[str, Any], where: str) -> None:
    inputs = {
        "listenerArn": "arn",
        "priority": 1,
        "conditions": [{"pathPattern": {"values": ["/"]}}],
        "actions": [CLOSED],
        **change,
    }
    found = cloud.problems(RULE, inputs)
    assert any(each.lower() == where.lower() for each in found), found
