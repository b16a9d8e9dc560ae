"""Roles, policies, attachments and identity providers through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.aws import AwsError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ISSUER = "https://token.actions.githubusercontent.com"


def trust(**principal: str) -> str:
    named = principal or {"Service": "ecs-tasks.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def may(action: str = "s3:GetObject") -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(cloud: Cloud, name: str, **more: Any) -> Thing:
    inputs = {"assumeRolePolicy": trust(), "tags": {"Name": name}}
    return cloud.make(ROLE, name, {**inputs, **more})


def test_a_role_lives_changes_and_goes(cloud: Cloud) -> None:
    role = make_role(cloud, "task", description="Runs", maxSessionDuration=7200)
    settled(role)
    assert role.id.startswith("task-")
    assert role.props["arn"] == f"arn:aws:iam::{ACCOUNT}:role/{role.id}"
    assert role.props["uniqueId"].startswith("AROA")
    role.update(description="Runs on")
    settled(role)
    role.update(
        assumeRolePolicy=trust(Service="lambda.amazonaws.com"),
        description=None,
        maxSessionDuration=3600,
        permissionsBoundary=READ_ONLY,
        tags={"Name": "task", "More": "yes"},
    )
    settled(role)
    iam = cloud.boto3("iam")
    iam.update_assume_role_policy(RoleName=role.id, PolicyDocument=trust())
    iam.delete_role_permissions_boundary(RoleName=role.id)
    iam.untag_role(RoleName=role.id, TagKeys=["More"])
    assert role.refresh() == {"assumeRolePolicy", "permissionsBoundary", "tags"}
    assert json.loads(role.imported()["assumeRolePolicy"]) == json.loads(trust())
    assert role.plan(path="/other/").replaces == {"path"}
    role.delete()
    assert role.refresh() is None


def test_a_roles_boundary_must_be_there(cloud: Cloud) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    role = make_role(cloud, "bounded", permissionsBoundary=boundary)
    settled(role)
    nowhere = f"arn:aws:iam::{ACCOUNT}:policy/nowhere"
    with pytest.raises(SandboxError, match=f"policy {nowhere} does not exist"):
        role.update(permissionsBoundary=nowhere)
    with pytest.raises(SandboxError, match=f"policy {nowhere} does not exist"):
        make_role(cloud, "unbounded", permissionsBoundary=nowhere)
    assert role.refresh() == set()
    role.delete()


def test_a_role_of_the_name_that_is_not_ours_is_not_found(cloud: Cloud) -> None:
    cloud.boto3("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument=trust())
    urn = f"urn:pulumi:test::understudy::{ROLE}::theirs"
    ours = {"name": "theirs", "assumeRolePolicy": trust(), "tags": {"Name": "ours"}}
    assert cloud.provider.find(urn, ours) is None
    with pytest.raises(AwsError, match="EntityAlreadyExists"):
        cloud.make(ROLE, "theirs", ours)
    cloud.boto3("iam").delete_role(RoleName="theirs")


def test_a_role_keeps_the_policies_written_in_it(cloud: Cloud) -> None:
    inner = [{"name": "reads", "policy": may()}]
    role = make_role(cloud, "whole", inlinePolicies=inner, managedPolicyArns=[READ_ONLY])
    settled(role)
    role.update(inlinePolicies=[{"name": "writes", "policy": may("s3:PutObject")}])
    settled(role)
    cloud.boto3("iam").detach_role_policy(RoleName=role.id, PolicyArn=READ_ONLY)
    assert role.refresh() == {"managedPolicyArns"}
    role.delete()
    assert role.refresh() is None


def test_documents_that_iam_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    assert "in JSON" in cloud.problems(ROLE, {"assumeRolePolicy": "{bad json"})["assumeRolePolicy"]
    problems = cloud.problems(ROLE, {"assumeRolePolicy": may(), "maxSessionDuration": 60})
    assert set(problems) == {"assumeRolePolicy.Statement[0]", "maxSessionDuration"}
    assert "must not name a principal" in cloud.problems(POLICY, {"policy": trust()}).values()
    long = cloud.problems(INLINE, {"role": "r", "policy": may("s3:" + "x" * 11000)})
    assert "at most 10240" in long["policy"]


def test_a_trust_in_nobody_is_refused(cloud: Cloud) -> None:
    nobody = trust(AWS=f"arn:aws:iam::{ACCOUNT}:role/nobody")
    with pytest.raises(SandboxError, match="invalid principal"):
        make_role(cloud, "trusting", assumeRolePolicy=nobody)
    role = make_role(cloud, "trusting", assumeRolePolicy=trust(AWS=f"arn:aws:iam::{ACCOUNT}:root"))
    role.delete()


def test_a_policy_in_a_role_lives_changes_and_goes(cloud: Cloud) -> None:
    role = make_role(cloud, "holds")
    held = cloud.make(INLINE, "held", {"role": role.id, "policy": may()})
    settled(held)
    assert held.id == f"{role.id}:{held.props['name']}"
    held.update(policy=may("s3:PutObject"))
    settled(held)
    assert role.refresh() == set()
    with pytest.raises(AwsError, match="DeleteConflict"):
        role.delete()
    named = {"RoleName": role.id, "PolicyName": held.props["name"]}
    cloud.boto3("iam").put_role_policy(**named, PolicyDocument=may())
    assert held.refresh() == {"policy"}
    assert held.imported()["role"] == role.id
    held.delete()
    assert held.refresh() is None
    with pytest.raises(AwsError, match="NoSuchEntity"):
        cloud.make(INLINE, "held", {"role": "nobody", "policy": may()})
    role.delete()


def test_a_policy_lives_through_more_than_five_versions(cloud: Cloud) -> None:
    made = cloud.make(POLICY, "reads", {"policy": may(), "tags": {"Name": "reads"}})
    settled(made)
    assert made.id == made.props["arn"]
    for number in range(6):
        made.update(policy=may(f"s3:Get{number}"), tags={"Name": "reads", "Number": str(number)})
        settled(made)
    versions = cloud.boto3("iam").list_policy_versions(PolicyArn=made.id)["Versions"]
    assert len(versions) == 5
    assert made.imported()["name"] == made.props["name"]
    assert made.plan(description="new").replaces == {"description"}
    made.delete()
    assert made.refresh() is None


def test_an_attached_policy_stays(cloud: Cloud) -> None:
    role = make_role(cloud, "attached")
    made = cloud.make(POLICY, "attached", {"policy": may(), "tags": {"Name": "attached"}})
    tie = cloud.make(ATTACHMENT, "tie", {"role": role.id, "policyArn": made.id})
    settled(tie)
    assert tie.id == f"{role.id}/{made.id}"
    assert tie.imported() == {"role": role.id, "policyArn": made.id}
    with pytest.raises(SandboxError, match=f"role {role.id} has it attached"):
        made.delete()
    with pytest.raises(AwsError, match="DeleteConflict"):
        role.delete()
    role.update(forceDetachPolicies=True)
    role.delete()
    assert tie.refresh() is None
    tie.delete()
    made.delete()
    with pytest.raises(AwsError, match="NoSuchEntity"):
        cloud.make(ATTACHMENT, "tie", {"role": "nobody", "policyArn": READ_ONLY})


def test_a_policy_is_attached_to_a_role_after_many(cloud: Cloud) -> None:
    iam = cloud.boto3("iam")
    trust = iam.get_role(RoleName=make_role(cloud, "many").id)["Role"]["AssumeRolePolicyDocument"]
    roles = [
        iam.create_role(RoleName=f"many-{n}", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        for n in range(101)
    ]
    # moto lists them by id.
    last = max(roles, key=lambda role: str(role["RoleId"]))["RoleName"]
    made = cloud.make(POLICY, "many", {"policy": may()})
    iam.attach_role_policy(RoleName=last, PolicyArn=made.id)
    with pytest.raises(SandboxError, match=f"role {last} has it attached"):
        made.delete()


def test_a_role_takes_ten_policies_and_not_what_is_not_there(cloud: Cloud) -> None:
    role = make_role(cloud, "ten")
    listed = cloud.boto3("iam").list_policies(Scope="AWS", MaxItems=11)["Policies"]
    arns = [each["Arn"] for each in listed]
    ties = [cloud.make(ATTACHMENT, "t", {"role": role.id, "policyArn": arn}) for arn in arns[:10]]
    with pytest.raises(SandboxError, match="LimitExceeded"):
        cloud.make(ATTACHMENT, "t", {"role": role.id, "policyArn": arns[10]})
    for tie in ties:
        tie.delete()
    none = f"arn:aws:iam::{ACCOUNT}:policy/none"
    with pytest.raises(AwsError, match="does not exist"):
        cloud.make(ATTACHMENT, "t", {"role": role.id, "policyArn": none})
    role.delete()


def test_an_identity_provider_lives_changes_and_goes(cloud: Cloud) -> None:
    inputs = {
        "url": ISSUER,
        "clientIdLists": ["sts.amazonaws.com"],
        "thumbprintLists": ["a" * 40],
        "tags": {"Name": "ci"},
    }
    provider = cloud.make(PROVIDER, "ci", inputs)
    settled(provider)
    assert provider.id.endswith(":oidc-provider/token.actions.githubusercontent.com")
    provider.update(
        clientIdLists=["other"], thumbprintLists=["b" * 40], tags={"Name": "ci", "More": "yes"}
    )
    settled(provider)
    assert provider.imported()["url"] == ISSUER
    cloud.boto3("iam").add_client_id_to_open_id_connect_provider(
        OpenIDConnectProviderArn=provider.id, ClientID="third"
    )
    assert provider.refresh() == {"clientIdLists"}
    with pytest.raises(SandboxError, match="EntityAlreadyExists"):
        cloud.make(PROVIDER, "ci", inputs)
    provider.delete()
    assert provider.refresh() is None
    plain = {**inputs, "url": "http://x", "thumbprintLists": ["a"]}
    assert set(cloud.problems(PROVIDER, plain)) == {"url", "thumbprintLists[0]"}
