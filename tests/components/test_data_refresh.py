"""The machine may delete copies alone, share sanitised snapshots alone, start its own tasks."""

import json
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from components.data_refresh import DataRefresh
from components.data_refresh_network import DataRefreshNetwork
from components.machine_schedule import MachineSchedule, MachineScheduleArgs
from tests.support.graph import Graph, record
from tests.support.refresh import MIRROR, NETWORK, SHARING, refresh_args
from tests.support.tasks import ACCOUNT, KEY, PLACE, REGION, TAGS, statements, untagged

RDS = f"arn:aws:rds:{PLACE}"
LIVING = [f"{RDS}:db:storefront-live", f"{RDS}:db:storefront-live-raw", f"{RDS}:db:other-raw-1"]
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@cache
def graph() -> Graph:
    return record(lambda: DataRefresh("refresh", refresh_args()))


@cache
def network() -> Graph:
    return record(lambda: DataRefreshNetwork("net", NETWORK))


def machine_rights() -> dict[str, dict[str, Any]]:
    return statements(graph(), "refresh-machine-policy")


def matched(resources: Any, arn: str) -> bool:
    listed = [resources] if isinstance(resources, str) else resources
    return any(fnmatchcase(arn, each) for each in listed)


def test_no_right_to_delete_meets_anything_but_tagged_copies() -> None:
    deleting = {
        sid: each
        for sid, each in machine_rights().items()
        if any("Delete" in action and "rds" in action for action in listed(each["Action"]))
    }

    assert list(deleting) == ["DeleteCopies"]
    found = deleting["DeleteCopies"]
    assert found["Action"] == "rds:DeleteDBInstance"
    assert found["Condition"] == {"StringEquals": {"aws:ResourceTag/DataRefresh": "copy"}}
    assert not any(matched(found["Resource"], arn) for arn in LIVING)
    for kind in ("raw", "sanitised"):
        assert matched(found["Resource"], f"{RDS}:db:storefront-live-{kind}-0a1b2c3d")


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_only_sanitised_snapshots_can_be_shared() -> None:
    sharing = machine_rights()["ShareSanitisedSnapshots"]

    assert sharing["Action"] == "rds:ModifyDBSnapshotAttribute"
    assert matched(sharing["Resource"], f"{RDS}:snapshot:sanitised-storefront-2026-01-01-0a1b2c3d")
    for name in ("rds:storefront-live-2026-01-01", "storefront-live-final", "raw"):
        assert not matched(sharing["Resource"], f"{RDS}:snapshot:{name}")


def test_no_statement_allows_to_change_a_living_database() -> None:
    changing = ("rds:CreateDBInstance", "rds:DeleteDBInstance", "rds:ModifyDBInstance")
    for each in machine_rights().values():
        if set(listed(each["Action"])) & set(changing):
            assert not any(matched(each["Resource"], arn) for arn in LIVING)


def test_the_machine_is_taken_on_for_itself_alone_and_logs_every_step() -> None:
    (trust,) = json.loads(
        graph().one("aws:iam/role:Role", "refresh-machine-role").inputs["assumeRolePolicy"]
    )["Statement"]
    machine = graph().one("aws:sfn/stateMachine:StateMachine").inputs

    assert trust["Principal"] == {"Service": "states.amazonaws.com"}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].endswith(
        ":stateMachine:storefront-live-data-refresh"
    )
    assert machine["loggingConfiguration"]["level"] == "ALL"
    assert machine["loggingConfiguration"]["includeExecutionData"] is False
    log = graph().one("aws:cloudwatch/logGroup:LogGroup", "refresh-log").inputs
    assert log["kmsKeyId"] == KEY


def test_the_definition_names_the_mirror_the_keys_and_the_three_tasks() -> None:
    machine = graph().one("aws:sfn/stateMachine:StateMachine").inputs
    states = json.loads(machine["definition"])["States"]

    assert states["Share"]["Parameters"]["ValuesToAdd"] == [MIRROR]
    assert states["CreateTarget"]["Parameters"]["KmsKeyId"] == SHARING
    assert states["CreateTarget"]["Parameters"]["MasterUserSecretKmsKeyId"] == KEY
    for step in ("Prepare", "Sanitise", "Scan"):
        network_of = states[step]["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network_of["Subnets"] == ["isolated-a", "isolated-b"]
        assert network_of["SecurityGroups"] == [f"refresh-network-{step.lower()}-id"]
        assert states[step]["Parameters"]["TaskDefinition"].endswith(
            f"refresh-{step.lower()}-task-definition"
        )


@pytest.mark.parametrize(
    ("task", "copies"),
    [
        ("prepare", ["raw"]),
        ("sanitise", ["raw", "sanitised"]),
        ("scan", ["sanitised"]),
    ],
)
def test_a_task_reads_the_passwords_of_its_own_copies_alone(task: str, copies: list[str]) -> None:
    reading = statements(graph(), f"refresh-{task}-task-roles-task-policy")["ReadPasswordsOfCopies"]

    assert reading["Resource"] == f"arn:aws:secretsmanager:{PLACE}:secret:rds!db-*"
    assert reading["Condition"] == {
        "ArnLike": {
            "secretsmanager:ResourceTag/aws:rds:primaryDBInstanceArn": [
                f"{RDS}:db:storefront-live-{copy}-*" for copy in copies
            ]
        }
    }


def test_the_sanitiser_has_no_bucket_and_the_scan_cannot_write_where_it_reads() -> None:
    rights = {
        task: statements(graph(), f"refresh-{task}-task-roles-task-policy")
        for task in ("prepare", "sanitise", "scan")
    }

    assert not {"GetObject", "PutObject"} & set(rights["sanitise"])
    assert set(rights["prepare"]) & {"GetObject", "PutObject"} == {"PutObject"}
    assert rights["prepare"]["PutObject"]["Resource"].endswith("/runs/*")
    assert rights["scan"]["GetObject"]["Resource"].endswith("/runs/*")
    assert rights["scan"]["PutObject"]["Resource"].endswith("/manifests/*")


def test_only_the_scan_signs() -> None:
    signing = {
        node.name
        for node in graph().of("aws:iam/rolePolicy:RolePolicy")
        if "kms:Sign" in node.inputs["policy"]
    }

    assert signing == {"refresh-scan-task-roles-task-policy"}


def test_keys_come_by_reference_and_only_to_whom_they_belong() -> None:
    found = {
        node.name: {
            each["name"] for each in json.loads(node.inputs["containerDefinitions"])[0]["secrets"]
        }
        for node in graph().of("aws:ecs/taskDefinition:TaskDefinition")
    }

    assert found == {
        "refresh-prepare-task-definition": {"UNDERSTUDY_SCAN_KEY"},
        "refresh-sanitise-task-definition": {"UNDERSTUDY_SANITISE_KEY"},
        "refresh-scan-task-definition": {"UNDERSTUDY_SCAN_KEY"},
    }


def test_nothing_goes_out_but_to_copies_endpoints_and_s3() -> None:
    out = network().of(EGRESS)

    assert all("cidrIpv4" not in node.inputs for node in out)
    assert {
        node.name: node.inputs.get("referencedSecurityGroupId") or node.inputs.get("prefixListId")
        for node in out
        if node.name.startswith("net-scan")
    } == {
        "net-scan-to-sanitised": "net-sanitised-id",
        "net-scan-to-endpoints": "sg-endpoints",
        "net-scan-to-s3": "pl-s3",
    }
    assert {node.inputs["securityGroupId"] for node in out} == {
        "net-prepare-id",
        "net-sanitise-id",
        "net-scan-id",
    }


def test_only_preparation_and_sanitiser_reach_the_raw_copy() -> None:
    into = [n for n in network().of(INGRESS) if n.inputs["securityGroupId"] == "net-raw-id"]

    assert {node.inputs["referencedSecurityGroupId"] for node in into} == {
        "net-prepare-id",
        "net-sanitise-id",
    }
    assert {node.inputs["fromPort"] for node in into} == {5432}


def test_a_machine_is_started_by_its_schedule_only_where_that_is_on() -> None:
    args = MachineScheduleArgs(
        account=ACCOUNT,
        region=REGION,
        group_name="group",
        machine_arn="arn:machine",
        enabled=True,
        schedule="cron(0 1 ? * SAT *)",
        timezone="Europe/Dublin",
        tags=TAGS,
    )
    on = record(lambda: MachineSchedule("times", args))
    schedule = "aws:scheduler/schedule:Schedule"

    assert on.one(schedule).inputs["state"] == "ENABLED"
    assert graph().one(schedule).inputs["state"] == "DISABLED"
    assert statements(on, "times-starter-policy") == {
        "StartMachine": {
            "Sid": "StartMachine",
            "Effect": "Allow",
            "Action": "states:StartExecution",
            "Resource": "arn:machine",
        }
    }
    with pytest.raises(ValueError, match="got 'at"):
        replace(args, schedule="at(2026-01-01T00:00:00)")


def test_every_child_is_tagged() -> None:
    assert untagged(graph()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mirror_account": ACCOUNT}, "must be another"),
        ({"log_group_name": "/storefront/refresh"}, "must begin with /aws/vendedlogs/"),
        ({"tasks": {}}, "tasks must be prepare, sanitise, scan"),
    ],
)
def test_what_would_share_with_itself_or_lack_a_part_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(refresh_args(), **change)
