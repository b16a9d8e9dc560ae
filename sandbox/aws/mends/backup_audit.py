"""The part of AWS Backup that moto 5.2.5 has not, second half: frameworks and restore tests.

All of them are documents: put, shown and deleted by AWS's own requests. Nothing is judged or
restored by them.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from moto.backup.exceptions import AlreadyExistsException, InvalidRequestException

from sandbox.aws.mends import documents

# Audit: frameworks, and report plans, which moto creates, shows and deletes.


def create_framework(self: Any) -> str:
    """Keep a framework; it is in force at once."""
    given = documents.given(self)
    name = given["FrameworkName"]
    tags = given.pop("FrameworkTags", None)
    made = {
        **given,
        "FrameworkArn": documents.arn(self, "framework", name),
        "CreationTime": time.time(),
        "DeploymentStatus": "COMPLETED",
        "FrameworkStatus": "ACTIVE",
    }
    documents.new(self, "frameworks", name, made)
    documents.tagged(self, made["FrameworkArn"], tags)
    return json.dumps({"FrameworkName": name, "FrameworkArn": made["FrameworkArn"]})


def describe_framework(self: Any) -> str:
    """Show a framework."""
    return json.dumps(documents.found(self, "frameworks", *documents.named(self, "frameworkName")))


def list_frameworks(self: Any) -> str:
    """List the frameworks."""
    shown = ("FrameworkName", "FrameworkArn", "FrameworkDescription", "DeploymentStatus")
    listed = [
        {name: each[name] for name in shown if name in each}
        for each in documents.shelf(self.backup_backend, "frameworks").values()
    ]
    return json.dumps({"Frameworks": listed})


def update_framework(self: Any) -> str:
    """Change what was given of a framework."""
    found = documents.found(self, "frameworks", *documents.named(self, "frameworkName"))
    found.update(documents.given(self))
    return json.dumps({name: found[name] for name in ("FrameworkName", "FrameworkArn")})


def delete_framework(self: Any) -> str:
    """Delete a framework."""
    return documents.removed(self, "frameworks", *documents.named(self, "frameworkName"))


def create_report_plan(self: Any) -> str:
    """Create a report plan with its tags, and none in the place of another; moto does neither."""
    given = documents.given(self)
    name = given["ReportPlanName"]
    if name in self.backup_backend.report_plans:
        raise AlreadyExistsException(msg=f"Report plan {name} already exists")
    plan = self.backup_backend.create_report_plan(
        report_plan_name=name,
        report_plan_description=given.get("ReportPlanDescription"),
        report_delivery_channel=given["ReportDeliveryChannel"],
        report_setting=given["ReportSetting"],
    )
    documents.tagged(self, plan.report_plan_arn, given.get("ReportPlanTags"))
    return json.dumps({"ReportPlanName": name, "ReportPlanArn": plan.report_plan_arn})


def delete_report_plan(self: Any) -> str:
    """Delete a report plan with its tags, which moto keeps for the next of that name."""
    (name,) = documents.named(self, "reportPlanName")
    plan = self.backup_backend.describe_report_plan(name)
    self.backup_backend.tagger.delete_all_tags_for_resource(plan.report_plan_arn)
    self.backup_backend.delete_report_plan(name)
    return "{}"


def update_report_plan(self: Any) -> str:
    """Change what was given of a report plan; moto cannot."""
    (name,) = documents.named(self, "reportPlanName")
    plan, given = self.backup_backend.describe_report_plan(name), documents.given(self)
    plan.report_plan_description = given.get("ReportPlanDescription", plan.report_plan_description)
    plan.report_delivery_channel = given.get("ReportDeliveryChannel", plan.report_delivery_channel)
    plan.report_setting = given.get("ReportSetting", plan.report_setting)
    return json.dumps({"ReportPlanName": name, "ReportPlanArn": plan.report_plan_arn})


# Restore tests.


def create_restore_testing_plan(self: Any) -> str:
    """Keep a plan of restore tests, with AWS's values for what was left out."""
    given = documents.given(self)
    plan = given["RestoreTestingPlan"]
    name = plan["RestoreTestingPlanName"]
    made = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 24,
        **plan,
        "RestoreTestingPlanArn": documents.arn(self, "restore-testing-plan", name),
        "CreationTime": time.time(),
    }
    made["RecoveryPointSelection"] = {
        "SelectionWindowDays": 30,
        **plan.get("RecoveryPointSelection", {}),
    }
    documents.new(self, "restore testing plans", name, made)
    documents.tagged(self, made["RestoreTestingPlanArn"], given.get("Tags"))
    shown = ("RestoreTestingPlanName", "RestoreTestingPlanArn", "CreationTime")
    return json.dumps({name: made[name] for name in shown})


def get_restore_testing_plan(self: Any) -> str:
    """Show a plan of restore tests."""
    found = documents.found(
        self, "restore testing plans", *documents.named(self, "RestoreTestingPlanName")
    )
    return json.dumps({"RestoreTestingPlan": found})


def list_restore_testing_plans(self: Any) -> str:
    """List the plans of restore tests."""
    listed = [
        {name: value for name, value in each.items() if name != "RecoveryPointSelection"}
        for each in documents.shelf(self.backup_backend, "restore testing plans").values()
    ]
    return json.dumps({"RestoreTestingPlans": listed})


def update_restore_testing_plan(self: Any) -> str:
    """Change what was given of a plan of restore tests."""
    found = documents.found(
        self, "restore testing plans", *documents.named(self, "RestoreTestingPlanName")
    )
    found.update(documents.given(self)["RestoreTestingPlan"], UpdateTime=time.time())
    shown = ("RestoreTestingPlanName", "RestoreTestingPlanArn", "CreationTime", "UpdateTime")
    return json.dumps({name: found[name] for name in shown})


def delete_restore_testing_plan(self: Any) -> str:
    """Delete a plan of restore tests that selects nothing any more."""
    (name,) = documents.named(self, "RestoreTestingPlanName")
    documents.found(self, "restore testing plans", name)
    for each in documents.shelf(self.backup_backend, "restore testing selections").values():
        if each["RestoreTestingPlanName"] == name:
            left = each["RestoreTestingSelectionName"]
            raise InvalidRequestException(msg=f"Restore testing plan {name} has selection {left}")
    return documents.removed(self, "restore testing plans", name)


TESTED = ("RestoreTestingPlanName", "RestoreTestingSelectionName")


def create_restore_testing_selection(self: Any) -> str:
    """Keep what a restore test restores."""
    (plan_name,) = documents.named(self, "RestoreTestingPlanName")
    plan = documents.found(self, "restore testing plans", plan_name)
    given = documents.given(self)["RestoreTestingSelection"]
    name = given["RestoreTestingSelectionName"]
    made = {**given, "RestoreTestingPlanName": plan_name, "CreationTime": time.time()}
    documents.new(self, "restore testing selections", f"{plan_name}:{name}", made)
    return json.dumps(
        {
            "CreationTime": made["CreationTime"],
            "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
            "RestoreTestingPlanName": plan_name,
            "RestoreTestingSelectionName": name,
        }
    )


def get_restore_testing_selection(self: Any) -> str:
    """Show what a restore test restores."""
    found = documents.found(
        self, "restore testing selections", ":".join(documents.named(self, *TESTED))
    )
    return json.dumps({"RestoreTestingSelection": found})


def list_restore_testing_selections(self: Any) -> str:
    """List what the tests of one plan restore."""
    (plan_name,) = documents.named(self, "RestoreTestingPlanName")
    hidden = ("ProtectedResourceConditions", "RestoreMetadataOverrides", "ProtectedResourceArns")
    listed = [
        {name: value for name, value in each.items() if name not in hidden}
        for each in documents.shelf(self.backup_backend, "restore testing selections").values()
        if each["RestoreTestingPlanName"] == plan_name
    ]
    return json.dumps({"RestoreTestingSelections": listed})


def update_restore_testing_selection(self: Any) -> str:
    """Change what was given of a selection."""
    found = documents.found(
        self, "restore testing selections", ":".join(documents.named(self, *TESTED))
    )
    found.update(documents.given(self)["RestoreTestingSelection"], UpdateTime=time.time())
    plan = documents.found(self, "restore testing plans", found["RestoreTestingPlanName"])
    shown = (*TESTED, "CreationTime", "UpdateTime")
    return json.dumps(
        {
            **{name: found[name] for name in shown},
            "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        }
    )


def delete_restore_testing_selection(self: Any) -> str:
    """Delete what a restore test restores."""
    return documents.removed(
        self, "restore testing selections", ":".join(documents.named(self, *TESTED))
    )


REQUESTS: tuple[Callable[[Any], str], ...] = (
    create_framework,
    create_report_plan,
    create_restore_testing_plan,
    create_restore_testing_selection,
    delete_framework,
    delete_report_plan,
    delete_restore_testing_plan,
    delete_restore_testing_selection,
    describe_framework,
    get_restore_testing_plan,
    get_restore_testing_selection,
    list_frameworks,
    list_restore_testing_plans,
    list_restore_testing_selections,
    update_framework,
    update_report_plan,
    update_restore_testing_plan,
    update_restore_testing_selection,
)
