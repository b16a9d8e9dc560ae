"""What must exist on AWS beforehand: the templates lint, and fit the settings and the program."""

import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from operations.releases.ledger import FOLDER
from tests.blueprint.environments import STACKS, environment, settings_of
from tests.rights.linter import findings
from tests.support.graph import Node
from tests.support.templates import filled, length, listed, read, statements

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "bootstrap").glob("*.yaml"))
LONGEST_POLICY = 6144
"""IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy without white space."""
SERVICES = {
    "accessanalyzer": "access-analyzer",
    "acm": "acm",
    "appautoscaling": "application-autoscaling",
    "backup": "backup",
    "budgets": "budgets",
    "cfg": "config",
    "cloudtrail": "cloudtrail",
    "costexplorer": "ce",
    "ebs": "ec2",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "guardduty": "guardduty",
    "iam": "iam",
    "kms": "kms",
    "lb": "elasticloadbalancing",
    "rds": "rds",
    "route53": "route53",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "securityhub": "securityhub",
    "sfn": "states",
    "sns": "sns",
    "vpc": "ec2",
    "wafv2": "wafv2",
}
"""Pulumi's module to IAM's service; CloudWatch's is told apart by type."""
READS = ("kms:Describe", "kms:Get", "kms:List")
CLOUDWATCH = {"Event": "events", "Log": "logs"}


def template(name: str) -> dict[str, Any]:
    return read(ROOT / "bootstrap" / f"{name}.yaml")


def parameters(stack: str) -> dict[str, str]:
    """Return what a person gives for one environment, as the README says."""
    settings = settings_of(stack)
    return {
        "AWS::AccountId": settings.identity.account,
        "AWS::Partition": "aws",
        "Application": settings.shape.application,
        "ChildDomain": settings.identity.dns.domain,
        "Domain": settings.identity.dns.domain,
        "SharesData": "yes" if settings.identity.data_refresh.shared_with else "no",
        "TakesDataOver": "yes" if settings.identity.data_refresh.shared_key else "no",
        "DeletesArchive": "no" if settings.scale.protection.deletion else "yes",
        "EmptiesBuckets": "no" if settings.scale.protection.deletion else "yes",
        "Environment": settings.identity.name,
        "ParentZoneId": settings.identity.dns.parent_zone_id,
    }


def role_name(name: str, resource: str, stack: str) -> str:
    role = template(name)["Resources"][resource]["Properties"]["RoleName"]
    return str(filled(role, parameters(stack)))


def of_primary(stack: str) -> Iterator[Node]:
    """Yield what the deployer makes: the resources of the environment's own account."""
    for node in environment(stack).nodes:
        if node.type.startswith("aws:") and "::primary::" in str(node.options.get("provider")):
            yield node


def iam_service(type_: str) -> str:
    module, _, name = type_.split(":", 1)[1].partition("/")
    if module == "cloudwatch":
        kind = name.partition(":")[2]
        return next((s for word, s in CLOUDWATCH.items() if kind.startswith(word)), "cloudwatch")
    return SERVICES[module]


@pytest.mark.slow
def test_every_template_lints_clean() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *TEMPLATES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_policies_of_a_template_lint_clean(path: Path) -> None:
    role = "arn:aws:iam::222222222222:role/other"
    given = {
        **parameters("staging"),
        "StateKeyArn": "arn:aws:kms:eu-west-1:222222222222:key/state",
        "RoleBoundary": "arn:aws:iam::222222222222:policy/understudy-boundary",
        "OtherRoles": role,
        "BreakGlassUntil": "2026-01-31T09:00:00Z",
    }
    found = {
        f"{name}: {each}"
        for name, resource in read(path)["Resources"].items()
        for policy in policies_of(filled(resource, given))
        for each in findings(policy)
    }
    assert found == set()


def policies_of(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the policies of a role, or the managed policy that it is."""
    properties = resource.get("Properties", {})
    inline = [each["PolicyDocument"] for each in properties.get("Policies", [])]
    managed = resource["Type"] == "AWS::IAM::ManagedPolicy"
    return [*inline, properties["PolicyDocument"]] if managed else inline


def test_the_linter_finds_what_is_wrong() -> None:
    wrong = {"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*"}
    (found,) = findings({"Version": "2012-10-17", "Statement": [wrong]})
    assert found.startswith("UNKNOWN_ACTION")


@pytest.mark.parametrize("stack", STACKS)
def test_the_roles_are_those_that_the_settings_name(stack: str) -> None:
    identity = settings_of(stack).identity
    assert role_name("deployer", "DeployerRole", stack) == identity.deployer_role
    assert role_name("archive", "ArchiveRole", stack) == identity.archive_role
    assert role_name("parent-zone", "DelegationRole", stack) == identity.dns.delegation_role


@pytest.mark.parametrize("stack", STACKS)
def test_the_delegation_role_changes_ns_and_ds_of_the_one_name_only(stack: str) -> None:
    change, *rest = statements(template("parent-zone"), parameters(stack))
    dns = settings_of(stack).identity.dns
    assert change["Action"] == "route53:ChangeResourceRecordSets"
    assert change["Resource"] == f"arn:aws:route53:::hostedzone/{dns.parent_zone_id}"
    limits = change["Condition"]["ForAllValues:StringEquals"]
    assert limits["route53:ChangeResourceRecordSetsNormalizedRecordNames"] == [dns.domain]
    assert limits["route53:ChangeResourceRecordSetsRecordTypes"] == ["NS", "DS"]
    reads = {action for statement in rest for action in listed(statement["Action"])}
    assert all(action.startswith(("route53:Get", "route53:List")) for action in reads)


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_delegation_makes_no_other_records(stack: str) -> None:
    made = [
        (node.type, node.inputs["name"], node.inputs["type"])
        for node in environment(stack).nodes
        if "::parent::" in str(node.options.get("provider"))
    ]
    domain = settings_of(stack).identity.dns.domain
    record = "aws:route53/record:Record"
    assert sorted(made) == [(record, domain, "DS"), (record, domain, "NS")]


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_deployer_may_use_every_service_of_the_program_and_no_other(stack: str) -> None:
    needed = {iam_service(node.type) for node in of_primary(stack)}
    granted = {
        action.partition(":")[0]
        for statement in statements(template("deployer"), parameters(stack))
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    }
    assert granted - {"backup-storage", "sts"} == needed


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_deployer_may_delete_what_is_in_buckets_only_where_nothing_is_protected(
    stack: str,
) -> None:
    objects = "arn:aws:s3:::*/*"
    (denied,) = (
        statement
        for statement in statements(template("deployer"), parameters(stack))
        if statement["Effect"] == "Deny" and statement["Resource"] == objects
    )
    buckets = environment(stack).of("aws:s3/bucket:Bucket")
    if any(node.inputs["forceDestroy"] for node in buckets):
        assert all("Delete" in each or "Bypass" in each for each in denied["NotAction"])
    else:
        assert denied["Action"] == "s3:*"


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_deployer_may_make_and_hand_on_the_programs_roles_and_no_other(stack: str) -> None:
    given = parameters(stack)
    own = {
        statement["Sid"]: listed(statement["Resource"])
        for statement in statements(template("deployer"), given)
        if statement.get("Sid") in {"MakeOwnRoles", "AttachKnownPolicies", "HandRolesToServices"}
    }
    roles = [node.name for node in of_primary(stack) if node.type == "aws:iam/role:Role"]
    arns = [f"arn:aws:iam::{given['AWS::AccountId']}:role/{name}-1a2b3c4" for name in roles]
    assert len(own) == 3
    for patterns in own.values():
        assert [a for a in arns if not any(fnmatchcase(a, p) for p in patterns)] == []
        assert [p for p in patterns if not any(fnmatchcase(a, p) for a in arns)] == []
        for name in (
            "understudy-deployer",
            "understudy-archive-staging",
            "OrganizationAccountAccessRole",
        ):
            arn = f"arn:aws:iam::{given['AWS::AccountId']}:role/{name}"
            assert not any(fnmatchcase(arn, pattern) for pattern in patterns)


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_the_deployer_may_attach_the_policies_of_the_program_and_no_other(stack: str) -> None:
    attach = next(
        statement
        for statement in statements(template("deployer"), parameters(stack))
        if statement.get("Sid") == "AttachKnownPolicies"
    )
    attached = {
        node.inputs["policyArn"]
        for node in of_primary(stack)
        if node.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    }
    assert set(attach["Condition"]["ArnEquals"]["iam:PolicyARN"]) == attached


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    ("sid", "type_", "input_", "arn"),
    [
        ("Buckets", "aws:s3/bucket:Bucket", "bucket", "arn:aws:s3:::{}"),
        ("Topics", "aws:sns/topic:Topic", "name", "arn:aws:sns:eu-west-1:{account}:{}"),
        ("Budgets", "aws:budgets/budget:Budget", "name", "arn:aws:budgets::{account}:budget/{}"),
        (
            "Registry",
            "aws:ecr/repository:Repository",
            "name",
            "arn:aws:ecr:eu-west-1:{account}:repository/{}",
        ),
        (
            "Schedules",
            "aws:scheduler/scheduleGroup:ScheduleGroup",
            "name",
            "arn:aws:scheduler:eu-west-1:{account}:schedule-group/{}",
        ),
        (
            "Migration",
            "aws:ecs/taskDefinition:TaskDefinition",
            "family",
            "arn:aws:ecs:eu-west-1:{account}:task-definition/{}:1",
        ),
    ],
)
def test_names_in_the_deployers_policies_are_those_of_the_program(
    stack: str, sid: str, type_: str, input_: str, arn: str
) -> None:
    given = parameters(stack)
    found = next(s for s in statements(template("deployer"), given) if s.get("Sid") == sid)
    arns = [
        arn.format(node.inputs[input_], account=given["AWS::AccountId"])
        for node in of_primary(stack)
        if node.type == type_ and (sid != "Migration" or node.name.startswith("migration"))
    ]
    assert arns
    patterns = listed(found["Resource"])
    assert [a for a in arns if not any(fnmatchcase(a, p) for p in patterns)] == []


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_secrets_are_named_as_the_deployer_may_name_them(stack: str) -> None:
    secrets = [n for n in of_primary(stack) if n.type == "aws:secretsmanager/secret:Secret"]
    assert secrets
    assert all(
        node.name.startswith(("secrets-", "database-master-secret", "data-refresh-"))
        for node in secrets
    )
    assert not any("name" in node.inputs for node in secrets)


def test_the_deployer_reads_no_secret_but_those_it_makes() -> None:
    deployer = statements(template("deployer"), parameters("production"))
    readers = [
        resource
        for statement in deployer
        if "secretsmanager:GetSecretValue" in listed(statement.get("Action", []))
        for resource in listed(statement["Resource"])
    ]
    assert readers
    own = (":secret:secrets-*", ":secret:database-master-secret-*", ":secret:data-refresh-*")
    assert all(resource.endswith(own) for resource in readers)


@pytest.mark.parametrize("stack", STACKS)
def test_the_deployer_deletes_sanitised_snapshots_of_its_application_and_no_backup(
    stack: str,
) -> None:
    given = parameters(stack)
    deleting = [
        statement
        for statement in statements(template("deployer"), given)
        for action in listed(statement.get("Action", []))
        if statement["Effect"] == "Allow" and fnmatchcase("rds:DeleteDBSnapshot", action)
    ]
    (pattern,) = (resource for each in deleting for resource in listed(each["Resource"]))
    place = f"arn:aws:rds:eu-west-1:{given['AWS::AccountId']}:snapshot:"
    assert fnmatchcase(f"{place}sanitised-{given['Application']}-2031-05-01-0a1b2c3d", pattern)
    for name in ("rds:storefront-staging-1", "awsbackup:job-1", "storefront-staging-final"):
        assert not fnmatchcase(f"{place}{name}", pattern)
    without = {**given, "RefreshesData": "no"}
    sids = {each.get("Sid") for each in statements(template("deployer"), without)}
    assert "SanitisedSnapshots" not in sids


def archive_statements(stack: str) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in statements(template("archive"), parameters(stack))}


def test_productions_archive_is_destroyed_by_no_role_of_the_program() -> None:
    found = archive_statements("production")
    never = found["NeverDestroyAnArchive"]
    assert never["Effect"] == "Deny"
    assert "Condition" not in never
    assert set(never["Action"]) >= {
        "backup:DeleteRecoveryPoint",
        "backup:DeleteBackupVaultLockConfiguration",
        "kms:ScheduleKeyDeletion",
    }
    assert "DeleteOwnArchive" not in found


def test_stagings_role_destroys_its_own_archive_only() -> None:
    found = archive_statements("staging")
    assert "NeverDestroyAnArchive" not in found
    assert found["DeleteOwnArchive"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/Environment": "staging"}
    }


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_an_archives_role_changes_no_key_of_another_environment_and_locks_nobody_out(
    stack: str,
) -> None:
    found = archive_statements(stack)
    others, locked = found["NoOtherKeys"], found["NobodyIsLockedOut"]
    assert others["Effect"] == locked["Effect"] == "Deny"
    assert others["Condition"]["StringNotEquals"] == {"aws:ResourceTag/Environment": stack}
    changes = {a for a in found["ManageKeys"]["Action"] if not a.startswith(READS)}
    assert changes - set(others["Action"]) == {"kms:CreateKey", "kms:TagResource"}
    assert set(locked["Action"]) == {"kms:CreateKey", "kms:PutKeyPolicy"}
    keys = [
        node
        for node in environment(stack).of("aws:kms/key:Key")
        if "::archive::" in str(node.options.get("provider"))
    ]
    assert [node.inputs["tags"]["Environment"] for node in keys] == [stack]


@pytest.mark.slow
def test_vaults_in_the_archive_are_named_as_its_role_may_name_them() -> None:
    for stack in STACKS:
        vaults = [
            node.inputs["name"]
            for node in environment(stack).nodes
            if node.type == "aws:backup/vault:Vault"
            and "::archive::" in str(node.options.get("provider"))
        ]
        application = settings_of(stack).shape.application
        assert vaults
        assert all(name.startswith(f"{application}-{stack}-") for name in vaults)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_policy_is_longer_than_iam_takes(path: Path) -> None:
    given = {**parameters("production"), "Application": "a" * 20, "Environment": "e" * 16}
    for name, resource in read(path)["Resources"].items():
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            policy = filled(resource["Properties"]["PolicyDocument"], given)
            assert length(policy) <= LONGEST_POLICY, name


def test_the_state_is_encrypted_versioned_private_and_kept() -> None:
    resources = template("state")["Resources"]
    bucket = resources["Bucket"]["Properties"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert resources["Key"]["Properties"]["EnableKeyRotation"] is True
    for name in ("Bucket", "Key"):
        assert resources[name]["DeletionPolicy"] == "Retain"
    denied = denied_in_the_state(resources)
    assert {"aws:SecureTransport": "false"} in [s.get("Condition", {}).get("Bool") for s in denied]


def denied_in_the_state(resources: dict[str, Any]) -> list[dict[str, Any]]:
    statements = resources["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    return [statement for statement in statements if statement["Effect"] == "Deny"]


def test_a_record_of_the_ledger_is_created_once_and_stays() -> None:
    denied = denied_in_the_state(template("state")["Resources"])
    ours = {
        each["Action"]: each for each in denied if str(each["Resource"]).endswith(f"/{FOLDER}/*'}}")
    }
    assert set(ours) == {"s3:DeleteObject", "s3:PutObject"}
    assert {each["Principal"] for each in ours.values()} == {"*"}
    assert "Condition" not in ours["s3:DeleteObject"]
    assert ours["s3:PutObject"]["Condition"] == {"Null": {"s3:if-none-match": "true"}}
