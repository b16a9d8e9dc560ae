"""Load balancers through their lives on moto."""

import pytest

from sandbox.errors import SandboxError
from tests.support.balancing import BALANCER, TARGETS, Entrance, forward, log_bucket
from tests.support.cloud import Cloud, settled


def test_a_load_balancer_lives_changes_and_goes(cloud: Cloud) -> None:
    place = Entrance(cloud, "life-alb")
    made = place.balancer(idleTimeout=30, dropInvalidHeaderFields=True, enableHttp2=True)
    settled(made)
    assert made.props["dnsName"].endswith("eu-west-1.elb.amazonaws.com")
    assert made.props["zoneId"] == "Z32O12XQLNTSW2"
    assert made.props["arnSuffix"].startswith("app/life-alb-")
    assert made.props["vpcId"] == place.vpc.id
    more = [subnet.id for subnet in place.subnets]
    made.update(subnets=more, idleTimeout=45, tags={"Name": "life-alb", "More": "1"})
    settled(made)
    made.update(idleTimeout=None, dropInvalidHeaderFields=None)
    made.refresh()
    assert made.props["idleTimeout"] == 60
    assert made.props["dropInvalidHeaderFields"] is False
    assert made.plan(internal=True).replaces == {"internal"}
    assert made.plan(name="other").replaces == {"name"}
    assert not made.plan(subnets=more[:2], securityGroups=[]).replaces
    elb = cloud.boto3("elbv2")
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=made.id,
        Attributes=[{"Key": "routing.http2.enabled", "Value": "false"}],
    )
    elb.set_subnets(LoadBalancerArn=made.id, Subnets=more[1:])
    assert made.refresh() == {"enableHttp2", "subnets"}
    assert made.imported()["enableHttp2"] is False
    made.delete()
    assert made.refresh() is None


def test_deletion_protection_is_obeyed_until_it_is_lifted(cloud: Cloud) -> None:
    made = Entrance(cloud, "kept-alb").balancer(enableDeletionProtection=True)
    with pytest.raises(SandboxError, match="OperationNotPermitted.*deletion protection"):
        made.delete()
    settled(made)
    made.update(enableDeletionProtection=False)
    made.delete()
    assert made.refresh() is None


def test_logs_are_written_only_where_the_policy_lets_them(cloud: Cloud) -> None:
    place = Entrance(cloud, "logged-alb")
    bucket = log_bucket(cloud, "logged-alb-logs", "web")
    block = {"bucket": bucket, "prefix": "web", "enabled": True}
    with pytest.raises(SandboxError, match="Access Denied for bucket: logged-alb-logs"):
        place.balancer(accessLogs={**block, "prefix": "elsewhere"})
    made = place.balancer(accessLogs=block)
    settled(made)
    elb = cloud.boto3("elbv2")
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=made.id, Attributes=[{"Key": "access_logs.s3.enabled", "Value": "false"}]
    )
    assert made.refresh() == {"accessLogs"}
    made.update(accessLogs=block)
    made.update(accessLogs=None)
    pairs = elb.describe_load_balancer_attributes(LoadBalancerArn=made.id)["Attributes"]
    assert {"Key": "access_logs.s3.enabled", "Value": "false"} in pairs
    made.delete()


def test_a_key_taken_from_a_block_goes_back_to_the_providers_default(cloud: Cloud) -> None:
    place = Entrance(cloud, "less-alb")
    bucket = log_bucket(cloud, "less-alb-logs", "*")
    block = {"bucket": bucket, "prefix": "old", "enabled": True}
    balancer = place.balancer(accessLogs=block)
    without = {"bucket": bucket, "enabled": True}
    policy = cloud.boto3("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    cloud.boto3("s3").put_bucket_policy(Bucket=bucket, Policy=policy.replace("/*/AWS", "/AWS"))
    balancer.update(accessLogs=without)
    settled(balancer)
    elb = cloud.boto3("elbv2")
    pairs = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer.id)["Attributes"]
    assert {"Key": "access_logs.s3.prefix", "Value": ""} in pairs

    check = {"path": "/h", "interval": 10, "port": "8081", "timeout": 5, "healthyThreshold": 2}
    sticks = {"type": "lb_cookie", "enabled": True, "cookieDuration": 600}
    least = {"dnsFailover": {"minimumHealthyTargetsCount": "2"}}
    targets = place.targets(healthCheck=check, stickiness=sticks, targetGroupHealth=least)
    settled(targets)
    sticks = {"type": "lb_cookie", "enabled": True}
    targets.update(healthCheck={"path": "/h"}, stickiness=sticks, targetGroupHealth=None)
    settled(targets)
    (live,) = elb.describe_target_groups(TargetGroupArns=[targets.id])["TargetGroups"]
    assert live["HealthCheckPort"] == "traffic-port"
    assert (live["HealthCheckIntervalSeconds"], live["HealthyThresholdCount"]) == (30, 3)
    pairs = elb.describe_target_group_attributes(TargetGroupArn=targets.id)["Attributes"]
    values = {pair["Key"]: pair["Value"] for pair in pairs}
    assert values["stickiness.lb_cookie.duration_seconds"] == "86400"
    assert values["target_group_health.dns_failover.minimum_healthy_targets.count"] == "off"
    targets.delete()
    balancer.delete()


def test_where_clients_are_led_goes_back_to_any_zone(cloud: Cloud) -> None:
    made = Entrance(cloud, "led-nlb").balancer(
        loadBalancerType="network", dnsRecordClientRoutingPolicy="availability_zone_affinity"
    )
    made.update(dnsRecordClientRoutingPolicy=None)
    made.refresh()
    assert made.props["dnsRecordClientRoutingPolicy"] == "any_availability_zone"
    made.delete()


@pytest.mark.parametrize(
    ("inputs", "where"),
    [
        ({"subnets": ["subnet-1", "subnet-2"], "name": "a--b"}, "name"),
        ({"subnets": ["subnet-1", "subnet-2"], "name": "internal-a"}, "name"),
        ({"subnets": ["subnet-1", "subnet-2"], "name": "x" * 33}, "name"),
        ({}, "subnets"),
        ({"subnets": ["subnet-1"]}, "subnets"),
        ({"subnets": ["a", "b"], "subnetMappings": [{"subnetId": "c"}]}, "subnets"),
        ({"subnets": ["a", "b"], "loadBalancerType": "classic"}, "loadBalancerType"),
        ({"subnets": ["a", "b"], "ipAddressType": "ipv5"}, "ipAddressType"),
        ({"subnets": ["a", "b"], "accessLogs": {"bucket": "b", "when": 1}}, "accessLogs.when"),
        ({"subnets": ["a", "b"], "desyncMitigationMode": "bogus"}, "desyncMitigationMode"),
        ({"subnets": ["a", "b"], "idleTimeout": -4}, "idleTimeout"),
        ({"subnets": ["a", "b"], "enableHttp2": "maybe"}, "enableHttp2"),
        ({"subnets": ["a", "b"], "xffHeaderProcessingMode": "zzz"}, "xffHeaderProcessingMode"),
        ({"subnets": ["a", "b"], "stickyness": True}, "stickyness"),
    ],
)
def test_what_aws_would_refuse_is_refused_in_preview(
    cloud: Cloud, inputs: dict[str, object], where: str
) -> None:
    assert where in cloud.problems(BALANCER, inputs)


def test_the_network_must_be_one_with_two_zones(cloud: Cloud) -> None:
    here, there = Entrance(cloud, "here-alb"), Entrance(cloud, "there-alb")
    mixed = [here.subnets[0].id, there.subnets[1].id]
    with pytest.raises(SandboxError, match="one a zone, of one VPC"):
        here.balancer(subnets=mixed)
    with pytest.raises(SandboxError, match="InvalidSecurityGroup"):
        here.balancer(securityGroups=[there.group.id])
    with pytest.raises(SandboxError, match="SubnetNotFound"):
        here.balancer(subnets=[here.subnets[0].id, "subnet-00000000"])


def test_a_name_is_taken_once(cloud: Cloud) -> None:
    place = Entrance(cloud, "twice-alb")
    made = place.balancer(name="twice")
    with pytest.raises(SandboxError, match="DuplicateLoadBalancerName"):
        place.balancer(name="twice")
    made.delete()


def test_a_target_group_lives_changes_and_goes(cloud: Cloud) -> None:
    place = Entrance(cloud, "life-tg")
    check = {
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
    made = place.targets(
        healthCheck=check,
        protocolVersion="HTTP1",
        ipAddressType="ipv4",
        deregistrationDelay=60,
        slowStart=30,
        loadBalancingAlgorithmType="round_robin",
        stickiness={"enabled": True, "type": "lb_cookie", "cookieDuration": 3600},
        targetGroupHealth={"dnsFailover": {"minimumHealthyTargetsCount": "1"}},
    )
    settled(made)
    assert made.props["arnSuffix"].startswith("targetgroup/life-tg-targets-")
    changed = {**check, "path": "/ready", "interval": 20, "matcher": "200-299"}
    made.update(healthCheck=changed, deregistrationDelay=30, tags={"Name": "new"})
    settled(made)
    made.update(stickiness=None, slowStart=None, deregistrationDelay=None)
    made.refresh()
    assert made.props["stickiness"]["enabled"] is False
    assert (made.props["slowStart"], made.props["deregistrationDelay"]) == (0, 300)
    assert made.plan(port=80, protocol="HTTPS").replaces == {"port", "protocol"}
    assert not made.plan(healthCheck=check).replaces
    elb = cloud.boto3("elbv2")
    elb.modify_target_group(TargetGroupArn=made.id, HealthCheckPath="/elsewhere")
    elb.modify_target_group_attributes(
        TargetGroupArn=made.id,
        Attributes=[{"Key": "load_balancing.algorithm.type", "Value": "weighted_random"}],
    )
    assert made.refresh() == {"healthCheck", "loadBalancingAlgorithmType"}
    assert made.imported()["healthCheck"]["path"] == "/elsewhere"
    made.delete()
    assert made.refresh() is None


def test_lists_of_one_block_are_carried(cloud: Cloud) -> None:
    made = Entrance(cloud, "nlb-tg").targets(
        protocol="TCP",
        preserveClientIp="true",
        targetFailovers=[{"onDeregistration": "rebalance", "onUnhealthy": "rebalance"}],
        targetHealthStates=[
            {"enableUnhealthyConnectionTermination": False, "unhealthyDrainingInterval": 60}
        ],
    )
    settled(made)
    key = "target_health_state.unhealthy.draining_interval_seconds"
    cloud.boto3("elbv2").modify_target_group_attributes(
        TargetGroupArn=made.id, Attributes=[{"Key": key, "Value": "120"}]
    )
    assert made.refresh() == {"targetHealthStates"}
    made.delete()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"port": None}, "port"),
        ({"vpcId": None}, "vpcId"),
        ({"protocol": "SPDY"}, "protocol"),
        ({"targetType": "pod"}, "targetType"),
        ({"deregistrationDelay": 3601}, "deregistrationDelay"),
        ({"slowStart": 10}, "slowStart"),
        ({"slowStart": 60, "loadBalancingAlgorithmType": "weighted_random"}, "slowStart"),
        ({"healthCheck": {"path": "healthz"}}, "healthCheck.path"),
        ({"healthCheck": {"interval": 10, "timeout": 10}}, "healthCheck.timeout"),
        ({"healthCheck": {"interval": 4, "timeout": 2}}, "healthCheck.interval"),
        ({"healthCheck": {"matcher": "ok"}}, "healthCheck.matcher"),
        ({"healthCheck": {"pathh": "/"}}, "healthCheck.pathh"),
        ({"healthCheck": {"healthyThreshold": 1}}, "healthCheck.healthyThreshold"),
        ({"name": "a_b"}, "name"),
        ({"loadBalancingAlgorithmType": "bogus"}, "loadBalancingAlgorithmType"),
        ({"stickiness": {"type": "bogus"}}, "stickiness.type"),
        ({"stickiness": {"type": "lb_cookie", "cookieDurationX": 5}}, "stickiness.cookieDurationX"),
        ({"stickiness": {"type": "app_cookie"}}, "stickiness.cookieName"),
        ({"targetFailovers": [{"nope": 1}]}, "targetFailovers[0].nope"),
        ({"targetHealthStates": [{"nope": 1}]}, "targetHealthStates[0].nope"),
        ({"targetGroupHealth": {"nope": {}}}, "targetGroupHealth.nope"),
        ({"targetGroupHealth": {"dnsFailover": {"n": 1}}}, "targetGroupHealth.dnsFailover.n"),
    ],
)
def test_a_bad_target_group_is_refused_in_preview(
    cloud: Cloud, change: dict[str, object], where: str
) -> None:
    inputs = {"vpcId": "vpc-1", "port": 80, "protocol": "HTTP", **change}
    given = {name: value for name, value in inputs.items() if value is not None}
    assert where in cloud.problems(TARGETS, given)


def test_a_target_group_that_a_listener_sends_to_stays(cloud: Cloud) -> None:
    place = Entrance(cloud, "used-tg")
    balancer, targets = place.balancer(), place.targets()
    listener = place.listener(balancer, [forward(targets)])
    with pytest.raises(SandboxError, match="ResourceInUse"):
        targets.delete()
    listener.delete()
    targets.delete()
    assert targets.refresh() is None
