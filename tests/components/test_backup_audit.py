"""The audit checks the backups as they are promised, and delivers its reports."""

from dataclasses import replace
from typing import Any

import pytest
from pulumi_aws import cfg

from components.backup_audit import BackupAudit, BackupAuditArgs, report_delivery_statement
from tests.support.graph import Graph, once, record

FRAMEWORK = "aws:backup/framework:Framework"
REPORT = "aws:backup/reportPlan:ReportPlan"

STAGING = BackupAuditArgs(
    prefix="storefront_test",
    selected="storefront-test",
    kept_days=35,
    lock_min_days=7,
    lock_max_days=90,
    copy_region="eu-central-1",
    archive_account="999999999999",
    bucket_name="reports",
    bucket_prefix="backup",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, lock_max_days=365)


@once
def deploy(args: BackupAuditArgs) -> Graph:
    """Record one audit."""
    return record(lambda: BackupAudit("audit", args))


def controls(args: BackupAuditArgs) -> dict[str, dict[str, Any]]:
    """Return the framework's controls by name."""
    return {one["name"]: one for one in deploy(args).one(FRAMEWORK).inputs["controls"]}


def parameters(control: dict[str, Any]) -> dict[str, str]:
    """Return a control's parameters."""
    return {one["name"]: one["value"] for one in control["inputParameters"]}


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_only_the_locks_days_differ_between_sizes() -> None:
    small, large = controls(STAGING), controls(PRODUCTION)

    assert {name for name in small if small[name] != large[name]} == {
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"
    }


def test_the_plans_promises_are_the_controls() -> None:
    found = controls(STAGING)

    assert len(found) == 9
    assert parameters(found["BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"]) == {
        "requiredFrequencyUnit": "days",
        "requiredFrequencyValue": "1",
        "requiredRetentionDays": "35",
    }
    assert parameters(found["BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"]) == {
        "minRetentionDays": "7",
        "maxRetentionDays": "90",
    }
    assert parameters(found["BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION"]) == {
        "crossRegionList": "eu-central-1"
    }
    assert parameters(found["BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT"]) == {
        "crossAccountList": "999999999999"
    }


def test_controls_of_resources_look_only_at_what_is_tagged() -> None:
    scoped = {name: one["scope"] for name, one in controls(STAGING).items() if "scope" in one}

    assert len(scoped) == 5
    assert all("PROTECTED" in name or "CREATED" in name for name in scoped)
    assert all(scope == {"tags": {"Backup": "storefront-test"}} for scope in scoped.values())


def test_reports_of_jobs_and_of_controls_are_delivered_to_the_bucket() -> None:
    reports = deploy(STAGING).of(REPORT)
    templates = {one.inputs["reportSetting"]["reportTemplate"]: one.inputs for one in reports}

    assert set(templates) == {
        "BACKUP_JOB_REPORT",
        "COPY_JOB_REPORT",
        "RESTORE_JOB_REPORT",
        "CONTROL_COMPLIANCE_REPORT",
    }
    for inputs in templates.values():
        assert inputs["reportDeliveryChannel"]["s3BucketName"] == "reports"
        assert inputs["reportDeliveryChannel"]["formats"] == ["CSV", "JSON"]
        assert "-" not in inputs["name"]
    of_controls = [
        name for name, one in templates.items() if "frameworkArns" in one["reportSetting"]
    ]
    assert of_controls == ["CONTROL_COMPLIANCE_REPORT"]


def test_the_framework_waits_for_the_recorder() -> None:
    def program() -> None:
        recorder = cfg.RecorderStatus("recorder", is_enabled=True)
        BackupAudit("audit", replace(STAGING, recorder=recorder))

    waits_for = record(program).one(FRAMEWORK).options["dependencies"]

    assert any(urn.endswith("::recorder") for urn in waits_for)


def test_every_child_is_parented_and_tagged() -> None:
    children = deploy(STAGING).under("audit")

    assert len(children) == 5
    for child in children:
        assert child.inputs["tags"] == {
            "Owner": "platform",
            "Component": "audit",
            "Name": child.name,
        }


def test_the_reports_writer_may_only_write_below_its_prefix() -> None:
    statement = report_delivery_statement("000000000000", "arn:aws:s3:::reports", "backup")

    assert statement["Action"] == "s3:PutObject"
    assert statement["Resource"] == "arn:aws:s3:::reports/backup/*"
    assert statement["Principal"]["AWS"].startswith("arn:aws:iam::000000000000:role/")


def test_a_prefix_with_a_hyphen_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'storefront-test'"):
        replace(STAGING, prefix="storefront-test")
