"""Each change means to the sandbox what it means to the real provider, as that was measured."""

from typing import Any

import pytest

from sandbox.provider import diff
from sandbox.provider.diff import difference, filled_in
from sandbox.provider.facts import facts_of, known_tokens
from sandbox.provider.values import UNKNOWN, Props

LB = "aws:lb/loadBalancer:LoadBalancer"
NAT = "aws:ec2/natGateway:NatGateway"
RDS = "aws:rds/instance:Instance"
RULES = [
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]
SERVICE = "aws:ecs/service:Service"
SSM = "aws:ssm/parameter:Parameter"
SUBNET = "aws:ec2/subnet:Subnet"
TARGETS = "aws:lb/targetGroup:TargetGroup"
VPC = "aws:ec2/vpc:Vpc"


def seen(token: str, old: Props, new: Props, *ignored: str) -> tuple[set[str], set[str]]:
    found = difference(facts_of(token), old, new, set(ignored))
    return found.changed, found.replaces


def replaced(token: str, name: str, before: Any, after: Any, **beside: Any) -> bool:
    """Return whether the change of one input replaces, having made sure that it is seen."""
    old = {**beside, **({} if before is None else {name: before})}
    new = {**beside, **({} if after is None else {name: after})}
    changed, replaces = seen(token, old, new)
    assert changed == {name}
    assert replaces <= changed
    return bool(replaces)


@pytest.mark.parametrize(
    ("token", "name", "before", "after"),
    [
        (VPC, "cidrBlock", "10.0.0.0/16", "10.1.0.0/16"),
        (SUBNET, "availabilityZone", "eu-west-1a", "eu-west-1b"),
        (SUBNET, "cidrBlock", "10.0.0.0/20", "10.0.16.0/20"),
        (RDS, "engine", "postgres", "mysql"),
        (RDS, "username", "a", "b"),
        (RDS, "dbName", "a", "b"),
        (RDS, "kmsKeyId", "a", "b"),
        (RDS, "storageEncrypted", True, False),
        (TARGETS, "port", 80, 81),
        (TARGETS, "protocol", "HTTP", "HTTPS"),
        (TARGETS, "vpcId", "vpc-1", "vpc-2"),
        ("aws:route53/record:Record", "name", "a", "b"),
        ("aws:route53/record:Record", "zoneId", "a", "b"),
        ("aws:ecs/taskDefinition:TaskDefinition", "cpu", "256", "512"),
        (VPC, "region", "eu-west-1", "eu-west-2"),
    ],
)
def test_these_changes_replace(token: str, name: str, before: Any, after: Any) -> None:
    assert replaced(token, name, before, after)


@pytest.mark.parametrize(
    ("token", "name", "before", "after"),
    [
        (VPC, "enableDnsHostnames", False, True),
        (VPC, "enableDnsHostnames", None, False),
        (VPC, "tags", {"Name": "a"}, {"Name": "b"}),
        (SUBNET, "mapPublicIpOnLaunch", True, False),
        (RDS, "instanceClass", "db.t4g.micro", "db.t4g.small"),
        (RDS, "identifier", "a", "b"),
        (RDS, "allocatedStorage", 20, 40),
        ("aws:route53/record:Record", "type", "A", "AAAA"),
        ("aws:route53/record:Record", "ttl", 60, 300),
        ("aws:ecs/taskDefinition:TaskDefinition", "skipDestroy", False, True),
    ],
)
def test_these_changes_are_made_in_place(token: str, name: str, before: Any, after: Any) -> None:
    assert not replaced(token, name, before, after)


# The special facts, one by one.


def test_every_condition_in_the_data_has_a_rule() -> None:
    conditional = [
        name
        for token in known_tokens()
        for name, fact in facts_of(token).inputs.items()
        if fact.replace_if
    ]

    assert len(conditional) == 6
    for name in conditional:
        for before, after in ((None, ["a"]), (["a"], None), ("a", "b"), (1, UNKNOWN)):
            assert diff._conditional(name, before, after, {}) in {True, False}  # noqa: SLF001
    with pytest.raises(LookupError):
        diff._conditional("another", 1, 2, {})  # noqa: SLF001


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("default", "dedicated", True),
        (None, "dedicated", True),
        ("dedicated", "default", False),
        ("dedicated", None, False),
        ("default", UNKNOWN, False),
    ],
)
def test_a_vpc_made_dedicated_is_replaced_and_not_the_other_way(
    before: Any, after: Any, *, wanted: bool
) -> None:
    assert replaced(VPC, "instanceTenancy", before, after) is wanted


def test_a_parameters_tier_can_rise_but_not_fall() -> None:
    assert replaced(SSM, "tier", "Advanced", "Standard")
    assert not replaced(SSM, "tier", "Standard", "Advanced")


def test_capacity_providers_change_in_place_only_with_a_new_deployment() -> None:
    one, two = [{"capacityProvider": "FARGATE"}], [{"capacityProvider": "FARGATE_SPOT"}]

    assert replaced(SERVICE, "capacityProviderStrategies", one, two)
    assert replaced(SERVICE, "capacityProviderStrategies", one, two, forceNewDeployment=False)
    assert not replaced(SERVICE, "capacityProviderStrategies", one, two, forceNewDeployment=True)


@pytest.mark.parametrize("kind", ["network", "application"])
def test_a_network_load_balancer_gains_subnets_but_loses_none(kind: str) -> None:
    network = kind == "network"
    beside = {"loadBalancerType": kind}

    assert replaced(LB, "subnets", ["a", "b"], ["a"], **beside) is network
    assert replaced(LB, "subnets", ["a", "b"], ["a", "c"], **beside) is network
    assert not replaced(LB, "subnets", ["a"], ["a", "b"], **beside)
    assert not replaced(LB, "subnets", None, ["a"], **beside)


def test_subnets_not_yet_known_replace_nothing_in_preview() -> None:
    for after in (UNKNOWN, ["a", UNKNOWN]):
        assert not replaced(LB, "subnets", ["a", "b"], after, loadBalancerType="network")


@pytest.mark.parametrize("kind", ["network", "application"])
def test_a_network_load_balancer_takes_no_first_group_later(kind: str) -> None:
    beside = {"loadBalancerType": kind}

    assert replaced(LB, "securityGroups", None, ["sg-1"], **beside) is (kind == "network")
    assert not replaced(LB, "securityGroups", ["sg-1"], ["sg-2"], **beside)


def test_only_a_private_nat_gateway_is_replaced_for_more_addresses() -> None:
    name = "secondaryPrivateIpAddressCount"

    assert replaced(NAT, name, 1, 2, connectivityType="private")
    assert not replaced(NAT, name, 1, 2, connectivityType="public")


@pytest.mark.parametrize("token", RULES)
@pytest.mark.parametrize(
    "name", ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"]
)
def test_a_rule_changes_its_source_in_place_but_not_the_kind_of_it(token: str, name: str) -> None:
    assert not replaced(token, name, "a", "b")
    assert replaced(token, name, "a", None)
    assert replaced(token, name, None, "b")


def test_switching_the_kind_of_source_replaces() -> None:
    changed, replaces = seen(RULES[0], {"cidrIpv4": "10.0.0.0/8"}, {"prefixListId": "pl-1"})

    assert changed == replaces == {"cidrIpv4", "prefixListId"}


def test_a_database_is_replaced_by_adding_or_removing_a_restore_but_not_by_changing_it() -> None:
    one, two = {"restoreTime": "2026-01-01T00:00:00Z"}, {"useLatestRestorableTime": True}

    assert replaced(RDS, "restoreToPointInTime", None, one)
    assert replaced(RDS, "restoreToPointInTime", one, None)
    assert not replaced(RDS, "restoreToPointInTime", one, two)


@pytest.mark.parametrize(
    ("token", "name", "key", "several"),
    [
        ("aws:s3/bucket:Bucket", "objectLockConfiguration", "objectLockEnabled", False),
        ("aws:backup/reportPlan:ReportPlan", "reportSetting", "reportTemplate", False),
        (
            "aws:guardduty/detectorFeature:DetectorFeature",
            "additionalConfigurations",
            "name",
            True,
        ),
    ],
)
def test_one_leaf_of_a_block_replaces_and_so_does_the_block_itself(
    token: str, name: str, key: str, *, several: bool
) -> None:
    def block(**values: Any) -> Any:
        return [values] if several else values

    assert replaced(token, name, block(**{key: "a"}), block(**{key: "b"}))
    assert not replaced(token, name, block(**{key: "a"}), block(**{key: "a"}, status="b"))
    assert replaced(token, name, None, block(**{key: "a"}))
    assert replaced(token, name, block(**{key: "a"}), None)
    assert replaced(token, name, block(**{key: "a"}), type(block())())


def test_every_special_fact_in_the_data_is_one_of_the_above() -> None:
    special = {
        (token, name)
        for token in known_tokens()
        for name, fact in facts_of(token).inputs.items()
        if fact.replace_on or fact.replace_nested or fact.replace_if
    }

    assert special == {
        ("aws:backup/reportPlan:ReportPlan", "reportSetting"),
        ("aws:guardduty/detectorFeature:DetectorFeature", "additionalConfigurations"),
        ("aws:s3/bucket:Bucket", "objectLockConfiguration"),
        (LB, "securityGroups"),
        (LB, "subnets"),
        (NAT, "secondaryPrivateIpAddressCount"),
        (RDS, "restoreToPointInTime"),
        (SERVICE, "capacityProviderStrategies"),
        (SSM, "tier"),
        (VPC, "instanceTenancy"),
        *(
            (token, name)
            for token in RULES
            for name in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
        ),
    }


# What counts as a change.


def test_what_aws_fills_in_is_no_change_when_the_program_leaves_it_out() -> None:
    assert seen(SUBNET, {"availabilityZone": "eu-west-1a"}, {}) == (set(), set())
    assert seen(VPC, {"enableDnsSupport": False}, {})[0] == {"enableDnsSupport"}


def test_an_ignored_input_is_no_change() -> None:
    old, new = {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}

    assert seen(VPC, old, new, "cidrBlock") == (set(), set())


def test_a_name_that_is_no_input_is_no_change() -> None:
    assert seen(VPC, {"colour": "red"}, {"colour": "blue", "arn": "x"}) == (set(), set())


@pytest.mark.parametrize("before", ["10.0.0.0/16", None, UNKNOWN])
def test_an_unknown_value_is_a_change_and_replaces_where_a_known_one_would(before: Any) -> None:
    assert replaced(VPC, "cidrBlock", before, UNKNOWN)
    assert seen(VPC, {"tags": {"a": "b"}}, {"tags": {"a": UNKNOWN}}) == ({"tags"}, set())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, None),
        (None, {}),
        ({"Name": "x", "More": "y"}, {"More": "y", "Name": "x"}),
    ],
)
def test_the_same_in_other_words_is_no_change(before: Any, after: Any) -> None:
    assert seen(VPC, {"tags": before}, {"tags": after}) == (set(), set())


def test_lists_in_another_order_and_json_in_another_layout_are_no_change() -> None:
    old = {"subnets": ["a", "b"]}
    policy = "aws:iam/policy:Policy"

    assert seen(LB, old, {"subnets": ["b", "a"]}) == (set(), set())
    assert seen(policy, {"policy": '{"a": 1}'}, {"policy": '{\n"a":1}'}) == (set(), set())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Name": "x"}, {"Name": "x", "Critical": ""}),
        ({"Name": "x", "Critical": ""}, {"Name": "x"}),
        ({"name": "x"}, {"Name": "x"}),
    ],
)
def test_a_tag_without_a_value_and_the_case_of_a_key_count(before: Any, after: Any) -> None:
    assert seen(VPC, {"tags": before}, {"tags": after}) == ({"tags"}, set())


def test_false_in_a_block_is_not_the_same_as_nothing() -> None:
    old, new = {"healthCheck": {"path": "/"}}, {"healthCheck": {"path": "/", "enabled": False}}

    assert seen(TARGETS, old, new) == ({"healthCheck"}, set())


# What AWS filled in, when the program comes to say it.


def test_to_write_out_what_aws_chose_is_no_change() -> None:
    state = {"availabilityZone": "eu-west-1a", "vpcId": "vpc-1"}
    old = {"vpcId": "vpc-1"}

    for zone, wanted in (("eu-west-1a", set()), ("eu-west-1b", {"availabilityZone"})):
        new = {**old, "availabilityZone": zone}
        found = difference(facts_of(SUBNET), filled_in(old, state, new), new, set())
        assert found.changed == found.replaces == wanted


def test_only_what_the_program_says_is_filled_in() -> None:
    state = {"a": 1, "b": 2, "c": 3}

    assert filled_in({"a": 0}, state, {"a": 1, "b": 2, "c": 4, "d": 5}) == {"a": 0, "b": 2}
