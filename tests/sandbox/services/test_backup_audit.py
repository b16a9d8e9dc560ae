"""Frameworks, report plans and restore tests through their lives, and what is refused of them."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.values import Props
from tests.support.cloud import Cloud, settled
from tests.support.ecs import role_of

FRAMEWORK = "aws:backup/framework:Framework"
REPORT = "aws:backup/reportPlan:ReportPlan"
TESTS = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
TESTED = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
SCOPE = {"tags": {"Backup": "test"}}


def control(name: str, scope: Props | None = None, **parameters: str) -> Props:
    given = [{"name": key, "value": value} for key, value in parameters.items()]
    return {
        "name": name,
        **({"scope": scope} if scope else {}),
        **({"inputParameters": given} if given else {}),
    }


def test_a_framework_lives_changes_and_goes(cloud: Cloud) -> None:
    controls = [
        control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", SCOPE),
        control("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", requiredRetentionDays="30"),
        control("BACKUP_RECOVERY_POINT_ENCRYPTED"),
    ]
    inputs = {"name": "life", "description": "d", "controls": controls, "tags": {"Name": "life"}}
    framework = cloud.make(FRAMEWORK, "life", inputs)
    settled(framework)
    assert framework.props["arn"].startswith(
        "arn:aws:backup:eu-west-1:222222222222:framework:life-"
    )
    assert framework.props["deploymentStatus"] == "COMPLETED"
    assert framework.imported() == inputs
    framework.update(controls=controls[1:], description="e", tags={"More": "yes"})
    settled(framework)
    framework.update(description=None)
    settled(framework)
    assert not framework.imported().get("description")
    cloud.boto3("backup").update_framework(
        FrameworkName="life", FrameworkControls=[{"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}]
    )
    assert framework.refresh() == {"controls"}
    framework.delete()
    assert framework.refresh() is None
    framework.delete()


def test_a_framework_is_named_once_and_as_aws_wants(cloud: Cloud) -> None:
    inputs = {"name": "once", "controls": [control("BACKUP_RECOVERY_POINT_ENCRYPTED")]}
    framework = cloud.make(FRAMEWORK, "once", inputs)
    with pytest.raises(SandboxError, match="already exists"):
        cloud.make(FRAMEWORK, "twice", inputs)
    framework.delete()
    assert "must match" in cloud.problems(FRAMEWORK, {**inputs, "name": "a-b"})["name"]
    unknown = {**inputs, "controls": [{"name": "X", "colour": "red"}]}
    assert "is unknown" in cloud.problems(FRAMEWORK, unknown)["controls[0].colour"]


def report(template: str = "BACKUP_JOB_REPORT", **setting: Any) -> Props:
    return {
        "name": "report",
        "description": "d",
        "reportDeliveryChannel": {
            "s3BucketName": "reports",
            "s3KeyPrefix": "backup",
            "formats": ["CSV", "JSON"],
        },
        "reportSetting": {"reportTemplate": template, **setting},
        "tags": {"Name": "report"},
    }


def test_a_report_plan_lives_changes_and_goes(cloud: Cloud) -> None:
    plan = cloud.make(REPORT, "report", report())
    settled(plan)
    arn = plan.props["arn"]
    assert arn == "arn:aws:backup:eu-west-1:222222222222:report-plan:report"
    assert plan.imported() == plan.inputs
    plan.update(description="e", tags={"More": "yes"})
    channel = {"s3BucketName": "other", "formats": ["CSV"]}
    plan.update(reportDeliveryChannel=channel)
    plan.update(description=None)
    settled(plan)
    assert not plan.imported().get("description")
    assert plan.props["arn"] == arn
    with pytest.raises(SandboxError, match="already exists"):
        cloud.make(REPORT, "twice", report())
    cloud.boto3("backup").update_report_plan(
        ReportPlanName="report", ReportDeliveryChannel={"S3BucketName": "hand"}
    )
    assert plan.refresh() == {"reportDeliveryChannel"}
    plan.delete()
    assert plan.refresh() is None


def test_a_report_on_controls_needs_its_framework(cloud: Cloud) -> None:
    controls = [control("BACKUP_RECOVERY_POINT_ENCRYPTED")]
    framework = cloud.make(FRAMEWORK, "judged", {"name": "judged", "controls": controls})
    arn = framework.props["arn"]
    template = "CONTROL_COMPLIANCE_REPORT"
    plan = cloud.make(REPORT, "report", report(template, frameworkArns=[arn], numberOfFrameworks=1))
    settled(plan)
    plan.delete()
    with pytest.raises(SandboxError, match=r"framework .* does not exist"):
        cloud.make(REPORT, "report", report(template, frameworkArns=[f"{arn}x"]))
    framework.delete()
    assert "required" in cloud.problems(REPORT, report(template))["reportSetting.frameworkArns"]
    assert set(cloud.problems(REPORT, report("WEATHER"))) == {"reportSetting.reportTemplate"}


def test_restore_tests_live_change_and_go(cloud: Cloud) -> None:
    role = role_of(cloud, "restores")
    chosen = {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "includeVaults": ["*"],
        "recoveryPointTypes": ["SNAPSHOT"],
    }
    plan = cloud.make(
        TESTS,
        "tests",
        {
            "name": "tests",
            "scheduleExpression": "cron(0 5 ? * SUN *)",
            "recoveryPointSelection": chosen,
            "tags": {"Name": "tests"},
        },
    )
    settled(plan)
    assert ":restore-testing-plan:tests-" in plan.props["arn"]
    assert plan.props["startWindowHours"] == 24
    selection = cloud.make(
        TESTED,
        "tested",
        {
            "name": "tested",
            "restoreTestingPlanName": "tests",
            "iamRoleArn": role,
            "protectedResourceType": "RDS",
            "protectedResourceConditions": {
                "stringEquals": [{"key": "aws:ResourceTag/Backup", "value": "test"}]
            },
            "restoreMetadataOverrides": {"DBSubnetGroupName": "tests"},
            "validationWindowHours": 4,
        },
    )
    settled(selection)
    assert selection.id == "tested:tests"
    assert selection.imported() == selection.inputs
    plan.update(
        scheduleExpression="cron(0 6 ? * SUN *)",
        startWindowHours=8,
        recoveryPointSelection={**chosen, "selectionWindowDays": 7},
        tags={"More": "yes"},
    )
    settled(plan)
    selection.update(validationWindowHours=8)
    settled(selection)
    selection.update(protectedResourceArns=["*"], protectedResourceConditions=None)
    settled(selection)
    shown = cloud.boto3("backup").get_restore_testing_selection(
        RestoreTestingPlanName="tests", RestoreTestingSelectionName="tested"
    )["RestoreTestingSelection"]
    assert shown["ProtectedResourceConditions"] == {"StringEquals": [], "StringNotEquals": []}
    with pytest.raises(SandboxError, match="selection tested is in it"):
        plan.delete()
    cloud.boto3("backup").update_restore_testing_plan(
        RestoreTestingPlanName="tests", RestoreTestingPlan={"StartWindowHours": 1}
    )
    assert plan.refresh() == {"startWindowHours"}
    selection.delete()
    assert selection.refresh() is None
    plan.delete()
    assert plan.refresh() is None
    plan.delete()


def test_restore_tests_that_aws_refuses_are_refused_in_preview(cloud: Cloud) -> None:
    plan = {
        "name": "a-b",
        "scheduleExpression": "daily",
        "startWindowHours": 169,
        "recoveryPointSelection": {
            "algorithm": "BEST",
            "includeVaults": ["*"],
            "recoveryPointTypes": ["SNAPSHOT"],
            "selectionWindowDays": 0,
        },
    }
    assert set(cloud.problems(TESTS, plan)) == {
        "name",
        "recoveryPointSelection.Algorithm",
        "recoveryPointSelection.selectionWindowDays",
        "scheduleExpression",
        "startWindowHours",
    }
    selection = {
        "name": "tested",
        "restoreTestingPlanName": "tests",
        "iamRoleArn": "arn",
        "protectedResourceType": "RDS",
        "validationWindowHours": 0,
    }
    assert set(cloud.problems(TESTED, selection)) == {
        "protectedResourceArns",
        "validationWindowHours",
    }
