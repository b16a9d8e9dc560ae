"""What the picture says of an environment is what its graph has."""

import pytest

from operations.diagram.facts import environment
from operations.diagram.parts import Block, Cells, Dots, Environment
from operations.diagram.svg import words
from policies.graph import Graph, Resource, graph_of
from tests.operations.cost.small import database, service

SUBNET = "aws:ec2/subnet:Subnet"
NAT = "aws:ec2/natGateway:NatGateway"
NETWORKS = "aws:wafv2/ipSet:IpSet"


def graph(*resources: Resource) -> Graph:
    return graph_of("staging", resources)


def seen(*resources: Resource) -> Environment:
    return environment(graph(*resources))


def block(found: Environment, name: str) -> Block:
    (one,) = (each for each in found.blocks if each.name == name)
    return one


def cells(found: Block) -> list[tuple[str, bool]]:
    (one,) = (each for each in found.items if isinstance(each, Cells))
    return list(zip(one.labels, one.filled, strict=True))


def test_a_zone_without_a_gateway_is_seen_as_such() -> None:
    subnets = (
        Resource(SUBNET, f"network-public-{z}", properties={"availabilityZone": f"eu-west-1{z}"})
        for z in "ab"
    )
    found = block(seen(*subnets, Resource(NAT, "network-nat-a")), "public subnets")

    assert cells(found) == [("a: NAT", True), ("b", False)]


def test_a_service_has_a_dot_for_each_task_it_has_and_may_have() -> None:
    strategies = [{"capacityProvider": "FARGATE_SPOT", "weight": 100}]
    found = block(seen(*service(strategies)), "private subnets")

    assert words(found) == ["web: 2 to 6 tasks", "0.5 vCPU, 1 GB, Spot"]
    assert [each for each in found.items if isinstance(each, Dots)] == [Dots(2, 6)]


def test_spot_is_said_only_where_it_has_a_weight() -> None:
    strategies = [{"capacityProvider": "FARGATE_SPOT", "weight": 0}]

    assert "0.5 vCPU, 1 GB" in words(block(seen(*service(strategies)), "private subnets"))


def test_a_database_shows_its_standby_and_replicas() -> None:
    replica = database("replica", replicateSourceDb="one", identifier="two")
    primary = database(multiAz=True, engineVersion="16.13", maxAllocatedStorage=200)
    found = block(seen(primary, replica), "isolated subnets")

    assert words(found)[:3] == ["PostgreSQL 16.13", "db.t4g.medium", "100 GiB, up to 200"]
    assert cells(found) == [("primary", True), ("standby", True), ("replica", True)]


def test_a_database_without_standby_says_so() -> None:
    assert cells(block(seen(database()), "isolated subnets"))[1] == ("no standby", False)


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (["0.0.0.0/1", "128.0.0.0/1"], "open to everyone"),
        (["203.0.113.0/24"], "open to 1 network"),
        (["203.0.113.0/24", "198.51.100.0/24"], "open to 2 networks"),
        ([], "open to 0 networks"),
    ],
)
def test_whom_the_firewall_lets_in_is_said(addresses: list[str], told: str) -> None:
    found = seen(Resource(NETWORKS, "allowed", properties={"addresses": addresses}))

    assert told in words(found.before[0])


def test_who_gives_data_and_who_takes_them_is_seen() -> None:
    gives = block(seen(Resource("understudy:data:DataRefresh", "refresh")), "data")
    takes = block(seen(Resource("understudy:data:SharedSnapshots", "shared")), "data")

    assert (gives.gives, words(gives)) == (True, ["gives sanitised copies"])
    assert (takes.gives, words(takes)) == (False, ["takes sanitised copies"])
    assert words(block(seen(), "data")) == ["its own alone"]


def test_backups_say_how_long_they_are_kept_and_where_copies_are() -> None:
    rules = [{"ruleName": "daily", "lifecycle": {"deleteAfter": 35}}]
    found = seen(
        Resource("aws:backup/plan:Plan", "plan", properties={"rules": rules}),
        Resource("aws:backup/vault:Vault", "vault"),
        Resource("aws:backup/vault:Vault", "copy", properties={"region": "eu-central-1"}),
        Resource(
            "aws:backup/restoreTestingPlan:RestoreTestingPlan",
            "testing",
            properties={"scheduleExpression": "cron(0 9 ? * SUN,WED *)"},
        ),
        Resource(
            "pulumi:providers:aws", "archive", properties={"allowedAccountIds": '["333333333333"]'}
        ),
    )

    assert words(block(found, "backups")) == [
        "daily, kept 35 days",
        "a copy in eu-central-1",
        "restore test each Sun, Wed",
    ]
    assert found.archive == "333333333333"


def test_people_are_counted_once_however_many_topics_write_to_them() -> None:
    topic = "aws:sns/topicSubscription:TopicSubscription"
    found = seen(*(Resource(topic, n, properties={"endpoint": "a@example.com"}) for n in "ab"))

    assert words(block(found, "watch"))[-1] == "mail to 1 address"


def test_an_environment_with_nothing_in_it_can_be_seen() -> None:
    assert words(block(seen(), "watch")) == [
        "0 alarms, 0 dashboards",
        "0 log groups",
        "mail to 0 addresses",
    ]
