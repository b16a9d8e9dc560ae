"""A restore test is looked into: the event starts the check, which may say what it found."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from components.restore_testing import RestoreTesting
from components.restore_testing_network import RestoreTestingNetwork
from tests.support.graph import Graph, record
from tests.support.refresh import TOPIC, restore_args
from tests.support.tasks import ACCOUNT, CLUSTER, PLACE, SMALL_TASK, container, statements, untagged

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"


@cache
def graph() -> Graph:
    return record(lambda: RestoreTesting("tests", restore_args()))


def pattern(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(graph().one(RULE, name).inputs["eventPattern"])
    return found


def test_the_newest_recovery_point_of_the_database_is_tried_at_its_times() -> None:
    plan = graph().one("aws:backup/restoreTestingPlan:RestoreTestingPlan").inputs
    selection = graph().one("aws:backup/restoreTestingSelection:RestoreTestingSelection").inputs

    assert plan["scheduleExpression"] == "cron(0 9 ? * SUN,WED *)"
    chosen = plan["recoveryPointSelection"]
    assert chosen["algorithm"] == "LATEST_WITHIN_WINDOW"
    assert chosen["includeVaults"] == [f"arn:aws:backup:{PLACE}:backup-vault:main"]
    assert selection["protectedResourceArns"] == [f"arn:aws:rds:{PLACE}:db:storefront-live"]
    overrides = selection["restoreMetadataOverrides"]
    assert overrides["dbSubnetGroupName"] == "isolated"
    assert json.loads(overrides["vpcSecurityGroupIds"]) == ["tests-network-restored-id"]
    assert overrides["publiclyAccessible"] == "false"


def test_only_a_finished_restore_of_this_plan_starts_the_check() -> None:
    found = pattern("tests-restored")

    assert found["source"] == ["aws.backup"]
    assert found["detail-type"] == ["Restore Job State Change"]
    assert found["detail"]["status"] == ["COMPLETED"]
    (plan,) = found["detail"]["restoreTestingPlanArn"]
    assert plan.endswith("tests-plan")


def test_the_check_is_told_of_the_event_by_its_fields() -> None:
    target = graph().one(TARGET, "tests-restored-check").inputs
    transformer = target["inputTransformer"]
    (override,) = json.loads(transformer["inputTemplate"])["containerOverrides"]

    assert target["arn"] == CLUSTER
    assert target["ecsTarget"]["networkConfiguration"]["assignPublicIp"] is False
    (told,) = override["environment"]
    assert told["name"] == "RESTORE_EVENT"
    assert json.loads(told["value"]) == {
        "detail-type": "Restore Job State Change",
        "detail": {"restoreJobId": "<job>"},
    }
    assert transformer["inputPaths"] == {"job": "$.detail.restoreJobId"}
    assert override["name"] == "application"


def test_the_check_may_say_its_verdict_and_find_what_was_restored_for_a_test() -> None:
    rights = statements(graph(), "tests-task-roles-task-policy")

    assert rights["SendVerdict"]["Action"] == [
        "backup:DescribeRestoreJob",
        "backup:PutRestoreValidationResult",
    ]
    assert rights["FindRestoredDatabase"]["Resource"] == (
        f"arn:aws:rds:{PLACE}:db:awsbackup-restore-test-*"
    )
    assert set(rights) == {
        *("SendTraces", "SendVerdict", "FindRestoredDatabase"),
        *("ReadPassword", "DecryptPassword"),
    }


def test_the_check_reads_the_master_users_password_and_no_other_secret() -> None:
    rights = statements(graph(), "tests-task-roles-task-policy")
    variables = {each["name"]: each["value"] for each in container(graph())["environment"]}

    assert container(graph())["secrets"] == []
    assert variables["DATABASE_MASTER_SECRET_ARN"] == rights["ReadPassword"]["Resource"]
    assert rights["ReadPassword"]["Action"] == "secretsmanager:GetSecretValue"
    assert rights["DecryptPassword"]["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    }


def test_the_starter_starts_this_task_in_this_cluster_for_this_rule_only() -> None:
    rights = statements(graph(), "tests-starter-policy")
    (trust,) = json.loads(
        graph().one("aws:iam/role:Role", "tests-starter").inputs["assumeRolePolicy"]
    )["Statement"]

    assert rights["StartTask"]["Resource"].endswith(":task-definition/restore-check:*")
    assert rights["StartTask"]["Condition"] == {"ArnEquals": {"ecs:cluster": CLUSTER}}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"] == (
        f"arn:aws:events:{PLACE}:rule/tests-restored-*"
    )
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


def test_a_check_that_ended_well_is_told_and_counted() -> None:
    found = pattern("tests-passed")["detail"]

    assert found["group"] == ["family:restore-check"]
    assert found["containers"] == {"exitCode": [0]}
    assert graph().one(TARGET, "tests-passed-topic").inputs["arn"] == TOPIC


def test_nobody_but_the_check_reaches_the_restored_database() -> None:
    network = record(lambda: RestoreTestingNetwork("net", restore_args().network))
    into = network.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    out = network.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")

    assert {
        (node.inputs["securityGroupId"], node.inputs["referencedSecurityGroupId"]) for node in into
    } == {("net-restored-id", "net-check-id"), ("sg-endpoints", "net-check-id")}
    assert {node.inputs["securityGroupId"] for node in out} == {"net-check-id"}
    assert {node.inputs["fromPort"] for node in out if "cidrIpv4" in node.inputs} == {443}


def test_every_child_is_tagged() -> None:
    assert untagged(graph()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [({"plan_name": "a-b"}, "letters, digits and _"), ({"task": SMALL_TASK}, "got 8080")],
)
def test_a_bad_name_and_a_task_that_listens_are_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(restore_args(), **change)
