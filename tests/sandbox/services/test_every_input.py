"""Inputs that no other test gives: each is shown as it was asked for, or says why not.

``Cloud.make`` asserts it for all that it makes; here stands what is left.
"""

import json
from typing import Any

import pytest

from sandbox.provider.values import Props
from tests.support.balancing import Entrance
from tests.support.cloud import ACCOUNT, Cloud, settled
from tests.support.ecs import TRUST, role_of, task_inputs
from tests.support.foundations import a_role
from tests.support.network import make_vpc

TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"
SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": False}
ALARM: Props = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 3,
    "metricName": "Latency",
    "namespace": "AWS/ELB",
    "period": 60,
    "threshold": 80,
}
ALONE: dict[str, tuple[str, Props]] = {
    "alarm": (
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            **ALARM,
            "extendedStatistic": "p99",
            "evaluateLowSampleCountPercentiles": "ignore",
            "insufficientDataActions": [TOPIC],
            "unit": "Seconds",
        },
    ),
    "composite": (
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {
            "alarmName": "composite",
            "alarmRule": "FALSE",
            "actionsEnabled": False,
            "insufficientDataActions": [TOPIC],
            "okActions": [TOPIC],
        },
    ),
    "parameter": (
        "aws:ssm/parameter:Parameter",
        {"type": "String", "value": "ami-12345678", "dataType": "text", "tier": "Advanced"},
    ),
    "policy": (
        "aws:iam/policy:Policy",
        {
            "description": "d",
            "path": "/app/",
            "policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
                }
            ),
        },
    ),
    "role": ("aws:iam/role:Role", {"path": "/app/", "assumeRolePolicy": TRUST}),
    "key": ("aws:kms/key:Key", {"isEnabled": False, "multiRegion": True}),
    "topic": (
        "aws:sns/topic:Topic",
        {
            "deliveryPolicy": json.dumps(
                {"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 1, "numRetries": 3}}}
            ),
        },
    ),
    "vpc": (
        "aws:ec2/vpc:Vpc",
        {
            "cidrBlock": "10.61.0.0/16",
            "enableNetworkAddressUsageMetrics": True,
            "instanceTenancy": "dedicated",
        },
    ),
    "restores": (
        "aws:backup/restoreTestingPlan:RestoreTestingPlan",
        {
            "name": "zone",
            "scheduleExpression": "cron(0 5 ? * SUN *)",
            "scheduleExpressionTimezone": "Europe/Dublin",
            "recoveryPointSelection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "includeVaults": ["*"],
                "recoveryPointTypes": ["SNAPSHOT"],
            },
        },
    ),
    "firewall": (
        "aws:wafv2/webAcl:WebAcl",
        {
            "scope": "REGIONAL",
            "description": "who may pass",
            "defaultAction": {"allow": {}},
            "visibilityConfig": SEEN,
            "captchaConfig": {"immunityTimeProperty": {"immunityTime": 120}},
            "challengeConfig": {"immunityTimeProperty": {"immunityTime": 320}},
            "tokenDomains": ["example.net"],
        },
    ),
    "health": (
        "aws:route53/healthCheck:HealthCheck",
        {
            "type": "HTTP_STR_MATCH",
            "ipAddress": "192.0.2.1",
            "port": 80,
            "searchString": "ok",
            "disabled": True,
            "invertHealthcheck": True,
            "measureLatency": True,
        },
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_an_object_that_needs_no_other(cloud: Cloud, name: str) -> None:
    token, inputs = ALONE[name]
    made = cloud.make(token, f"all-{name}", {"tags": {"Name": f"all-{name}"}, **inputs})
    settled(made)
    made.delete()


def test_a_load_balancer_and_a_target_group(cloud: Cloud) -> None:
    entrance = Entrance(cloud, "all")
    balancer = entrance.balancer(
        internal=True,
        ipAddressType="ipv4",
        clientKeepAlive=600,
        desyncMitigationMode="strictest",
        enableTlsVersionAndCipherSuiteHeaders=True,
        enableWafFailOpen=True,
        enableXffClientPort=True,
        enableZonalShift=True,
        preserveHostHeader=True,
        xffHeaderProcessingMode="preserve",
    )
    targets = entrance.targets(
        loadBalancingAnomalyMitigation="on",
        loadBalancingAlgorithmType="weighted_random",
        loadBalancingCrossZoneEnabled="true",
    )
    listener = entrance.listener(
        balancer,
        [{"type": "forward", "targetGroupArn": targets.id}],
        routingHttpResponseServerEnabled=False,
        routingHttpResponseXFrameOptionsHeaderValue="DENY",
        routingHttpResponseStrictTransportSecurityHeaderValue="max-age=63072000",
        routingHttpResponseContentSecurityPolicyHeaderValue="default-src 'self'",
    )
    for made in (listener, targets, balancer):
        settled(made)
        made.delete()


def test_what_is_scheduled_or_sent(cloud: Cloud) -> None:
    role = a_role(cloud, "all-events", "events.amazonaws.com", "scheduler.amazonaws.com")
    rule = cloud.make(
        "aws:cloudwatch/eventRule:EventRule",
        "all",
        {"name": "all", "scheduleExpression": "rate(1 hour)", "roleArn": role},
    )
    target: dict[str, Any] = {"rule": "all", "targetId": "t", "arn": TOPIC}
    for more in (
        {"inputPath": "$.detail"},
        {
            "arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q.fifo",
            "sqsTarget": {"messageGroupId": "g"},
        },
        {
            "arn": f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/s",
            "roleArn": role,
            "kinesisTarget": {"partitionKeyPath": "$.id"},
        },
    ):
        made = cloud.make("aws:cloudwatch/eventTarget:EventTarget", "all", {**target, **more})
        settled(made)
        made.delete()
    settled(rule)
    rule.delete()


def test_a_subnet_of_ipv6(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "all-six", assignGeneratedIpv6CidrBlock=True)
    block = str(vpc.props["ipv6CidrBlock"]).replace("/56", "/64")
    subnet = cloud.make(
        "aws:ec2/subnet:Subnet",
        "all-six",
        {
            "vpcId": vpc.id,
            "cidrBlock": str(vpc.inputs["cidrBlock"]).replace("/16", "/24"),
            "ipv6CidrBlock": block,
            "assignIpv6AddressOnCreation": True,
            "tags": {"Name": "all-six"},
        },
    )
    settled(subnet)
    bucket = cloud.make("aws:s3/bucket:Bucket", "all-flows", {"bucket": "all-flows"})
    flow = cloud.make(
        "aws:ec2/flowLog:FlowLog",
        "all",
        {
            "subnetId": subnet.id,
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": "arn:aws:s3:::all-flows",
            "logFormat": "${version} ${srcaddr}",
            "tags": {"Name": "all"},
        },
    )
    settled(flow)
    for made in (flow, bucket, subnet, vpc):
        made.delete()


def test_a_task_definition(cloud: Cloud) -> None:
    role = role_of(cloud, "all-task")
    made = cloud.make(
        "aws:ecs/taskDefinition:TaskDefinition",
        "all",
        {
            **task_inputs("all", executionRoleArn=role, taskRoleArn=role),
            "requiresCompatibilities": ["EC2"],
            "networkMode": "bridge",
            "pidMode": "task",
            "ipcMode": "none",
            "placementConstraints": [
                {"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}
            ],
        },
    )
    settled(made)
    made.delete()


@pytest.mark.parametrize("policy", ["failover", "geolocation", "latency", "multivalue"])
def test_a_record_of_every_policy(cloud: Cloud, policy: str) -> None:
    given: dict[str, Props] = {
        "failover": {"failoverRoutingPolicies": [{"type": "SECONDARY"}]},
        "geolocation": {"geolocationRoutingPolicies": [{"country": "IE"}]},
        "latency": {"latencyRoutingPolicies": [{"region": "eu-west-1"}]},
        "multivalue": {"multivalueAnswerRoutingPolicy": True},
    }
    domain = f"{policy}.example.net"
    zone = cloud.make("aws:route53/zone:Zone", policy, {"name": domain, "tags": {"Name": policy}})
    record = cloud.make(
        "aws:route53/record:Record",
        policy,
        {
            "zoneId": zone.id,
            "name": domain,
            "type": "A",
            "ttl": 60,
            "records": ["192.0.2.1"],
            "setIdentifier": "one",
            **given[policy],
        },
    )
    settled(record)
    record.delete()
    zone.delete()


def test_rules_of_either_kind_of_address(cloud: Cloud) -> None:
    entrance = Entrance(cloud, "all-rules")
    base = {"securityGroupId": entrance.group.id, "ipProtocol": "tcp", "fromPort": 1, "toPort": 2}
    for kind, address in (
        ("Egress", {"cidrIpv4": "10.0.0.0/8"}),
        ("Ingress", {"cidrIpv6": "::/0"}),
    ):
        token = f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"
        rule = cloud.make(token, f"all-{kind}", {**base, **address, "tags": {"Name": kind}})
        settled(rule)
        rule.delete()
