"""Raw data stay in production: where the refresh runs, what it may reach, and who takes over."""

import json
from typing import Any

import pytest

from tests.blueprint.environments import STACKS, environment, settings_of

pytestmark = pytest.mark.slow

MACHINE = "aws:sfn/stateMachine:StateMachine"


def states() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(
        environment("production").one(MACHINE).inputs["definition"]
    )["States"]
    return found


def test_its_tasks_and_copies_are_in_subnets_without_a_route_to_the_world() -> None:
    graph = environment("production")
    used = {
        subnet
        for step in ("Prepare", "Sanitise", "Scan")
        for subnet in states()[step]["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"][
            "Subnets"
        ]
    }
    group = graph.one("aws:rds/subnetGroup:SubnetGroup", "data-refresh-network-subnets").inputs
    tables = {
        node.inputs["subnetId"]: node.inputs["routeTableId"]
        for node in graph.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    with_a_way_out = {node.inputs["routeTableId"] for node in graph.of("aws:ec2/route:Route")}

    assert used == set(group["subnetIds"]) == {f"network-isolated-{zone}-id" for zone in "abc"}
    assert {tables[subnet] for subnet in used} & with_a_way_out == set()


def test_its_groups_reach_no_address_of_the_world() -> None:
    graph = environment("production")
    out = [
        node
        for node in graph.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if node.name.startswith("data-refresh-")
    ]

    assert out
    assert not any("cidrIpv4" in node.inputs or "cidrIpv6" in node.inputs for node in out)


def test_it_shares_with_the_mirrors_account_and_the_mirror_takes_over_with_its_key() -> None:
    production, staging = (settings_of(stack).identity for stack in ("production", "staging"))
    (account,) = states()["Share"]["Parameters"]["ValuesToAdd"]

    assert account == staging.account == production.data_refresh.shared_with
    assert environment("staging").of(MACHINE) == []
    assert environment("production").of("understudy:data:SharedSnapshots") == []


def test_only_what_is_sanitised_is_encrypted_with_the_key_of_the_mirror() -> None:
    graph = environment("production")
    sharing = graph.one("aws:kms/key:Key", "encryption-refresh-key")
    arn = "arn:aws:mock:eu-west-1:000000000000:encryption-refresh-key"
    using = {
        node.name
        for node in graph.nodes
        if arn in json.dumps(node.inputs, default=str) and node.type.startswith("aws:")
    }
    others = {
        node.name
        for node in graph.of("aws:kms/key:Key")
        if settings_of("staging").identity.account in node.inputs["policy"]
    }

    assert others == {sharing.name}
    assert not any("database" in name or "snapshot" in name for name in using)
    assert states()["CreateTarget"]["Parameters"]["KmsKeyId"] == arn
    assert "KmsKeyId" not in states()["RestoreLatest"]["Parameters"]


def test_who_runs_it_by_hand_may_start_this_machine_and_read_its_manifests() -> None:
    graph = environment("production")
    machine = graph.one(MACHINE).inputs["name"]
    bucket = graph.one("aws:s3/bucket:Bucket", "refresh-evidence-bucket").name
    policy = json.loads(
        graph.one("aws:iam/rolePolicy:RolePolicy", "data-refresh-operator-policy").inputs["policy"]
    )
    named = {each["Sid"]: each["Resource"] for each in policy["Statement"]}

    assert named["StartRefresh"].endswith(f":stateMachine:{machine}")
    assert named["FollowRefresh"].endswith(f":execution:{machine}:*")
    assert named["GetObject"] == f"arn:aws:mock:eu-west-1:000000000000:{bucket}/manifests/*"
    assert environment("staging").of("understudy:data:DataRefreshOperator") == []


def test_nobody_has_to_start_it_before_somebody_wants_it() -> None:
    schedule = environment("production").one(
        "aws:scheduler/schedule:Schedule", "data-refresh-times-schedule"
    )

    assert schedule.inputs["state"] == "DISABLED"


@pytest.mark.parametrize("stack", STACKS)
def test_restores_are_tried_and_looked_into_in_both(stack: str) -> None:
    graph = environment(stack)
    selection = graph.one("aws:backup/restoreTestingSelection:RestoreTestingSelection").inputs

    assert selection["protectedResourceArns"] == [
        "arn:aws:mock:eu-west-1:000000000000:database-instance"
    ]
    assert graph.one("understudy:backup:RestoreTesting")
