"""VPC endpoints and flow logs through their lives on moto."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.network import make_group, make_subnet, make_table, make_vpc

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
KMS, S3 = "com.amazonaws.eu-west-1.kms", "com.amazonaws.eu-west-1.s3"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"


@pytest.fixture
def vpc(cloud: Cloud) -> Iterator[Thing]:
    made = make_vpc(cloud, "ends")
    yield made
    made.delete()


def gateway(cloud: Cloud, vpc: Thing, *tables: Thing) -> Thing:
    inputs = {
        "vpcId": vpc.id,
        "serviceName": S3,
        "vpcEndpointType": "Gateway",
        "routeTableIds": [table.id for table in tables],
        "policy": POLICY,
        "tags": {"Name": "s3"},
    }
    return cloud.make(ENDPOINT, "s3", inputs)


def interface(cloud: Cloud, vpc: Thing, *subnets: Thing, **more: Any) -> Thing:
    inputs = {
        "vpcId": vpc.id,
        "serviceName": KMS,
        "vpcEndpointType": "Interface",
        "subnetIds": [subnet.id for subnet in subnets],
        "privateDnsEnabled": True,
        "tags": {"Name": "kms"},
    }
    return cloud.make(ENDPOINT, "kms", {**inputs, **more})


def routes(cloud: Cloud, table: Thing) -> list[str]:
    found = cloud.boto3("ec2").describe_route_tables(RouteTableIds=[table.id])
    listed = found["RouteTables"][0]["Routes"]
    return [route["GatewayId"] for route in listed if route["GatewayId"] != "local"]


def test_a_gateway_endpoint_lives_moves_its_routes_and_goes(cloud: Cloud, vpc: Thing) -> None:
    one, two = make_table(cloud, vpc, "ends-one"), make_table(cloud, vpc, "ends-two")
    endpoint = gateway(cloud, vpc, one)
    settled(endpoint)
    assert endpoint.props["prefixListId"].startswith("pl-")
    assert endpoint.props["arn"].endswith(f":vpc-endpoint/{endpoint.id}")
    assert one.refresh() == set()
    endpoint.update(routeTableIds=[two.id])
    settled(endpoint)
    assert (routes(cloud, one), routes(cloud, two)) == ([], [endpoint.id])
    endpoint.update(policy=None)
    settled(endpoint)
    assert endpoint.imported()["routeTableIds"] == [two.id]
    with pytest.raises(SandboxError, match="RouteAlreadyExists"):
        gateway(cloud, vpc, two)
    endpoint.delete()
    assert endpoint.refresh() is None
    assert routes(cloud, two) == []
    one.delete()
    two.delete()


def test_an_interface_endpoint_lives_changes_and_goes(cloud: Cloud, vpc: Thing) -> None:
    group = make_group(cloud, vpc, "ends")
    one, two = (make_subnet(cloud, vpc, f"ends-{z}", i, z) for i, z in enumerate("ab"))
    options = {"dnsRecordIpType": "ipv4"}
    endpoint = interface(
        cloud, vpc, one, securityGroupIds=[group.id], policy=POLICY, dnsOptions=options
    )
    settled(endpoint)
    name = endpoint.props["dnsEntries"][0]["dnsName"]
    assert name.startswith(endpoint.id)
    assert name.endswith(".kms.eu-west-1.vpce.amazonaws.com")
    with pytest.raises(SandboxError, match=f"endpoint {endpoint.id} has it"):
        group.delete()
    with pytest.raises(SandboxError, match="conflicting DNS domain"):
        interface(cloud, vpc, two)
    endpoint.update(subnetIds=[one.id, two.id], privateDnsEnabled=False, securityGroupIds=None)
    settled(endpoint)
    assert len(endpoint.props["networkInterfaceIds"]) == 2
    endpoint.update(subnetIds=[two.id], privateDnsEnabled=True, ipAddressType="ipv4")
    settled(endpoint)
    assert len(endpoint.props["networkInterfaceIds"]) == 1
    one.delete()
    cloud.boto3("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint.id, PrivateDnsEnabled=False)
    assert endpoint.refresh() == {"privateDnsEnabled"}
    endpoint.delete()
    assert endpoint.refresh() is None
    two.delete()
    group.delete()


def test_an_endpoint_that_aws_would_refuse_is_refused(cloud: Cloud, vpc: Thing) -> None:
    one, two = make_subnet(cloud, vpc, "same-1"), make_subnet(cloud, vpc, "same-2", 1)
    with pytest.raises(SandboxError, match="InvalidServiceName"):
        interface(cloud, vpc, one, serviceName="com.amazonaws.eu-west-1.tea")
    with pytest.raises(SandboxError, match="only Interface"):
        interface(cloud, vpc, vpcEndpointType="Gateway", subnetIds=None, privateDnsEnabled=False)
    with pytest.raises(SandboxError, match="DuplicateSubnetsInSameZone"):
        interface(cloud, vpc, one, two)
    with pytest.raises(SandboxError, match="InvalidSecurityGroupId"):
        interface(cloud, vpc, one, securityGroupIds=["sg-00000000"])
    mute = make_vpc(cloud, "mute", enableDnsHostnames=False)
    with pytest.raises(SandboxError, match="need enableDnsHostnames"):
        interface(cloud, mute)
    mixed = {"vpcId": "v", "serviceName": S3, "subnetIds": ["s"], "privateDnsEnabled": True}
    assert set(cloud.problems(ENDPOINT, mixed)) == {"subnetIds", "privateDnsEnabled"}
    for thing in (one, two, mute):
        thing.delete()


def test_a_flow_log_lives_and_goes(cloud: Cloud, vpc: Thing) -> None:
    cloud.boto3("logs").create_log_group(logGroupName="/flow")
    inputs = {
        "vpcId": vpc.id,
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/flow",
        "iamRoleArn": ROLE,
        "maxAggregationInterval": 60,
        "tags": {"Name": "flow"},
    }
    log = cloud.make(FLOW_LOG, "flow", inputs)
    settled(log)
    shown = cloud.boto3("ec2").describe_flow_logs(FlowLogIds=[log.id])["FlowLogs"][0]
    assert shown["DeliverLogsStatus"] == "SUCCESS"
    assert log.props["arn"].endswith(f":vpc-flow-log/{log.id}")
    log.update(tags={"Name": "flow", "More": "yes"})
    settled(log)
    assert log.plan(trafficType="REJECT").replaces == {"trafficType"}
    assert log.imported()["vpcId"] == vpc.id
    assert "subnetId" not in log.imported()
    log.delete()
    assert log.refresh() is None
    with pytest.raises(SandboxError, match="role/nobody does not exist"):
        cloud.make(FLOW_LOG, "flow", {**inputs, "iamRoleArn": ROLE.replace("deployer", "nobody")})
    assert "iamRoleArn" in cloud.problems(FLOW_LOG, {"vpcId": "v", "logDestination": "x"})


def test_a_flow_log_keeps_its_folder_in_a_bucket(cloud: Cloud, vpc: Thing) -> None:
    place = {"LocationConstraint": "eu-west-1"}
    cloud.boto3("s3").create_bucket(Bucket="flow-bucket", CreateBucketConfiguration=place)
    inputs = {
        "vpcId": vpc.id,
        "trafficType": "ALL",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::flow-bucket/flow/",
        "destinationOptions": {"fileFormat": "parquet", "perHourPartition": True},
        "tags": {"Name": "folder"},
    }
    log = cloud.make(FLOW_LOG, "folder", inputs)
    settled(log)
    assert log.props["logDestination"] == "arn:aws:s3:::flow-bucket/flow/"
    log.delete()
    with pytest.raises(SandboxError, match="does not exist"):
        cloud.make(FLOW_LOG, "folder", {**inputs, "logDestination": "arn:aws:s3:::no-bucket"})
