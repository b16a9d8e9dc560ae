"""What moto does wrong is right on the sandbox's server, as boto3 sees it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.cloud import Cloud


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


@pytest.fixture(name="network", scope="module")
def _network(cloud: Cloud) -> Iterator[dict[str, Any]]:
    ec2 = cloud.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.40.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}"
        )["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    yield {"ec2": ec2, "vpc": vpc, "subnets": subnets}
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_a_subnet_group_is_there_after_it_was_changed(
    cloud: Cloud, network: dict[str, Any]
) -> None:
    rds, subnets = cloud.boto3("rds"), network["subnets"]
    named = {"DBSubnetGroupName": "mended"}
    rds.create_db_subnet_group(**named, DBSubnetGroupDescription="x", SubnetIds=subnets)
    for _ in range(2):
        rds.modify_db_subnet_group(**named, DBSubnetGroupDescription="y", SubnetIds=subnets)

    groups = rds.describe_db_subnet_groups(**named)["DBSubnetGroups"]
    assert [group["DBSubnetGroupDescription"] for group in groups] == ["y"]
    rds.delete_db_subnet_group(**named)


def test_a_protected_load_balancer_is_not_deleted(cloud: Cloud, network: dict[str, Any]) -> None:
    elb = cloud.boto3("elbv2")
    made = elb.create_load_balancer(Name="mended", Subnets=network["subnets"])
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]

    def protect(*, wanted: bool) -> None:
        flag = {"Key": "deletion_protection.enabled", "Value": str(wanted).lower()}
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[flag])

    protect(wanted=True)
    with pytest.raises(ClientError) as caught:
        elb.delete_load_balancer(LoadBalancerArn=arn)
    assert code(caught) == "OperationNotPermitted"
    assert "deletion protection is enabled" in str(caught.value)
    assert elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    protect(wanted=False)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    with pytest.raises(ClientError) as caught:
        elb.describe_load_balancers(LoadBalancerArns=[arn])
    assert code(caught) == "LoadBalancerNotFound"


def test_a_composite_alarm_can_be_made_changed_and_deleted(cloud: Cloud) -> None:
    cloudwatch = cloud.boto3("cloudwatch")

    def put(description: str) -> Any:
        cloudwatch.put_composite_alarm(
            AlarmName="mended",
            AlarmRule="ALARM(a) OR ALARM(b)",
            AlarmDescription=description,
            AlarmActions=["arn:aws:sns:eu-west-1:222222222222:topic"],
        )
        return cloudwatch.describe_alarms(AlarmNames=["mended"], AlarmTypes=["CompositeAlarm"])[
            "CompositeAlarms"
        ]

    for description in ("one", "two"):
        found = put(description)
        assert [alarm["AlarmDescription"] for alarm in found] == [description]
        assert found[0]["AlarmRule"] == "ALARM(a) OR ALARM(b)"
        assert found[0]["AlarmActions"] == ["arn:aws:sns:eu-west-1:222222222222:topic"]
        assert found[0]["ActionsEnabled"] is True
    cloudwatch.delete_alarms(AlarmNames=["mended"])
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []


def test_the_members_of_a_default_group_may_talk_from_the_first(network: dict[str, Any]) -> None:
    filters = [{"Name": "vpc-id", "Values": [network["vpc"]]}]
    (group,) = network["ec2"].describe_security_groups(Filters=filters)["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert rule["IpProtocol"] == "-1"
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [group["GroupId"]]


def test_an_interface_endpoint_changes_its_names_subnets_and_policy(
    network: dict[str, Any],
) -> None:
    ec2, (one, two) = network["ec2"], network["subnets"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network["vpc"],
        ServiceName="com.amazonaws.eu-west-1.logs",
        VpcEndpointType="Interface",
        SubnetIds=[one],
        PrivateDnsEnabled=False,
        PolicyDocument='{"Statement": []}',
    )["VpcEndpoint"]["VpcEndpointId"]

    def shown() -> Any:
        return ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]

    before = len(shown()["NetworkInterfaceIds"])
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint, PrivateDnsEnabled=True, ResetPolicy=True, AddSubnetIds=[two]
    )
    assert shown()["PrivateDnsEnabled"] is True
    assert json.loads(shown()["PolicyDocument"])["Statement"] != []
    assert set(shown()["SubnetIds"]) == {one, two}
    assert len(shown()["NetworkInterfaceIds"]) == before + 1
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, RemoveSubnetIds=[two])
    assert shown()["SubnetIds"] == [one]
    assert len(shown()["NetworkInterfaceIds"]) == before
    assert shown()["PrivateDnsEnabled"] is True
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])


def test_a_gateway_endpoint_changes_its_routes(network: dict[str, Any]) -> None:
    ec2, vpc = network["ec2"], network["vpc"]
    one, two = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in "ab")
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-west-1.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[one],
    )["VpcEndpoint"]["VpcEndpointId"]

    def leads(table: str) -> bool:
        found = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return any(route.get("GatewayId") == endpoint for route in found)

    assert (leads(one), leads(two)) == (True, False)
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint, AddRouteTableIds=[two], RemoveRouteTableIds=[one]
    )
    assert (leads(one), leads(two)) == (False, True)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    for table in (one, two):
        ec2.delete_route_table(RouteTableId=table)


def test_a_metric_filter_is_replaced_by_one_of_its_name(cloud: Cloud) -> None:
    logs = cloud.boto3("logs")
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    for group in ("/mended/a", "/mended/b"):
        logs.create_log_group(logGroupName=group)
    for group, pattern in (("/mended/a", "one"), ("/mended/a", "two"), ("/mended/b", "three")):
        logs.put_metric_filter(
            logGroupName=group,
            filterName="errors",
            filterPattern=pattern,
            metricTransformations=[metric],
        )

    def patterns(group: str) -> list[str]:
        found = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
        return [each["filterPattern"] for each in found]

    assert (patterns("/mended/a"), patterns("/mended/b")) == (["two"], ["three"])
    logs.delete_log_group(logGroupName="/mended/a")
    assert (patterns("/mended/a"), patterns("/mended/b")) == ([], ["three"])
    logs.delete_log_group(logGroupName="/mended/b")


def test_a_log_group_changes_its_key_and_is_protected(cloud: Cloud) -> None:
    logs = cloud.boto3("logs")
    named = {"logGroupName": "/mended/key"}
    key = cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    logs.create_log_group(**named)

    def shown() -> Any:
        return logs.describe_log_groups(logGroupNamePrefix="/mended/key")["logGroups"][0]

    logs.associate_kms_key(**named, kmsKeyId=key)
    assert shown()["kmsKeyId"] == key
    logs.disassociate_kms_key(**named)
    assert "kmsKeyId" not in shown()
    for wanted in (True, False):
        logs.put_log_group_deletion_protection(
            logGroupIdentifier=shown()["arn"].removesuffix(":*"), deletionProtectionEnabled=wanted
        )
        if wanted:
            with pytest.raises(ClientError) as caught:
                logs.delete_log_group(**named)
            assert "Deletion protection is enabled" in str(caught.value)
    logs.delete_log_group(**named)
    with pytest.raises(ClientError) as caught:
        logs.associate_kms_key(**named, kmsKeyId=key)
    assert code(caught) == "ResourceNotFoundException"


def test_an_identity_provider_takes_and_loses_clients(cloud: Cloud) -> None:
    iam = cloud.boto3("iam")
    arn = iam.create_open_id_connect_provider(
        Url="https://token.example.com", ClientIDList=["one"], ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]

    def clients() -> list[str]:
        found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
        return list(found)

    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="two")
    assert clients() == ["one", "two"]
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="one")
    assert clients() == ["two"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def test_a_rule_changes_its_ports_and_description(
    network: dict[str, Any],
) -> None:
    ec2 = network["ec2"]
    group = ec2.create_security_group(GroupName="mended", Description="x", VpcId=network["vpc"])
    made = ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 80,
                "ToPort": 80,
                "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "one"}],
            }
        ],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    rule = {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "CidrIpv4": "10.0.0.0/8"}
    ec2.modify_security_group_rules(
        GroupId=group["GroupId"],
        SecurityGroupRules=[
            {"SecurityGroupRuleId": made, "SecurityGroupRule": {**rule, "Description": "two"}}
        ],
    )

    shown = ec2.describe_security_group_rules(SecurityGroupRuleIds=[made])["SecurityGroupRules"]
    assert [(each["FromPort"], each["Description"]) for each in shown] == [(81, "two")]
    ec2.delete_security_group(GroupId=group["GroupId"])


def test_a_key_that_signs_does_and_a_symmetric_one_keeps_what_it_is_late_to_make(
    cloud: Cloud,
) -> None:
    kms = cloud.boto3("kms")
    signs = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    given = {"KeyId": signs, "Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    assert kms.verify(**given, Signature=kms.sign(**given)["Signature"])["SignatureValid"]

    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    first, second = (kms.get_public_key(KeyId=symmetric)["PublicKey"] for _ in range(2))
    assert first == second
    other = kms.get_public_key(KeyId=signs)["PublicKey"]
    assert first != other
    assert len(first) == len(other)
