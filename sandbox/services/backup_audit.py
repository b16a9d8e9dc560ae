"""AWS Backup Audit Manager: framework and report plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, member, same
from sandbox.provider.resource import Problem, decoded
from sandbox.provider.values import Props, as_block, as_list
from sandbox.services.backup_tags import BackupType, tags_in

OF_FRAMEWORKS = ("CONTROL_COMPLIANCE_REPORT", "RESOURCE_COMPLIANCE_REPORT")
OF_JOBS = ("BACKUP_JOB_REPORT", "COPY_JOB_REPORT", "RESTORE_JOB_REPORT")
FORMATS = ("CSV", "JSON")
CONTROL = {
    "inputParameters": "ControlInputParameters",
    "name": "ControlName",
    "scope": "ControlScope",
}
PARAMETER = {"name": "ParameterName", "value": "ParameterValue"}


def _renamed(value: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a block with its own keys renamed; ``name`` means another thing at each depth."""
    return {names.get(key, key): item for key, item in value.items()}


def _controls(controls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        _renamed(
            {
                **control,
                "inputParameters": [
                    _renamed(each, PARAMETER) for each in control.get("inputParameters", [])
                ],
            },
            CONTROL,
        )
        for control in controls
    ]


def _controls_shown(controls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    back, parts = ({aws: ours for ours, aws in names.items()} for names in (CONTROL, PARAMETER))
    shown = []
    for each in controls:
        control = _renamed(each, back)
        scope = control.pop("scope", None)
        control["inputParameters"] = [
            _renamed(parameter, parts) for parameter in control.get("inputParameters", [])
        ]
        if scope:
            tags = {"tags": scope["Tags"]} if "Tags" in scope else {}
            control["scope"] = {**decoded(scope), **tags}
        shown.append({name: value for name, value in control.items() if value})
    return shown


class Framework(BackupType):
    """Controls that AWS Backup judges; it is in force at once, and judges nothing here."""

    token = "aws:backup/framework:Framework"
    creates = "create_framework"
    created = "FrameworkName"
    describe = Describe("describe_framework", lambda id_: {"FrameworkName": id_}, "@")
    updates = "update_framework"
    cleared = {"description": ""}
    deletes = "delete_framework"
    identified = "FrameworkName"
    autoname = Autoname(longest=256)
    inputs = {
        "controls": member("FrameworkControls", encode=_controls, decode=_controls_shown),
        "description": member("FrameworkDescription"),
        "name": member("FrameworkName"),
        "tags": tags_in("FrameworkTags"),
    }
    outputs = {
        "arn": "FrameworkArn",
        "creationTime": "CreationTime",
        "deploymentStatus": "DeploymentStatus",
        "status": "FrameworkStatus",
    }

    def target(self, aws: Aws, id_: str) -> str:
        found = aws.call("backup.describe_framework", FrameworkName=id_)
        return str(found["FrameworkArn"])


class ReportPlan(BackupType):
    """Reports that AWS Backup writes into a bucket; none is written here."""

    token = "aws:backup/reportPlan:ReportPlan"
    creates = "create_report_plan"
    created = "ReportPlanName"
    describe = Describe("describe_report_plan", lambda id_: {"ReportPlanName": id_}, "ReportPlan")
    updates = "update_report_plan"
    cleared = {"description": ""}
    deletes = "delete_report_plan"
    identified = "ReportPlanName"
    autoname = Autoname(longest=256)
    inputs = {
        "description": member("ReportPlanDescription"),
        "name": member("ReportPlanName"),
        "reportDeliveryChannel": same(),
        "reportSetting": same(),
        "tags": tags_in("ReportPlanTags"),
    }
    outputs = {
        "arn": "ReportPlanArn",
        "creationTime": "CreationTime",
        "deploymentStatus": "DeploymentStatus",
    }

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("backup", f"report-plan:{id_}")

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield a template that does not exist or lacks its frameworks, and unknown formats."""
        setting = as_block(props.get("reportSetting"))
        template = setting.get("reportTemplate")
        if isinstance(template, str) and template not in (*OF_FRAMEWORKS, *OF_JOBS):
            known = ", ".join((*OF_FRAMEWORKS, *OF_JOBS))
            yield "reportSetting.reportTemplate", f"must be one of {known}"
        if template in OF_FRAMEWORKS and not setting.get("frameworkArns"):
            yield "reportSetting.frameworkArns", f"is required with {template}"
        for each in as_list(as_block(props.get("reportDeliveryChannel")).get("formats")):
            if isinstance(each, str) and each not in FORMATS:
                yield "reportDeliveryChannel.formats", f"must be one of CSV, JSON, got {each}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the plan, once its frameworks exist."""
        self._require_frameworks(aws, "backup.create_report_plan", new)
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Bring tags and the plan up to date."""
        if "reportSetting" in changed:
            self._require_frameworks(aws, "backup.update_report_plan", new)
        super().update(aws, id_, old, new, changed)

    def _require_frameworks(self, aws: Aws, request: str, new: Props) -> None:
        wanted = new["reportSetting"].get("frameworkArns", [])
        own = [arn for arn in wanted if arn.startswith(aws.arn("backup", "framework:"))]
        known = aws.every("backup.list_frameworks", "Frameworks[].FrameworkArn") if own else []
        for arn in own:
            if arn not in (known or []):
                raise SandboxError(
                    f"{request}: InvalidParameterValueException: framework {arn} does not exist"
                )
