"""Each role of a task allows what the task needs, on the things it needs it for."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.task_roles import DatabaseAccess, TaskRoles, TaskRolesArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import ACCOUNT, API_KEY, KEY, PLACE, REGION, TAGS, statements, untagged

ARGS = TaskRolesArgs(
    account=ACCOUNT,
    region=REGION,
    repository_arn=f"arn:aws:ecr:{PLACE}:repository/storefront",
    log_group_arn=f"arn:aws:logs:{PLACE}:log-group:/storefront/web",
    secrets=[f"{API_KEY}:key::", API_KEY],
    secret_key_arns=[KEY, KEY],
    database=DatabaseAccess(resource_id="db-ABC", user="storefront"),
    tags=TAGS,
)


@once
def deploy(args: TaskRolesArgs) -> Graph:
    return record(lambda: TaskRoles("roles", args))


def test_execution_role_pulls_logs_and_reads_only_its_own() -> None:
    allowed = statements(deploy(ARGS), "roles-execution-policy")

    assert {sid: statement["Resource"] for sid, statement in allowed.items()} == {
        "LogInToRegistry": "*",
        "PullImage": f"arn:aws:ecr:{PLACE}:repository/storefront",
        "WriteLog": f"arn:aws:logs:{PLACE}:log-group:/storefront/web:log-stream:*",
        "ReadSecrets": [API_KEY],
        "DecryptSecrets": [KEY],
    }
    assert allowed["LogInToRegistry"]["Action"] == "ecr:GetAuthorizationToken"
    assert allowed["DecryptSecrets"]["Condition"] == {
        "StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
    }


def test_task_role_connects_as_one_database_user_and_reads_no_secret() -> None:
    allowed = statements(deploy(ARGS), "roles-task-policy")

    assert set(allowed) == {"SendTraces", "ConnectToDatabase"}
    assert allowed["ConnectToDatabase"]["Resource"] == (
        f"arn:aws:rds-db:{PLACE}:dbuser:db-ABC/storefront"
    )


def test_without_database_and_secrets_neither_is_allowed() -> None:
    graph = deploy(replace(ARGS, secrets=[], secret_key_arns=[], database=None))

    assert set(statements(graph, "roles-task-policy")) == {"SendTraces"}
    assert set(statements(graph, "roles-execution-policy")) == {
        "LogInToRegistry",
        "PullImage",
        "WriteLog",
    }


def test_further_permissions_go_to_the_application_alone() -> None:
    further = {
        "Sid": "ReadFlags",
        "Effect": "Allow",
        "Action": "appconfig:GetLatestConfiguration",
        "Resource": f"arn:aws:appconfig:{PLACE}:application/x",
    }
    graph = deploy(replace(ARGS, permissions=[further]))

    assert statements(graph, "roles-task-policy")["ReadFlags"] == further
    assert "ReadFlags" not in statements(graph, "roles-execution-policy")


def test_no_action_is_a_wildcard() -> None:
    graph = deploy(ARGS)

    for policy in ("roles-task-policy", "roles-execution-policy"):
        for statement in statements(graph, policy).values():
            assert "*" not in json.dumps(statement["Action"])


def test_only_tasks_of_this_account_and_region_take_the_roles() -> None:
    for role in deploy(ARGS).of("aws:iam/role:Role"):
        (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]

        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{PLACE}:*"},
        }


def test_every_child_is_tagged() -> None:
    assert untagged(deploy(ARGS)) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"secret_key_arns": []}, "secret_key_arns must name"),
        ({"database": DatabaseAccess(resource_id="db-ABC", user="*")}, "one user, got '\\*'"),
        ({"database": DatabaseAccess(resource_id="db-ABC", user="")}, "one user, got ''"),
    ],
)
def test_rights_that_would_be_wrong_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **change)


def test_a_name_too_long_for_a_role_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 44 characters"):
        record(lambda: TaskRoles("x" * 45, ARGS))
