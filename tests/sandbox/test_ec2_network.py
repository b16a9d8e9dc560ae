"""VPC and subnet through their lives on moto."""

from tests.support.cloud import Cloud, settled

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"


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
