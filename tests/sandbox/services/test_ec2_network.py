"""VPC and subnet through their lives on moto."""

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, settled
from tests.support.network import SUBNET, VPC, make_gateway, make_group, make_subnet, make_vpc


def test_a_vpc_lives_changes_and_goes(cloud: Cloud) -> None:
    vpc = cloud.make(
        VPC,
        "life",
        {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "life"}},
    )
    settled(vpc)
    assert vpc.props["arn"] == f"arn:aws:ec2:eu-west-1:222222222222:vpc/{vpc.id}"
    assert vpc.props["defaultSecurityGroupId"].startswith("sg-")
    vpc.update(enableDnsHostnames=False, tags={"Name": "life", "More": "yes"})
    settled(vpc)
    assert vpc.plan(cidrBlock="10.8.0.0/16").replaces == {"cidrBlock"}
    assert vpc.imported()["cidrBlock"] == "10.9.0.0/16"
    vpc.delete()
    assert vpc.refresh() is None


def test_a_refresh_finds_what_was_changed_behind_pulumis_back(cloud: Cloud) -> None:
    vpc = cloud.make(VPC, "drift", {"cidrBlock": "10.7.0.0/16", "tags": {"Name": "drift"}})
    cloud.boto3("ec2").create_tags(Resources=[vpc.id], Tags=[{"Key": "Hand", "Value": "made"}])
    assert vpc.refresh() == {"tags"}
    vpc.delete()


def test_a_subnet_lives_changes_and_goes(cloud: Cloud) -> None:
    vpc = cloud.make(VPC, "home", {"cidrBlock": "10.6.0.0/16", "tags": {"Name": "home"}})
    subnet = cloud.make(
        SUBNET,
        "home-a",
        {
            "vpcId": vpc.id,
            "cidrBlock": "10.6.0.0/20",
            "availabilityZone": "eu-west-1a",
            "mapPublicIpOnLaunch": False,
            "tags": {"Name": "home-a"},
        },
    )
    settled(subnet)
    subnet.update(mapPublicIpOnLaunch=True)
    settled(subnet)
    subnet.delete()
    vpc.delete()


def test_inputs_that_aws_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    problems = cloud.problems(VPC, {"cidrBlock": "10.5.0.0/16", "instanceTenancy": "mine"})
    assert problems == {"instanceTenancy": "must be one of default, dedicated, host"}
    assert "neither carried nor kept" in cloud.problems(VPC, {"colour": "red"})["colour"]


def test_an_address_block_that_ec2_would_refuse_is_refused_in_preview(cloud: Cloud) -> None:
    assert "host bits" in cloud.problems(VPC, {"cidrBlock": "10.5.0.1/16"})["cidrBlock"]
    assert "/16 and /28" in cloud.problems(VPC, {"cidrBlock": "10.0.0.0/8"})["cidrBlock"]
    names = {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": False}
    assert "enableDnsSupport" in cloud.problems(VPC, names)["enableDnsHostnames"]


def test_an_input_taken_away_goes_back_to_awss_own_value(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "back", enableDnsSupport=False, enableDnsHostnames=False)
    vpc.update(enableDnsSupport=None, tags=None)
    assert vpc.refresh() == set()
    assert vpc.props["enableDnsSupport"] is True
    assert vpc.props["tags"] == {}
    subnet = make_subnet(cloud, vpc, "back-a")
    subnet.update(mapPublicIpOnLaunch=True, enableDns64=True)
    subnet.update(mapPublicIpOnLaunch=None)
    assert subnet.refresh() == set()
    assert subnet.props["mapPublicIpOnLaunch"] is False
    subnet.delete()
    vpc.delete()


def test_a_vpc_gets_and_gives_back_a_block_of_ipv6(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "six", assignGeneratedIpv6CidrBlock=True)
    settled(vpc)
    assert vpc.props["ipv6CidrBlock"].endswith("/56")
    vpc.update(assignGeneratedIpv6CidrBlock=False)
    settled(vpc)
    assert "ipv6CidrBlock" not in vpc.props
    vpc.delete()


def test_all_tags_taken_away_behind_pulumis_back_are_missed(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "bare")
    cloud.boto3("ec2").delete_tags(Resources=[vpc.id], Tags=[{"Key": "Name"}])
    assert vpc.refresh() == {"tags"}
    vpc.delete()


def test_what_moto_shows_otherwise_is_put_right(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "right")
    assert vpc.props["dhcpOptionsId"].startswith("dopt-")
    group = cloud.boto3("ec2").describe_security_groups(
        GroupIds=[vpc.props["defaultSecurityGroupId"]]
    )
    assert len(group["SecurityGroups"][0]["IpPermissions"]) == 1
    subnet = make_subnet(cloud, vpc, "right-a")
    subnet.update(
        enableResourceNameDnsAaaaRecordOnLaunch=True,
        enableResourceNameDnsARecordOnLaunch=True,
        privateDnsHostnameTypeOnLaunch="resource-name",
    )
    settled(subnet)
    subnet.delete()
    vpc.delete()


def test_a_subnet_must_have_one_zone_and_a_block(cloud: Cloud) -> None:
    problems = cloud.problems(
        SUBNET, {"vpcId": "vpc-1", "availabilityZone": "a", "availabilityZoneId": "b"}
    )
    assert set(problems) == {"cidrBlock", "availabilityZoneId"}


def test_a_vpc_with_something_in_it_stays(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "full")
    group = make_group(cloud, vpc, "full-group")
    with pytest.raises(SandboxError, match=r"security group sg-.* is in it"):
        vpc.delete()
    group.delete()
    gateway = make_gateway(cloud, vpc, "full-gateway")
    with pytest.raises(SandboxError, match=r"internet gateway igw-.* is attached"):
        vpc.delete()
    gateway.delete()
    subnet = make_subnet(cloud, vpc, "full-a")
    with pytest.raises(SandboxError, match="DependencyViolation"):
        vpc.delete()
    subnet.delete()
    vpc.delete()


def test_a_subnet_with_a_load_balancer_database_or_interface_stays(cloud: Cloud) -> None:
    vpc = make_vpc(cloud, "home2")
    one, two = (make_subnet(cloud, vpc, f"home2-{z}", i, z) for i, z in enumerate("ab"))
    balancers, databases, ec2 = cloud.boto3("elbv2"), cloud.boto3("rds"), cloud.boto3("ec2")
    made = balancers.create_load_balancer(Name="home2", Subnets=[one.id, two.id])
    with pytest.raises(SandboxError, match="load balancer home2"):
        one.delete()
    balancers.delete_load_balancer(LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"])
    interface = ec2.create_network_interface(SubnetId=one.id)["NetworkInterface"]
    with pytest.raises(SandboxError, match="network interface"):
        one.delete()
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    databases.create_db_subnet_group(
        DBSubnetGroupName="home2", DBSubnetGroupDescription="x", SubnetIds=[one.id, two.id]
    )
    databases.create_db_instance(
        DBInstanceIdentifier="home2",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AvailabilityZone="eu-west-1a",
        DBSubnetGroupName="home2",
        MasterUsername="a",
        MasterUserPassword="long enough",
        AllocatedStorage=20,
    )
    with pytest.raises(SandboxError, match="database instance home2"):
        one.delete()
    databases.delete_db_instance(DBInstanceIdentifier="home2", SkipFinalSnapshot=True)
    databases.delete_db_subnet_group(DBSubnetGroupName="home2")
    one.delete()
    two.delete()
    vpc.delete()
