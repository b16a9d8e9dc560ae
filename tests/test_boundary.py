"""The permissions boundary lets roles do their work, and nothing to what guards the account."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from botocore.session import get_session

from components.permissions_boundary import POLICY_NAME, boundary_arn
from sandbox.project import BOUNDARY
from tests.blueprint.environments import STACKS, environment, settings_of
from tests.support.templates import filled, listed, statements
from tests.test_bootstrap import parameters, template

GUARDS = ("accessanalyzer", "account", "cloudtrail", "config", "guardduty", "iam", "organizations")
OF_OTHERS = ("Cluster", "TenantDatabase")
"""What AWS's own policies allow of databases that no environment has."""


@cache
def boundary() -> list[dict[str, Any]]:
    resource = template("deployer")["Resources"]["RoleBoundary"]["Properties"]
    found: list[dict[str, Any]] = filled(resource["PolicyDocument"], parameters("staging"))[
        "Statement"
    ]
    return found


def names(statement: dict[str, Any], action: str) -> bool:
    """Tell whether a statement is about an action; a pattern must be all in one of its own."""
    wanted = action.lower()
    return any(fnmatchcase(wanted, each.lower()) for each in listed(statement["Action"]))


def leaves(action: str) -> bool:
    """Tell whether the boundary lets a role do something, somewhere."""
    about = [each for each in boundary() if names(each, action)]
    return bool(about) and all(each["Effect"] == "Allow" for each in about)


def allowed_actions() -> list[str]:
    allowing = [each for each in boundary() if each["Effect"] == "Allow"]
    return [action for each in allowing for action in listed(each["Action"])]


def given_to_roles() -> Iterator[dict[str, Any]]:
    """Yield every statement of the policies that the program writes into its roles."""
    for stack in STACKS:
        for node in environment(stack).of("aws:iam/rolePolicy:RolePolicy"):
            yield from json.loads(node.inputs["policy"])["Statement"]


def of_aws(name: str) -> set[str]:
    """Return what a policy of AWS's own allows of the services that an environment backs up."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    document = json.loads(aws_managed_policies_data)[name]["Document"]
    actions = {
        action for each in document["Statement"] for action in listed(each.get("Action", []))
    }
    ours = ("backup:", "kms:", "logs:", "rds:", "tag:")
    return {
        action
        for action in actions
        if action.startswith(ours) and not any(word in action for word in OF_OTHERS)
    }


def attached() -> set[str]:
    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return {node.inputs["policyArn"] for stack in STACKS for node in environment(stack).of(kind)}


def needed() -> set[str]:
    own = {action for each in given_to_roles() for action in listed(each["Action"])}
    return own.union(*(of_aws(arn.rpartition("/")[2]) for arn in attached()))


@pytest.mark.slow
def test_the_boundary_leaves_each_role_what_it_is_given() -> None:
    assert [action for action in sorted(needed()) if not leaves(action)] == []


@pytest.mark.slow
def test_the_boundary_leaves_nothing_that_no_role_is_given() -> None:
    own = needed()
    left = allowed_actions()
    # What AWS Backup looks at to restore a database into a network (AWS Backup Developer Guide,
    # "Restore an RDS database").
    looks = {"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"}
    assert [
        each for each in left if each not in looks and not any(fnmatchcase(a, each) for a in own)
    ] == []


@pytest.mark.slow
def test_a_pattern_in_the_boundary_is_one_of_a_roles_own_or_reads() -> None:
    own = needed()
    patterns = [each for each in allowed_actions() if set(each) & set("*?")]
    assert [each for each in patterns if each not in own and not each.endswith(":Describe*")] == []


@pytest.mark.slow
def test_roles_are_handed_on_to_tasks_alone() -> None:
    (own,) = (each for each in boundary() if names(each, "iam:PassRole"))
    for statement in given_to_roles():
        if names(statement, "iam:PassRole"):
            assert statement["Condition"] == own["Condition"]
            for arn in listed(statement["Resource"]):
                assert "-task-roles-" in arn
    assert own["Resource"] == "arn:aws:iam::222222222222:role/*-task-roles-*"


@pytest.mark.parametrize("service", GUARDS)
def test_the_boundary_leaves_no_request_to_what_guards_the_account(service: str) -> None:
    model = get_session().get_service_model(service)
    prefix = model.signing_name
    requests = [f"{prefix}:{name}" for name in model.operation_names]
    assert requests
    assert [action for action in requests if leaves(action)] == []


@pytest.mark.parametrize(
    "action",
    [
        "backup:DeleteRecoveryPoint",
        "cloudtrail:StopLogging",
        "config:StopConfigurationRecorder",
        "guardduty:DeleteDetector",
        "guardduty:UpdateDetector",
        "iam:AttachRolePolicy",
        "iam:CreatePolicyVersion",
        "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "organizations:LeaveOrganization",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObjectVersion",
        "s3:PutBucketPolicy",
        "securityhub:DisableSecurityHub",
    ],
)
def test_what_would_take_the_guard_away_is_denied_outright(action: str) -> None:
    denied = [each for each in boundary() if each["Effect"] == "Deny" and names(each, action)]
    assert [(each["Resource"], "Condition" in each) for each in denied] == [("*", False)]


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_every_role_of_the_program_carries_the_boundary_of_its_account(stack: str) -> None:
    roles = environment(stack).of("aws:iam/role:Role")
    assert roles
    wanted = boundary_arn(settings_of(stack).identity.account)
    assert {role.inputs.get("permissionsBoundary") for role in roles} == {wanted}


def test_the_boundary_is_called_what_the_program_and_the_sandbox_call_it() -> None:
    made = template("deployer")["Resources"]["RoleBoundary"]["Properties"]["ManagedPolicyName"]
    assert made == POLICY_NAME == BOUNDARY


def test_the_deployer_gives_rights_to_no_role_without_the_boundary() -> None:
    found = {
        each.get("Sid"): each for each in statements(template("deployer"), parameters("staging"))
    }
    only = found["OnlyWithinTheBoundary"]
    assert only["Effect"] == "Deny"
    assert only["Resource"] == "*"
    assert only["Condition"] == {"StringNotEquals": {"iam:PermissionsBoundary": "RoleBoundary"}}
    assert set(only["Action"]) == {
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
    }


def test_the_deployer_changes_no_boundary() -> None:
    found = {
        each.get("Sid"): each for each in statements(template("deployer"), parameters("staging"))
    }
    stays = found["TheBoundaryStays"]
    assert (stays["Effect"], stays["Resource"], "Condition" in stays) == ("Deny", "*", False)
    assert "iam:DeleteRolePermissionsBoundary" in stays["Action"]
    policies = ["iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"]
    assert set(policies) <= set(stays["Action"])
