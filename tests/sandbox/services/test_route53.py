"""Zones, health checks and query logs of Route 53 through their lives on moto."""

import json

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.servicer import PartialError
from tests.support.cloud import Cloud, Thing, settled, tell

ZONE = "aws:route53/zone:Zone"
CHECK = "aws:route53/healthCheck:HealthCheck"
LOG = "aws:route53/queryLog:QueryLog"
RECORD = "aws:route53/record:Record"


def test_a_zone_lives_changes_and_goes(cloud: Cloud) -> None:
    given = {"name": "life.example.net", "comment": "first", "tags": {"Name": "life"}}
    zone = cloud.make(ZONE, "life", {**given, "forceDestroy": False})
    settled(zone)
    assert zone.props["arn"] == f"arn:aws:route53:::hostedzone/{zone.id}"
    assert zone.props["zoneId"] == zone.id
    assert len(zone.props["nameServers"]) == 4
    zone.update(comment="second", tags={"More": "yes"})
    settled(zone)
    assert zone.imported() == {
        "name": "life.example.net",
        "comment": "second",
        "tags": {"More": "yes"},
    }
    cloud.boto3("route53").update_hosted_zone_comment(Id=zone.id, Comment="by hand")
    assert zone.refresh() == {"comment"}
    zone.delete()
    assert zone.refresh() is None


def test_a_zone_with_records_goes_only_by_force(cloud: Cloud) -> None:
    zone = cloud.make(ZONE, "full", {"name": "full.example.net", "tags": {"Name": "full"}})
    record = {"zoneId": zone.id, "name": "www", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}
    cloud.make(RECORD, "www", record)
    with pytest.raises(SandboxError, match="HostedZoneNotEmpty"):
        zone.delete()
    zone.update(forceDestroy=True)
    zone.delete()
    assert zone.refresh() is None


def test_a_private_zone_follows_its_networks(cloud: Cloud) -> None:
    ec2 = cloud.boto3("ec2")
    first, second = (
        {"vpcId": ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"], "vpcRegion": "eu-west-1"}
        for cidr in ("10.60.0.0/16", "10.61.0.0/16")
    )
    zone = cloud.make(ZONE, "own", {"name": "own.example.net", "vpcs": [first]})
    settled(zone)
    zone.update(vpcs=[first, second])
    settled(zone)
    zone.update(vpcs=[second])
    settled(zone)
    zone.delete()


def test_a_health_check_lives_changes_and_goes(cloud: Cloud) -> None:
    check = cloud.make(
        CHECK,
        "site",
        {
            "type": "HTTPS",
            "fqdn": "www.example.net",
            "port": 443,
            "resourcePath": "/healthz",
            "requestInterval": 30,
            "failureThreshold": 3,
            "enableSni": True,
            "regions": ["eu-west-1", "us-east-1", "us-west-1"],
            "tags": {"Name": "site"},
        },
    )
    settled(check)
    assert check.props["arn"] == f"arn:aws:route53:::healthcheck/{check.id}"
    check.update(failureThreshold=5, tags={"Name": "site", "More": "yes"})
    settled(check)
    assert check.plan(requestInterval=10).replaces == {"requestInterval"}
    assert check.imported()["fqdn"] == "www.example.net"
    cloud.boto3("route53").update_health_check(
        HealthCheckId=check.id, ResourcePath="/other", Regions=check.inputs["regions"]
    )
    assert check.refresh() == {"resourcePath"}
    check.delete()
    assert check.refresh() is None


def test_what_a_program_takes_from_a_health_check_is_gone(cloud: Cloud) -> None:
    given = {
        "type": "HTTPS",
        "ipAddress": "192.0.2.1",
        "fqdn": "www.example.net",
        "port": 8443,
        "requestInterval": 30,
        "resourcePath": "/healthz",
        "invertHealthcheck": True,
        "disabled": True,
        "regions": ["eu-west-1", "us-east-1", "us-west-1"],
        "tags": {"Name": "less"},
    }
    check = cloud.make(CHECK, "less", given)
    settled(check)
    gone = ("fqdn", "resourcePath", "invertHealthcheck", "disabled", "regions")
    check.update(**dict.fromkeys(gone))
    settled(check)
    answer = cloud.boto3("route53").get_health_check(HealthCheckId=check.id)["HealthCheck"]
    live = answer["HealthCheckConfig"]
    assert (live["Inverted"], live["Disabled"], live["Port"]) == (False, False, 8443)
    assert not {"FullyQualifiedDomainName", "ResourcePath", "Regions"} & set(live)
    with pytest.raises(SandboxError, match="InvalidInput: an address"):
        check.update(ipAddress=None, fqdn="www.example.net")
    check.delete()


def test_a_health_check_says_what_it_asks(cloud: Cloud) -> None:
    assert cloud.problems(CHECK, {"type": "TCP"}) == {
        "fqdn": "is required for TCP, or ipAddress",
        "port": "is required for TCP",
    }


def test_what_was_made_and_not_yet_tagged_is_found(cloud: Cloud) -> None:
    fault = {"kind": "fail", "operation": "route53.change_tags_for_resource"}
    tagged, interval = {"tags": {"Name": "late"}}, {"requestInterval": 30}
    for token, inputs in (
        (ZONE, {"name": "late.example.net", **tagged}),
        (CHECK, {"type": "HTTP", "fqdn": "late.example.net", "port": 80, **interval, **tagged}),
    ):
        urn = f"urn:pulumi:test::understudy::{token}::late"
        other = f"urn:pulumi:test::understudy::{token}::other"
        tell(cloud, "faults", [fault])
        with pytest.raises(PartialError) as caught:
            cloud.provider.create(urn, inputs)
        assert cloud.provider.find(urn, inputs) == caught.value.id
        assert cloud.provider.find(urn, inputs, {caught.value.id}) is None
        assert cloud.provider.find(other, inputs) is None
        made = caught.value
        cloud.provider.update(urn, made.id, inputs, inputs, made.props)
        thing = Thing(cloud, urn, made.id, inputs, made.props)
        settled(thing)
        thing.delete()


def test_a_private_zone_left_half_made_is_finished(cloud: Cloud) -> None:
    ec2 = cloud.boto3("ec2")
    vpcs = [
        {"vpcId": ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"], "vpcRegion": "eu-west-1"}
        for cidr in ("10.62.0.0/16", "10.63.0.0/16")
    ]
    urn = f"urn:pulumi:test::understudy::{ZONE}::half"
    inputs = {"name": "half.example.net", "vpcs": vpcs}
    tell(cloud, "faults", [{"kind": "fail", "operation": "route53.associate_vpc*"}])
    with pytest.raises(PartialError) as caught:
        cloud.provider.create(urn, inputs)
    made = caught.value
    props = cloud.provider.update(urn, made.id, inputs, inputs, made.props)
    settled(Thing(cloud, urn, made.id, inputs, props))
    assert props["vpcs"] == vpcs


def test_a_health_check_of_an_alarm_keeps_what_moto_drops(cloud: Cloud) -> None:
    given = {
        "type": "CLOUDWATCH_METRIC",
        "cloudwatchAlarmName": "down",
        "cloudwatchAlarmRegion": "eu-west-1",
        "insufficientDataHealthStatus": "Unhealthy",
        "tags": {"Name": "alarm"},
    }
    with pytest.raises(SandboxError, match="there is no alarm down"):
        cloud.make(CHECK, "alarm", given)
    cloud.boto3("cloudwatch").put_metric_alarm(
        AlarmName="down",
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
    )
    check = cloud.make(CHECK, "alarm", given)
    settled(check)
    assert "port" not in check.imported()
    check.delete()


def test_a_query_log_needs_a_group_in_us_east_1_that_it_may_write_to(cloud: Cloud) -> None:
    zone = cloud.make(ZONE, "logged", {"name": "logged.example.net"})
    logs = cloud.boto3("logs", "us-east-1")
    logs.create_log_group(logGroupName="/aws/route53/logged.example.net")
    group = "arn:aws:logs:us-east-1:222222222222:log-group:/aws/route53/logged.example.net"
    given = {"zoneId": zone.id, "cloudwatchLogGroupArn": group}
    elsewhere = {**given, "cloudwatchLogGroupArn": group.replace("us-east-1", "eu-west-1")}
    assert "us-east-1" in cloud.problems(LOG, elsewhere)["cloudwatchLogGroupArn"]
    with pytest.raises(SandboxError, match="InsufficientCloudWatchLogsResourcePolicy"):
        cloud.make(LOG, "queries", given)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{group}:*",
    }
    logs.put_resource_policy(
        policyName="queries",
        policyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    log = cloud.make(LOG, "queries", given)
    settled(log)
    assert log.props["arn"] == f"arn:aws:route53:::queryloggingconfig/{log.id}"
    assert log.imported() == given
    log.delete()
    assert log.refresh() is None
    logs.delete_resource_policy(policyName="queries")
