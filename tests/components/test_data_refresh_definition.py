"""Nothing is shared before the scan ended well, and no copy outlives a run.

Shown twice: on the definition's graph, way by way, and on moto's interpreter with moto's RDS.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from components.data_refresh_definition import definition
from components.data_refresh_steps import Copies, RefreshSteps, TaskRun
from tests.support.states import Run, client, executed, interpreted

KEY = "arn:aws:kms:eu-west-1:111111111111:key/{}"
MIRROR = "222222222222"
LIVING = "shop-live"
COPIES = Copies(
    source_identifier=LIVING,
    prefix="shop-live",
    snapshot_prefix="sanitised-shop",
    engine_version="16.13",
    instance_class="db.t4g.medium",
    storage_gib=50,
    database_name="shop",
    master_user="shop_owner",
    subnet_group="isolated",
    raw_group_id="sg-raw",
    sanitised_group_id="sg-sanitised",
    secret_key_arn=KEY.format("main"),
    sharing_key_arn=KEY.format("sharing"),
    tags={"Owner": "platform"},
)
STEPS = RefreshSteps(
    copies=COPIES,
    prepare=TaskRun(
        task_definition="prepare:1", group_id="sg-prepare", told_of=("raw",), longest_hours=6
    ),
    sanitise=TaskRun(
        task_definition="sanitise:1",
        group_id="sg-sanitise",
        told_of=("raw", "sanitised"),
        longest_hours=12,
    ),
    scan=TaskRun(
        task_definition="scan:1", group_id="sg-scan", told_of=("sanitised",), longest_hours=6
    ),
    cluster_arn="arn:aws:ecs:eu-west-1:111111111111:cluster/shop",
    subnet_ids=["subnet-a", "subnet-b"],
    mirror_account=MIRROR,
    topic_arn="arn:aws:sns:eu-west-1:123456789012:alerts",
    poll_seconds=0,
    longest_polls=3,
)
STATES: dict[str, dict[str, Any]] = definition(STEPS)["States"]
MAKING = {"RestoreSnapshot", "RestoreLatest", "CreateTarget"}
DELETING = ("DeleteRaw", "DeleteSanitised")
ENDS = {name for name, state in STATES.items() if state["Type"] in ("Succeed", "Fail")}


def well(state: dict[str, Any]) -> Iterator[str]:
    """Yield where a state leads when it goes well."""
    if state["Type"] == "Choice":
        yield from (each["Next"] for each in state["Choices"])
        yield state["Default"]
    elif "Next" in state:
        yield state["Next"]


def badly(state: dict[str, Any]) -> Iterator[str]:
    """Yield where a state leads when it fails."""
    yield from (each["Next"] for each in state.get("Catch", []))


def onward(name: str) -> set[str]:
    return {*well(STATES[name]), *badly(STATES[name])}


def reachable(start: str, *, without: str = "") -> set[str]:
    """Return every state that can follow, if one of them could not be passed."""
    found, left = set(), [start]
    while left:
        name = left.pop()
        if name not in found and name != without:
            found.add(name)
            left += onward(name)
    return found


def test_every_state_is_reached_and_leads_somewhere() -> None:
    assert reachable("Number") == set(STATES)
    assert {name for name in STATES if not onward(name)} == ENDS
    assert all(ENDS & reachable(name) for name in STATES)


@pytest.mark.parametrize("step", ["Prepare", "Sanitise", "Scan", "MakeSnapshot", "SnapshotReady"])
def test_nothing_is_shared_without(step: str) -> None:
    assert "Share" not in reachable("Number", without=step)


def test_the_only_way_to_the_snapshot_is_a_scan_that_ended_well() -> None:
    leading = {name for name in STATES if "MakeSnapshot" in onward(name)}

    assert leading == {"Scan"}
    assert "MakeSnapshot" not in badly(STATES["Scan"])
    assert STATES["Scan"]["Resource"].endswith("ecs:runTask.sync")


def test_only_one_step_shares_and_with_one_account() -> None:
    sharing = [name for name, state in STATES.items() if "ModifyDB" in action(state)]

    assert sharing == ["Share"]
    assert STATES["Share"]["Parameters"]["ValuesToAdd"] == [MIRROR]
    assert STATES["Share"]["Parameters"]["DbSnapshotIdentifier.$"] == "$.names.snapshot"


def action(state: dict[str, Any]) -> str:
    called: str = state.get("Resource", "").rpartition(":")[2]
    return called[:1].upper() + called[1:]


@pytest.mark.parametrize("start", sorted(MAKING))
@pytest.mark.parametrize("deletion", DELETING)
def test_once_a_copy_may_exist_no_end_is_reached_past_its_deletion(
    start: str, deletion: str
) -> None:
    assert not ENDS & reachable(start, without=deletion)


def test_every_step_that_can_fail_leads_to_the_deletions() -> None:
    steps = {name: state for name, state in STATES.items() if state["Type"] == "Task"}

    for name, state in steps.items():
        caught = [error for each in state["Catch"] for error in each["ErrorEquals"]]
        assert "States.ALL" in caught, name
        if name not in (*DELETING, "Tell"):
            assert set(badly(state)) == {"DeleteRaw"}, name


def test_a_failure_is_told_and_is_never_a_success() -> None:
    after = {name for name in STATES if "$.failure" in json.dumps(STATES[name].get("Catch"))}

    assert {"Sanitise", "Scan", "Share", *MAKING} <= after
    assert STATES["Judge"]["Choices"][0]["Next"] == "Tell"
    assert reachable("Tell") == {"Tell", "NotDone"}


def test_only_copies_of_this_run_are_deleted_and_nothing_else() -> None:
    deleting = {name: state for name, state in STATES.items() if "Delete" in action(state)}

    assert tuple(deleting) == DELETING
    named = [state["Parameters"]["DbInstanceIdentifier.$"] for state in deleting.values()]
    assert named == ["$.names.raw", "$.names.sanitised"]
    for name in ("raw", "sanitised"):
        assert "$.run.number" in STATES["Name"]["Parameters"][f"{name}.$"]


@pytest.mark.parametrize("name", sorted(MAKING))
def test_a_copy_is_out_of_everybodys_reach_and_easy_to_take_away(name: str) -> None:
    given = STATES[name]["Parameters"]

    assert given["PubliclyAccessible"] is False
    assert given["DeletionProtection"] is False
    assert given["BackupRetentionPeriod"] == 0
    assert given["DbSubnetGroupName"] == "isolated"
    assert given["VpcSecurityGroupIds"] == ["sg-sanitised" if name == "CreateTarget" else "sg-raw"]
    assert {"Key": "DataRefresh", "Value": "copy"} in given["Tags"]


def test_no_password_passes_through_a_step() -> None:
    text = json.dumps(STATES)

    assert '"MasterUserPassword' not in text
    assert all(STATES[name]["Parameters"]["ManageMasterUserPassword"] is True for name in MAKING)
    assert "SecretString" not in text


def test_the_snapshot_is_encrypted_with_the_key_that_the_mirror_may_use() -> None:
    assert STATES["CreateTarget"]["Parameters"]["KmsKeyId"] == KEY.format("sharing")
    assert STATES["MakeSnapshot"]["Parameters"]["DbInstanceIdentifier.$"] == "$.names.sanitised"
    assert STATES["Name"]["Parameters"]["snapshot.$"].startswith("States.Format('sanitised-")


def test_the_scan_is_told_nothing_of_the_raw_copy() -> None:
    told = json.dumps(STATES["Scan"]["Parameters"])

    assert "Raw" not in told
    assert "RAW" not in told
    assert {"Name": "RUN", "Value.$": "$.run.number"} in STATES["Scan"]["Parameters"]["Overrides"][
        "ContainerOverrides"
    ][0]["Environment"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prefix": "a" * 45}, "must leave room in 63 characters"),
        ({"snapshot_prefix": "shop"}, "must begin with sanitised-"),
    ],
)
def test_names_that_aws_or_the_rules_refuse(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(COPIES, **change)


class Ecs:
    """Tasks that end as the test says; each notes which databases it found."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.found: dict[str, set[str]] = {}
        self.told: dict[str, dict[str, str]] = {}

    def __call__(self, task: str, parameters: Any) -> bool:
        (override,) = parameters["Overrides"]["ContainerOverrides"]
        self.told[task] = {each["Name"]: each["Value"] for each in override["Environment"]}
        self.found[task] = databases()
        return task not in self.failing


def databases() -> set[str]:
    """Return the databases there are, each named without the run's number."""
    return {
        re.sub(r"-[0-9a-f]{8}$", "", each["DBInstanceIdentifier"])
        for each in client("rds").describe_db_instances()["DBInstances"]
    }


def shared() -> dict[str, list[str]]:
    """Return by name the snapshots made by hand, and the accounts that may restore each."""
    rds = client("rds")
    return {
        each["DBSnapshotIdentifier"]: rds.describe_db_snapshot_attributes(
            DBSnapshotIdentifier=each["DBSnapshotIdentifier"]
        )["DBSnapshotAttributesResult"]["DBSnapshotAttributes"][0]["AttributeValues"]
        for each in rds.describe_db_snapshots()["DBSnapshots"]
        if each["SnapshotType"] == "manual"
    }


def living_database() -> RefreshSteps:
    """Make what is there before a run, and return the steps that work on it."""
    ec2, rds = client("ec2"), client("rds")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=network, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}"
        )["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    rds.create_db_subnet_group(
        DBSubnetGroupName="isolated", DBSubnetGroupDescription="isolated", SubnetIds=subnets
    )
    rds.create_db_instance(
        DBInstanceIdentifier=LIVING,
        Engine="postgres",
        EngineVersion="16.13",
        DBInstanceClass="db.t4g.medium",
        AllocatedStorage=50,
        MasterUsername="shop_owner",
        ManageMasterUserPassword=True,
        DBName="shop",
        StorageEncrypted=True,
    )
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    keys = [client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    copies = replace(COPIES, secret_key_arn=keys[0], sharing_key_arn=keys[1])
    return replace(STEPS, copies=copies, subnet_ids=subnets, topic_arn=topic)


def run(input_: dict[str, str] | None = None) -> Run:
    return executed(json.dumps(definition(living_database())), json.dumps(input_ or {}))


@pytest.mark.slow
def test_a_good_run_shares_one_snapshot_and_leaves_the_living_database_alone() -> None:
    ecs = Ecs()
    with interpreted(ecs):
        done = run()

        assert done.status == "SUCCEEDED"
        assert databases() == {LIVING}
        ((name, accounts),) = shared().items()
        assert name.startswith("sanitised-shop-20")
        assert accounts == [MIRROR]
    both = {LIVING, f"{LIVING}-raw", f"{LIVING}-sanitised"}
    assert ecs.found == {"prepare:1": both, "sanitise:1": both, "scan:1": both}
    assert ecs.told["sanitise:1"]["RAW_HOST"] != ecs.told["sanitise:1"]["SANITISED_HOST"]
    assert ecs.told["sanitise:1"]["RAW_SECRET_ARN"].startswith("arn:aws:secretsmanager:")
    assert set(ecs.told["scan:1"]) == {"RUN", "SNAPSHOT", "SANITISED_HOST", "SANITISED_SECRET_ARN"}
    assert ecs.told["scan:1"]["SNAPSHOT"] == name
    assert done.entered.index("Scan") < done.entered.index("Share")


@pytest.mark.slow
def test_a_snapshot_can_be_given() -> None:
    ecs = Ecs()
    with interpreted(ecs):
        steps = living_database()
        client("rds").create_db_snapshot(
            DBInstanceIdentifier=LIVING, DBSnapshotIdentifier="shop-live-before"
        )
        done = executed(json.dumps(definition(steps)), '{"snapshot": "shop-live-before"}')

        assert done.status == "SUCCEEDED"
        assert "RestoreSnapshot" in done.entered
        assert shared()["shop-live-before"] == []


@pytest.mark.slow
@pytest.mark.parametrize("failing", ["prepare:1", "sanitise:1", "scan:1"])
def test_after_a_task_that_failed_nothing_is_shared_and_no_copy_is_left(failing: str) -> None:
    ecs = Ecs(failing)
    with interpreted(ecs):
        done = run()

        assert done.status == "FAILED"
        assert {"Tell", *DELETING} <= set(done.entered)
        assert databases() == {LIVING}
        assert shared() == {}


@pytest.mark.slow
def test_a_snapshot_that_is_not_there_leaves_nothing_behind() -> None:
    ecs = Ecs()
    with interpreted(ecs):
        done = run({"snapshot": "shop-live-missing"})

        assert done.status == "FAILED"
        assert databases() == {LIVING}
        assert ecs.found == {}
        assert shared() == {}
