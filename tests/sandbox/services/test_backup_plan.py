"""Plans and selections through their lives on moto, and what AWS Backup refuses of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.values import Props
from tests.support.cloud import Cloud, Thing, settled
from tests.support.ecs import role_of

VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
COPY = "arn:aws:backup:eu-central-1:222222222222:backup-vault:copy"


@pytest.fixture(scope="module")
def vault(cloud: Cloud) -> Iterator[Thing]:
    made = cloud.make(VAULT, "planned", {"name": "planned"})
    yield made
    made.delete()


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> str:
    return role_of(cloud, "backups")


def rule(name: str, **changes: Any) -> Props:
    return {
        "ruleName": name,
        "targetVaultName": "planned",
        "schedule": "cron(0 3 ? * * *)",
        "scheduleExpressionTimezone": "Etc/UTC",
        "startWindow": 60,
        "completionWindow": 1380,
        "enableContinuousBackup": False,
        "lifecycle": {"deleteAfter": 30},
        "recoveryPointTags": {"Environment": "test", "schedule": name},
        "copyActions": [{"destinationVaultArn": COPY, "lifecycle": {"deleteAfter": 30}}],
        **changes,
    }


def plan_of(cloud: Cloud, logical: str, **changes: Any) -> Thing:
    inputs = {"rules": [rule("daily"), rule("weekly")], "tags": {"Name": logical}, **changes}
    return cloud.make(PLAN, logical, inputs)


@pytest.mark.usefixtures("vault")
def test_a_plan_keeps_its_id_when_it_changes(cloud: Cloud) -> None:
    setting = {"resourceType": "EC2", "backupOptions": {"WindowsVSS": "enabled"}}
    plan = plan_of(cloud, "life", advancedBackupSettings=[setting])
    settled(plan)
    arn, version = plan.props["arn"], plan.props["version"]
    assert arn.endswith(f":backup-plan:{plan.id}")
    plan.update(
        rules=[rule("daily", lifecycle={"deleteAfter": 35}), rule("monthly")],
        tags={"Name": "life", "More": "yes"},
    )
    settled(plan)
    assert plan.props["arn"] == arn
    assert plan.props["version"] != version
    assert plan.imported() == plan.inputs
    plan.update(tags={"Name": "life"})
    settled(plan)
    assert plan.plan(name="other").replaces == {"name"}
    plan.delete()
    assert plan.refresh() is None
    plan.delete()


@pytest.mark.usefixtures("vault")
def test_a_refresh_finds_a_plan_changed_behind_pulumis_back(cloud: Cloud) -> None:
    plan = plan_of(cloud, "drift")
    backup = cloud.boto3("backup")
    rules = [{"RuleName": "hand", "TargetBackupVaultName": "planned"}]
    backup.update_backup_plan(
        BackupPlanId=plan.id,
        BackupPlan={"BackupPlanName": plan.inputs["name"], "Rules": rules},
    )
    assert plan.refresh() == {"rules"}
    plan.delete()


@pytest.mark.usefixtures("vault")
def test_a_deleted_plans_name_may_be_used_again(cloud: Cloud) -> None:
    first = plan_of(cloud, "again", name="again")
    first.delete()
    second = plan_of(cloud, "again", name="again")
    assert second.id != first.id
    assert second.found() == second.id
    assert cloud.provider.find(second.urn, second.inputs, {second.id}) is None
    assert first.refresh() is None
    second.delete()


@pytest.mark.usefixtures("vault")
def test_a_plan_needs_its_vaults(cloud: Cloud) -> None:
    with pytest.raises(SandboxError, match="vault nowhere does not exist"):
        plan_of(cloud, "lost", rules=[rule("daily", targetVaultName="nowhere")])
    plan = plan_of(cloud, "kept")
    with pytest.raises(SandboxError, match="vault nowhere does not exist"):
        plan.update(rules=[rule("daily", targetVaultName="nowhere")])
    assert plan.refresh() == set()
    plan.delete()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"startWindow": 30}, "startWindow"),
        ({"enableContinuousBackup": True, "lifecycle": {"deleteAfter": 36}}, "lifecycle"),
        ({"lifecycle": {"coldStorageAfter": 30, "deleteAfter": 60}}, "lifecycle"),
        (
            {
                "copyActions": [
                    {
                        "destinationVaultArn": COPY,
                        "lifecycle": {"coldStorageAfter": 1, "deleteAfter": 2},
                    }
                ]
            },
            "copyActions[0].lifecycle",
        ),
    ],
)
def test_a_rule_that_aws_refuses_is_refused_in_preview(
    cloud: Cloud, changes: Props, where: str
) -> None:
    problems = cloud.problems(PLAN, {"name": "x", "rules": [rule("daily", **changes)]})
    assert set(problems) == {f"rules[0].{where}"}


def test_rule_names_are_checked(cloud: Cloud) -> None:
    problems = cloud.problems(PLAN, {"name": "x", "rules": [rule("a"), rule("a"), rule("b c")]})
    assert set(problems) == {"rules", "rules[2].RuleName"}


@pytest.mark.usefixtures("vault")
def test_a_selection_lives_and_goes(cloud: Cloud, role: str) -> None:
    plan = plan_of(cloud, "selected")
    tag = {"type": "STRINGEQUALS", "key": "Backup", "value": "test"}
    equal = {"key": "aws:ResourceTag/Environment", "value": "test"}
    inputs = {
        "planId": plan.id,
        "iamRoleArn": role,
        "selectionTags": [tag],
        "resources": ["arn:aws:rds:*:*:db:*"],
        "notResources": [],
        "conditions": [{"stringEquals": [equal], "stringNotLikes": [equal]}],
    }
    selection = cloud.make(SELECTION, "selection", inputs)
    settled(selection)
    assert selection.plan(selectionTags=[]).replaces == {"selectionTags"}
    read = cloud.provider.read(selection.urn, f"{plan.id}|{selection.id}", {}, {})
    assert read is not None
    assert read[1] == {name: value for name, value in selection.inputs.items() if value}
    with pytest.raises(SandboxError, match=r"selection selection-.* is in it"):
        plan.delete()
    selection.delete()
    assert selection.refresh() is None
    selection.delete()
    plan.delete()
    with pytest.raises(SandboxError, match="was deleted"):
        cloud.make(SELECTION, "late", inputs)


def test_a_selection_needs_a_role_and_conditions_on_tags(cloud: Cloud) -> None:
    inputs = {
        "name": "x",
        "planId": "none",
        "iamRoleArn": "arn:aws:iam::222222222222:role/none",
        "conditions": [{"stringEquals": [{"key": "Environment", "value": "x"}]}],
    }
    assert "aws:ResourceTag/" in cloud.problems(SELECTION, inputs)["conditions"]
    with pytest.raises(SandboxError, match=r"role .* does not exist"):
        cloud.make(SELECTION, "x", {**inputs, "conditions": []})
