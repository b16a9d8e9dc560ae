"""Security groups, rules inside them and beside them, through their lives on moto."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.services.ec2_references import of_subnet
from tests.support.cloud import Cloud, Thing, settled
from tests.support.network import GROUP, make_group, make_subnet, make_vpc

DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443}
WORLD = {**HTTPS, "cidrBlocks": ["0.0.0.0/0"], "description": "from anywhere"}


@pytest.fixture
def vpc(cloud: Cloud) -> Iterator[Thing]:
    made = make_vpc(cloud, "security")
    yield made
    made.delete()


def shown(cloud: Cloud, group: Thing) -> dict[str, Any]:
    answer = cloud.boto3("ec2").describe_security_groups(GroupIds=[group.id])
    return dict(answer["SecurityGroups"][0])


def rule(cloud: Cloud, token: str, group: Thing, **more: Any) -> Thing:
    tcp = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    ends = {} if "ipProtocol" in more else tcp
    inputs = {"securityGroupId": group.id, "tags": {"Name": "rule"}}
    return cloud.make(token, "rule", {**inputs, **ends, **more})


def test_a_group_starts_with_no_rules_and_an_unwritten_name(cloud: Cloud, vpc: Thing) -> None:
    group = make_group(cloud, vpc, "closed", description="Nobody")
    settled(group)
    assert shown(cloud, group)["IpPermissionsEgress"] == []
    assert group.props["name"].startswith("closed-")
    assert group.props["arn"].endswith(f":security-group/{group.id}")
    assert group.plan(description="Somebody").replaces == {"description"}
    group.update(tags={"Name": "closed", "More": "yes"})
    settled(group)
    assert group.imported()["description"] == "Nobody"
    group.delete()
    assert group.refresh() is None


def test_a_group_keeps_the_rules_written_in_it(cloud: Cloud, vpc: Thing) -> None:
    inner = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}
    group = make_group(cloud, vpc, "inline", ingress=[WORLD, inner], egress=[WORLD])
    settled(group)
    assert group.imported()["ingress"] == [
        {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True},
        WORLD,
    ]
    group.update(ingress=[{**WORLD, "cidrBlocks": ["192.0.2.0/24"]}])
    settled(group)
    assert len(shown(cloud, group)["IpPermissions"]) == 1
    group.update(ingress=[{**WORLD, "description": "other words"}])
    settled(group)
    opened = [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ]
    cloud.boto3("ec2").authorize_security_group_ingress(GroupId=group.id, IpPermissions=opened)
    assert group.refresh() == {"ingress"}
    group.delete()


def test_rules_that_ec2_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    wrong = [{"protocol": "tcp", "fromPort": 443, "toPort": 80, "cidrs": []}]
    problems = cloud.problems(GROUP, {"name": "sg-x", "description": "Ümlaut", "ingress": wrong})
    assert set(problems) == {"name", "description", "ingress[0].cidrs", "ingress[0].fromPort"}
    missing = cloud.problems(INGRESS, {"securityGroupId": "sg-1", "ipProtocol": "tcp"})
    assert set(missing) == {"cidrIpv4", "fromPort"}


def test_a_group_that_somebody_has_stays(cloud: Cloud, vpc: Thing) -> None:
    one, two = make_group(cloud, vpc, "one"), make_group(cloud, vpc, "two")
    names = rule(cloud, INGRESS, two, referencedSecurityGroupId=one.id)
    with pytest.raises(SandboxError, match=f"a rule of security group {two.id} names it"):
        one.delete()
    names.delete()
    subnet = make_subnet(cloud, vpc, "has")
    ec2, balancers = cloud.boto3("ec2"), cloud.boto3("elbv2")
    made = ec2.create_network_interface(SubnetId=subnet.id, Groups=[one.id])["NetworkInterface"]
    with pytest.raises(SandboxError, match="network interface"):
        one.delete()
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    other = make_subnet(cloud, vpc, "has-b", 1, "b")
    balancer = balancers.create_load_balancer(
        Name="has", Subnets=[subnet.id, other.id], SecurityGroups=[one.id]
    )["LoadBalancers"][0]
    with pytest.raises(SandboxError, match="load balancer has"):
        one.delete()
    balancers.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    for thing in (one, two, subnet, other):
        thing.delete()


def test_tasks_and_databases_keep_their_group_and_subnet(cloud: Cloud, vpc: Thing) -> None:
    group, subnet = make_group(cloud, vpc, "kept"), make_subnet(cloud, vpc, "kept")
    ecs, rds = cloud.boto3("ecs"), cloud.boto3("rds")
    ecs.create_cluster(clusterName="kept")
    ecs.register_task_definition(
        family="kept",
        networkMode="awsvpc",
        containerDefinitions=[{"name": "a", "image": "b", "memory": 128}],
    )
    network = {"awsvpcConfiguration": {"subnets": [subnet.id], "securityGroups": [group.id]}}
    ecs.create_service(
        cluster="kept",
        serviceName="kept",
        taskDefinition="kept",
        desiredCount=1,
        networkConfiguration=network,
    )
    with pytest.raises(SandboxError, match="tasks of service kept"):
        group.delete()
    with pytest.raises(SandboxError, match="tasks of service kept"):
        subnet.delete()
    ecs.update_service(cluster="kept", service="kept", desiredCount=0)
    assert of_subnet(cloud.aws, subnet.id) is None
    ecs.update_service(cluster="kept", service="kept", desiredCount=1)
    ecs.delete_service(cluster="kept", service="kept", force=True)
    rds.create_db_instance(
        DBInstanceIdentifier="kept",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="a",
        MasterUserPassword="long enough",
        AllocatedStorage=20,
        VpcSecurityGroupIds=[group.id],
    )
    with pytest.raises(SandboxError, match="database kept has it"):
        group.delete()
    rds.delete_db_instance(DBInstanceIdentifier="kept", SkipFinalSnapshot=True)
    group.delete()
    subnet.delete()


def test_a_group_goes_with_rules_of_its_own_revoked_on_request(cloud: Cloud, vpc: Thing) -> None:
    group = make_group(cloud, vpc, "revoked", ingress=[WORLD], revokeRulesOnDelete=True)
    group.delete()
    assert group.refresh() is None
    prefixed = cloud.make(
        GROUP, "pre", {"vpcId": vpc.id, "namePrefix": "pre-", "tags": {"Name": "p"}}
    )
    assert len(prefixed.props["name"]) == len("pre-") + 26
    settled(prefixed)
    prefixed.delete()


def test_the_default_group_is_closed_and_stays_after_deletion(cloud: Cloud, vpc: Thing) -> None:
    inputs = {"vpcId": vpc.id, "ingress": [], "egress": [], "tags": {"Name": "default"}}
    group = cloud.make(DEFAULT, "default", inputs)
    settled(group)
    assert group.id == vpc.props["defaultSecurityGroupId"]
    assert shown(cloud, group)["IpPermissions"] == []
    assert shown(cloud, group)["IpPermissionsEgress"] == []
    assert group.props["name"] == "default"
    opened = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    cloud.boto3("ec2").authorize_security_group_egress(GroupId=group.id, IpPermissions=opened)
    assert group.refresh() == {"egress"}
    group.delete()
    assert shown(cloud, group)["GroupName"] == "default"
    with pytest.raises(SandboxError, match="no default group"):
        cloud.make(DEFAULT, "none", {"vpcId": "vpc-00000000"})


def test_a_rule_lives_changes_in_place_and_goes(cloud: Cloud, vpc: Thing) -> None:
    group = make_group(cloud, vpc, "rules")
    world = rule(cloud, INGRESS, group, cidrIpv4="0.0.0.0/0", description="From anywhere")
    settled(world)
    assert world.props["arn"].endswith(f":security-group-rule/{world.id}")
    assert world.props["securityGroupRuleId"] == world.id
    world.update(cidrIpv4="192.0.2.0/24", fromPort=80, toPort=80, tags={"Name": "less"})
    settled(world)
    assert world.plan(cidrIpv4=None, cidrIpv6="::/0").replaces == {"cidrIpv4", "cidrIpv6"}
    world.update(description=None)
    settled(world)
    assert world.imported()["cidrIpv4"] == "192.0.2.0/24"
    every = rule(cloud, EGRESS, group, cidrIpv6="::/0", ipProtocol="all")
    settled(every)
    every.update(cidrIpv6="2001:db8::/32", description="Documentation")
    settled(every)
    for thing in (world, every):
        thing.delete()
        assert thing.refresh() is None
    group.delete()


def test_a_rule_between_groups_keeps_its_description(cloud: Cloud, vpc: Thing) -> None:
    one, two = make_group(cloud, vpc, "from"), make_group(cloud, vpc, "to")
    inward = rule(cloud, INGRESS, two, referencedSecurityGroupId=one.id, description="From one")
    outward = rule(cloud, EGRESS, one, referencedSecurityGroupId=two.id, description="To two")
    settled(inward)
    settled(outward)
    assert inward.imported()["description"] == "From one"
    inward.update(description="Other words")
    settled(inward)
    found = {"SecurityGroupRuleId": inward.id, "Description": "By hand"}
    cloud.boto3("ec2").update_security_group_rule_descriptions_ingress(
        GroupId=two.id, SecurityGroupRuleDescriptions=[found]
    )
    third = make_group(cloud, vpc, "third")
    inward.update(referencedSecurityGroupId=third.id)
    settled(inward)
    third_rules = cloud.boto3("ec2").describe_security_groups(GroupIds=[two.id])
    pair = third_rules["SecurityGroups"][0]["IpPermissions"][0]["UserIdGroupPairs"][0]
    assert pair["GroupId"] == third.id
    for thing in (inward, outward, one, two, third):
        thing.delete()


def test_a_rule_changed_behind_pulumis_back_is_seen(cloud: Cloud, vpc: Thing) -> None:
    group = make_group(cloud, vpc, "drift")
    world = rule(cloud, INGRESS, group, cidrIpv4="192.0.2.0/24")
    wider = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}
    cloud.boto3("ec2").modify_security_group_rules(
        GroupId=group.id,
        SecurityGroupRules=[{"SecurityGroupRuleId": world.id, "SecurityGroupRule": wider}],
    )
    assert world.refresh() == {"cidrIpv4"}
    world.delete()
    group.delete()
