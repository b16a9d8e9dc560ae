"""Who may come into an account: by which token, for how long, and how far."""

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.support.templates import filled, listed, read
from tests.test_bootstrap import ROOT, TEMPLATES

GIVEN = {
    "AWS::AccountId": "222222222222",
    "AWS::Partition": "aws",
    "BreakGlassUntil": "2000-01-01T00:00:00Z",
    "Environment": "staging",
    "SubjectPrefix": "repo:example/infrastructure",
    "StateBucket": "understudy-state-222222222222",
    "StateKeyArn": "arn:aws:kms:eu-west-1:222222222222:key/1",
}
PREVIEW, PEOPLE, DEPLOYER = (
    read(ROOT / "bootstrap" / f"{name}.yaml") for name in ("preview", "people", "deployer")
)
RESOURCES = {**PREVIEW["Resources"], **PEOPLE["Resources"], **DEPLOYER["Resources"]}
ROLES = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::IAM::Role"
}
SUBJECT = "token.actions.githubusercontent.com:sub"
AUDIENCE = "token.actions.githubusercontent.com:aud"
HOUR = 3600


def trust(role: str, **given: str) -> list[dict[str, Any]]:
    document = filled(ROLES[role]["AssumeRolePolicyDocument"], {**GIVEN, **given})
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def subjects(role: str, **given: str) -> list[str]:
    """Return the subjects of GitHub's tokens by which a role is taken on."""
    (own,) = [each for each in trust(role, **given) if "Federated" in each["Principal"]]
    equal = own["Condition"]["StringEquals"]
    assert equal[AUDIENCE] == "sts.amazonaws.com"
    assert list(own["Condition"]) == ["StringEquals"], "no wildcard"
    return listed(equal[SUBJECT])


def policy(name: str) -> list[dict[str, Any]]:
    document = filled(RESOURCES[name]["Properties"]["PolicyDocument"], GIVEN)
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def test_a_pipeline_comes_in_for_its_own_environment_alone() -> None:
    subject = "repo:example/infrastructure:environment:staging"
    assert subjects("DeployerRole", GitHubSubject=subject) == [subject]
    assert [each["Principal"] for each in trust("DeployerRole", TrustsGitHub="no")] == [
        {"AWS": "TrustedPrincipals"}
    ]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_role_of_a_template_is_taken_on_by_whom_it_names(path: Path) -> None:
    for name, resource in read(path)["Resources"].items():
        document = resource.get("Properties", {}).get("AssumeRolePolicyDocument")
        for statement in filled(document, GIVEN)["Statement"] if document else ():
            (kind,) = statement["Principal"]
            who, conditions = statement["Principal"][kind], statement.get("Condition", {})
            if kind == "Federated":
                assert statement["Action"] == "sts:AssumeRoleWithWebIdentity", name
                assert set(conditions["StringEquals"]) == {AUDIENCE, SUBJECT}, name
            else:
                assert (kind, statement["Action"]) == ("AWS", "sts:AssumeRole"), name
            if str(who).endswith(":root"):
                assert list(conditions) == ["ArnEquals"], name
                assert list(conditions["ArnEquals"]) == ["aws:PrincipalArn"], name
            assert "*" not in str(who), name


def test_the_roles_in_other_accounts_are_taken_on_by_those_who_run_pulumi() -> None:
    for template, role in (("archive", "ArchiveRole"), ("parent-zone", "DelegationRole")):
        properties = read(ROOT / "bootstrap" / f"{template}.yaml")["Resources"][role]["Properties"]
        (only,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert only["Principal"] == {"AWS": {"Ref": "TrustedPrincipals"}}


def test_pull_requests_preview_only_where_it_is_said() -> None:
    main = "repo:example/infrastructure:ref:refs/heads/main"
    assert subjects("PreviewRole", PreviewsPullRequests="no") == [main]
    assert subjects("PreviewRole") == [main, "repo:example/infrastructure:pull_request"]


def test_elsewhere_only_the_environments_own_preview_comes_in() -> None:
    (only,) = trust("PreviewRole", IsTheEnvironments="no", EnvironmentAccount="111111111111")
    assert only["Action"] == "sts:AssumeRole"
    assert list(only["Condition"]["ArnEquals"]) == ["aws:PrincipalArn"]


@pytest.mark.parametrize("role", ["ReadOnlyRole", "OperatorRole", "BreakGlassRole"])
def test_people_come_in_with_a_second_factor(role: str) -> None:
    (only,) = trust(role)
    assert only["Principal"] == {"AWS": "People"}
    assert only["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}


def test_the_glass_is_whole_unless_somebody_sets_a_moment() -> None:
    assert PEOPLE["Parameters"]["BreakGlassUntil"]["Default"] < "2001"
    until = {"aws:CurrentTime": GIVEN["BreakGlassUntil"]}
    (only,) = trust("BreakGlassRole")
    assert only["Condition"]["DateLessThan"] == until
    (ends,) = filled(ROLES["BreakGlassRole"]["Policies"][0]["PolicyDocument"], GIVEN)["Statement"]
    assert ends == {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateGreaterThan": until},
    }
    assert ROLES["BreakGlassRole"]["MaxSessionDuration"] == HOUR


def test_each_use_of_the_broken_glass_rings() -> None:
    rule = RESOURCES["BreakGlassRule"]["Properties"]
    asked = rule["EventPattern"]["detail"]
    assert asked["eventName"] == ["AssumeRole"]
    assert asked["requestParameters"]["roleArn"] == [{"Fn::GetAtt": "BreakGlassRole.Arn"}]
    assert rule["Targets"][0]["Arn"] == {"Ref": "AlertTopic"}
    topic = RESOURCES["AlertTopic"]["Properties"]
    assert topic["Subscription"] == [{"Protocol": "email", "Endpoint": {"Ref": "AlertEmail"}}]


def test_no_session_is_longer_than_a_working_day() -> None:
    for name, role in ROLES.items():
        assert HOUR <= role["MaxSessionDuration"] <= 8 * HOUR, name


def test_who_looks_reads_nothing_that_is_kept() -> None:
    kept = (
        "ecr:GetDownloadUrlForLayer",
        "kms:Decrypt",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "rds:DownloadDBLogFilePortion",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
    )
    looks = [action for statement in policy("LookPolicy") for action in listed(statement["Action"])]
    reaching = [
        (action, secret)
        for action in looks
        for secret in kept
        if secret.startswith(action.rstrip("*")) and (action == secret or action.endswith("*"))
    ]
    assert reaching == []
    verbs = {action.partition(":")[2] for action in looks}
    reads = ("Describe", "Get", "List", "View", "GenerateCredentialReport")
    assert [verb for verb in verbs if not verb.startswith(reads)] == []


def test_who_looks_may_read_what_the_deployers_refresh_reads_but_no_value() -> None:
    """Else a drift check by the preview's role would fail at each of these."""
    looks = [each for statement in policy("LookPolicy") for each in listed(statement["Action"])]
    # The boundary is of the roles that the deployer makes, and no right of its own.
    own = [each for name, each in DEPLOYER["Resources"].items() if name != "RoleBoundary"]
    read = {
        action
        for action in allowed(own)
        if action.partition(":")[2].startswith(("Get", "Describe", "List"))
    }
    assert len(read) > 50
    assert {each for each in read if not any(fnmatch(each, one) for one in looks)} == {
        # Asked where something is made or changed.
        "ec2:GetSecurityGroupsForVpc",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "wafv2:DescribeManagedRuleGroup",
        # Of the environment's own buckets; a look names what it reads of them, and no object.
        "s3:Get*",
        "s3:List*",
        # The value of a secret: drift leaves it out (operations/drift/refresh.py).
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
    }


def allowed(part: Any) -> set[str]:
    """Return every action that a part of a template allows."""
    if isinstance(part, list):
        return {action for each in part for action in allowed(each)}
    if not isinstance(part, dict):
        return set()
    own = listed(part["Action"]) if part.get("Effect") == "Allow" and "Action" in part else []
    return {*own, *(action for each in part.values() for action in allowed(each))}


def test_the_preview_writes_nothing() -> None:
    given = {**GIVEN, "HasOtherRoles": "no"}
    assert filled(ROLES["PreviewRole"]["ManagedPolicyArns"], given) == [
        "LookPolicy",
        "ReadStatePolicy",
    ]
    (own,) = filled(ROLES["PreviewRole"]["Policies"][0]["PolicyDocument"], given)["Statement"]
    assert own["Action"] == "sts:AssumeRole"
    assert own["Resource"] == "arn:aws:iam::222222222222:role/understudy-preview"


def test_what_was_recorded_of_a_release_is_deleted_and_overwritten_by_nobody() -> None:
    denied = {each["Action"]: each for each in policy("OperatePolicy") if each["Effect"] == "Deny"}
    assert set(denied) == {"s3:DeleteObject", "s3:PutObject"}
    ledger = "arn:aws:s3:::understudy-state-222222222222/understudy/releases/*"
    assert {each["Resource"] for each in denied.values()} == {ledger}
    assert "Condition" not in denied["s3:DeleteObject"]
    assert denied["s3:PutObject"]["Condition"] == {"Null": {"s3:if-none-match": "true"}}
