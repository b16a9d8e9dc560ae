"""AWS Backup: restore testing plan, and the selections of what it restores."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, member
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, as_block
from sandbox.services.backup_tags import BACKUP, BackupType, tags_in
from sandbox.services.forms import made_by
from sandbox.services.references import require_role

NAME = re.compile(r"[A-Za-z0-9_]{1,50}")
SCHEDULE = re.compile(r"cron\((?:\S+ ){5}\S+\)")
WINDOW_HOURS = (1, 168)
SELECTION_DAYS = (1, 365)


def _bounds(where: str, value: Any, low: int, high: int) -> Iterator[Problem]:
    if isinstance(value, int) and not low <= value <= high:
        yield where, f"must be between {low} and {high}, got {value}"


def _name_problems(props: Props) -> Iterator[Problem]:
    name = props.get("name")
    if isinstance(name, str) and not NAME.fullmatch(name):
        yield "name", f"must be 1 to 50 letters, digits and underscores, got {name!r}"


class RestoreTestingPlan(BackupType):
    """When AWS Backup tries restores; it tries none here."""

    token = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
    creates = "create_restore_testing_plan"
    created = "RestoreTestingPlanName"
    describe = Describe(
        "get_restore_testing_plan", lambda id_: {"RestoreTestingPlanName": id_}, "@"
    )
    updates = "update_restore_testing_plan"
    deletes = "delete_restore_testing_plan"
    identified = "RestoreTestingPlanName"
    autoname = Autoname(longest=50)
    inputs = {
        "name": member("RestoreTestingPlan.RestoreTestingPlanName"),
        "recoveryPointSelection": member(
            "RestoreTestingPlan.RecoveryPointSelection", defaults={"selectionwindowdays": 30}
        ),
        "scheduleExpression": member("RestoreTestingPlan.ScheduleExpression"),
        "scheduleExpressionTimezone": member("RestoreTestingPlan.ScheduleExpressionTimezone"),
        "startWindowHours": member("RestoreTestingPlan.StartWindowHours"),
        "tags": tags_in("Tags"),
    }
    outputs = {"arn": "RestoreTestingPlan.RestoreTestingPlanArn"}

    def target(self, aws: Aws, id_: str) -> str:
        found = aws.call("backup.get_restore_testing_plan", RestoreTestingPlanName=id_)
        return str(found["RestoreTestingPlan"]["RestoreTestingPlanArn"])

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what AWS Backup refuses."""
        yield from _name_problems(props)
        schedule = props.get("scheduleExpression")
        if isinstance(schedule, str) and not SCHEDULE.fullmatch(schedule):
            yield "scheduleExpression", f"must be cron(...) of six fields, got {schedule!r}"
        yield from _bounds("startWindowHours", props.get("startWindowHours"), *WINDOW_HOURS)
        selection = as_block(props.get("recoveryPointSelection"))
        days = selection.get("selectionWindowDays")
        yield from _bounds("recoveryPointSelection.selectionWindowDays", days, *SELECTION_DAYS)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return a selection that the plan still has."""
        left = aws.find(
            "backup.list_restore_testing_selections",
            "RestoreTestingSelections[0].RestoreTestingSelectionName",
            RestoreTestingPlanName=id_,
        )
        return left and f"selection {left} is in it (AWS: InvalidRequestException)"


class RestoreTestingSelection(ResourceType):
    """What a plan restores; its id is its name and the plan's, as it is imported."""

    token = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
    service = "backup"
    creates = "create_restore_testing_selection"
    updates = "update_restore_testing_selection"
    cleared = {"protectedResourceConditions": {"stringEquals": [], "stringNotEquals": []}}
    autoname = Autoname(longest=50)
    inputs = {
        "iamRoleArn": member("RestoreTestingSelection.IamRoleArn"),
        "name": member("RestoreTestingSelection.RestoreTestingSelectionName"),
        "protectedResourceArns": member("RestoreTestingSelection.ProtectedResourceArns"),
        "protectedResourceConditions": member(
            "RestoreTestingSelection.ProtectedResourceConditions"
        ),
        "protectedResourceType": member("RestoreTestingSelection.ProtectedResourceType"),
        "restoreMetadataOverrides": member(
            "RestoreTestingSelection.RestoreMetadataOverrides", decode=dict
        ),
        "restoreTestingPlanName": member(
            "RestoreTestingPlanName", read="RestoreTestingSelection.RestoreTestingPlanName"
        ),
        "validationWindowHours": member("RestoreTestingSelection.ValidationWindowHours"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what AWS Backup refuses."""
        yield from _name_problems(props)
        hours = props.get("validationWindowHours")
        yield from _bounds("validationWindowHours", hours, *WINDOW_HOURS)
        if not {"protectedResourceArns", "protectedResourceConditions"} & set(props):
            yield "protectedResourceArns", "or protectedResourceConditions is required"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the selection, once its role exists."""
        require_role(aws, "backup.create_restore_testing_selection", new["iamRoleArn"], BACKUP)
        aws.call(f"backup.{self.creates}", **self.params(self.creates, new))
        return f"{new['name']}:{new['restoreTestingPlanName']}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs."""
        if "iamRoleArn" in changed:
            require_role(aws, "backup.update_restore_testing_selection", new["iamRoleArn"], BACKUP)
        params = self.changes(old, new, changed)
        aws.call(f"backup.{self.updates}", **{**params, **self._named(id_)})

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found: dict[str, Any] | None = aws.find(
            "backup.get_restore_testing_selection", "@", **self._named(id_)
        )
        return found

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the selection."""
        aws.call("backup.delete_restore_testing_selection", **self._named(id_))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id, if the plan has this very selection."""
        id_ = f"{inputs['name']}:{inputs['restoreTestingPlanName']}"
        return id_ if made_by(self, aws, id_, inputs) else None

    def _named(self, id_: str) -> dict[str, str]:
        name, _, plan = id_.partition(":")
        return {"RestoreTestingPlanName": plan, "RestoreTestingSelectionName": name}
