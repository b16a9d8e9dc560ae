"""AWS Backup: plan, and the selections of what it backs up. Left out: malware scans."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, member
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, as_list, is_known
from sandbox.services.backup_tags import BACKUP, BackupType, tags_in
from sandbox.services.forms import Renamed, known_keys
from sandbox.services.references import require_role

RULES = Renamed(
    {
        "coldStorageAfter": "MoveToColdStorageAfterDays",
        "completionWindow": "CompletionWindowMinutes",
        "deleteAfter": "DeleteAfterDays",
        "destinationVaultArn": "DestinationBackupVaultArn",
        "schedule": "ScheduleExpression",
        "startWindow": "StartWindowMinutes",
        "targetVaultName": "TargetBackupVaultName",
    }
)
CONDITION = Renamed({"key": "ConditionKey", "type": "ConditionType", "value": "ConditionValue"})
OPERATORS = {
    "stringEquals": "StringEquals",
    "stringLikes": "StringLike",
    "stringNotEquals": "StringNotEquals",
    "stringNotLikes": "StringNotLike",
}
RESOURCE_TAG = "aws:ResourceTag/"
LEAST_START_MINUTES = 60
CONTINUOUS_DAYS = 35
COLD_DAYS = 90
"""What is in cold storage stays there at least (API reference, "Lifecycle")."""


def _rules(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rules as AWS takes them; the keys of tags are the program's own."""
    encoded = []
    for rule in rules:
        tags = {name: rule[name] for name in ("recoveryPointTags",) if name in rule}
        encoded.append({**RULES.encode(rule), **tags})
    return encoded


def _rules_shown(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rules as Pulumi writes them: without AWS's ids, tags with their own letter case."""
    shown = []
    for rule in rules:
        decoded = RULES.decode(rule)
        decoded.pop("ruleId", None)
        if "RecoveryPointTags" in rule:
            decoded["recoveryPointTags"] = rule["RecoveryPointTags"]
        shown.append(decoded)
    return shown


def _settings_shown(settings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"backupOptions": each["BackupOptions"], "resourceType": each["ResourceType"]}
        for each in settings
    ]


OF_A_RULE = {
    "completionwindow": 10080,
    "scheduleexpressiontimezone": "Etc/UTC",
    "startwindow": 480,
}
"""What AWS Backup takes for a rule that does not say it (API reference, BackupRuleInput)."""


class Plan(BackupType):
    """A plan; AWS goes on describing a deleted one, with the date of its end."""

    token = "aws:backup/plan:Plan"
    creates = "create_backup_plan"
    created = "BackupPlanId"
    describe = Describe("get_backup_plan", lambda id_: {"BackupPlanId": id_}, "@")
    updates = "update_backup_plan"
    cleared = {"advancedBackupSettings": None}
    deletes = "delete_backup_plan"
    identified = "BackupPlanId"
    autoname = Autoname()
    inputs = {
        "advancedBackupSettings": member(
            "BackupPlan.AdvancedBackupSettings", decode=_settings_shown
        ),
        "name": member("BackupPlan.BackupPlanName"),
        "rules": member("BackupPlan.Rules", encode=_rules, decode=_rules_shown, defaults=OF_A_RULE),
        "tags": tags_in("BackupPlanTags"),
    }
    outputs = {"arn": "BackupPlanArn", "version": "VersionId"}

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("backup", f"backup-plan:{id_}")

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what AWS Backup refuses of a rule."""
        rules = [rule for rule in as_list(props.get("rules")) if isinstance(rule, Mapping)]
        names = [rule.get("ruleName") for rule in rules if is_known(rule.get("ruleName"))]
        for name in sorted({str(name) for name in names if names.count(name) > 1}):
            yield "rules", f"rule name {name} is used twice"
        for number, rule in enumerate(rules):
            for part, reason in _rule_problems(rule):
                yield f"rules[{number}].{part}", reason

    def create(self, aws: Aws, new: Props) -> str:
        """Create the plan, once its vaults exist."""
        self._require_vaults(aws, "backup.create_backup_plan", new)
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put a new version of the plan, whole: a request with a part of it drops the rest."""
        self._require_vaults(aws, "backup.update_backup_plan", new)
        whole = set(self.inputs) - {"tags"} if changed - {"tags"} else set()
        super().update(aws, id_, old, new, changed | whole)

    def _require_vaults(self, aws: Aws, request: str, new: Props) -> None:
        """Raise SandboxError for a vault that is not there; moto does not look."""
        for name in sorted({rule["targetVaultName"] for rule in new["rules"]}):
            if aws.find("backup.describe_backup_vault", "@", BackupVaultName=name) is None:
                raise SandboxError(
                    f"{request}: InvalidParameterValueException: vault {name} does not exist"
                )

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return a selection that the plan still has."""
        operation = "backup.list_backup_selections"
        selected = aws.find(operation, "BackupSelectionsList[0].SelectionName", BackupPlanId=id_)
        if selected is None:
            return None
        return f"selection {selected} is in it (AWS: InvalidRequestException)"

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the plan, if it was not deleted."""
        found = super().item(aws, id_, saved)
        return None if found is None or found.get("DeletionDate") else found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id of the only plan of that name and these tags that nobody has."""
        plans = aws.every("backup.list_backup_plans", "BackupPlansList[]")
        ids = [
            str(plan["BackupPlanId"])
            for plan in plans
            if plan.get("BackupPlanName") == inputs["name"]
        ]
        tags = inputs.get("tags") or {}
        return aws.only(id_ for id_ in ids if self.tags_shown(aws, id_) == tags)


def _rule_problems(rule: Mapping[str, Any]) -> Iterator[Problem]:
    start = rule.get("startWindow")
    if isinstance(start, int) and start < LEAST_START_MINUTES:
        yield "startWindow", f"must be at least {LEAST_START_MINUTES} minutes, got {start}"
    lifecycle = rule.get("lifecycle") or {}
    yield from _lifecycle_problems("lifecycle", lifecycle)
    days = lifecycle.get("deleteAfter") if isinstance(lifecycle, Mapping) else None
    if rule.get("enableContinuousBackup") and isinstance(days, int) and days > CONTINUOUS_DAYS:
        yield (
            "lifecycle",
            f"deleteAfter must be at most {CONTINUOUS_DAYS} with enableContinuousBackup,"
            f" got {days}",
        )
    for number, copy in enumerate(rule.get("copyActions", [])):
        if isinstance(copy, Mapping):
            where = f"copyActions[{number}].lifecycle"
            yield from _lifecycle_problems(where, copy.get("lifecycle") or {})


def _lifecycle_problems(where: str, lifecycle: Any) -> Iterator[Problem]:
    if not isinstance(lifecycle, Mapping):
        return
    cold, gone = lifecycle.get("coldStorageAfter"), lifecycle.get("deleteAfter")
    if isinstance(cold, int) and isinstance(gone, int) and cold > 0 and gone < cold + COLD_DAYS:
        yield (
            where,
            f"deleteAfter must be at least {COLD_DAYS} days after coldStorageAfter {cold},"
            f" got {gone}",
        )


def _conditions(conditions: Any) -> dict[str, Any]:
    """Return conditions as AWS takes them: one block, with a list for each operator."""
    blocks = conditions if isinstance(conditions, list) else [conditions]
    merged: dict[str, Any] = {}
    for block in blocks:
        for name, entries in block.items():
            merged.setdefault(OPERATORS.get(name, name), []).extend(CONDITION.encode(entries))
    return merged


def _conditions_shown(conditions: dict[str, Any]) -> list[dict[str, Any]]:
    shown = {
        name: CONDITION.decode(conditions[operator])
        for name, operator in OPERATORS.items()
        if conditions.get(operator)
    }
    return [shown] if shown else []


class Selection(ResourceType):
    """What a plan backs up; AWS Backup has no request that changes one."""

    token = "aws:backup/selection:Selection"
    service = "backup"
    creates = "create_backup_selection"
    created = "SelectionId"
    autoname = Autoname(longest=50)
    inputs = {
        "conditions": member(
            "BackupSelection.Conditions", encode=_conditions, decode=_conditions_shown
        ),
        "iamRoleArn": member("BackupSelection.IamRoleArn"),
        "name": member("BackupSelection.SelectionName"),
        "notResources": member("BackupSelection.NotResources"),
        "planId": member("BackupPlanId"),
        "resources": member("BackupSelection.Resources"),
        "selectionTags": member(
            "BackupSelection.ListOfTags", encode=CONDITION.encode, decode=CONDITION.decode
        ),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield conditions on anything but a resource's tags."""
        given = props.get("conditions") or []
        if not is_known(given):
            return
        for block in given if isinstance(given, list) else [given]:
            yield from known_keys("conditions", block, OPERATORS)
            lists = [entries for entries in block.values() if isinstance(entries, list)]
            for entry in (entry for entries in lists for entry in entries):
                if not str(entry.get("key", "")).startswith(RESOURCE_TAG):
                    yield "conditions", f"key must begin with {RESOURCE_TAG}: {entry.get('key')!r}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the selection, once its role exists."""
        require_role(aws, "backup.create_backup_selection", new["iamRoleArn"], BACKUP)
        return super().create(aws, new)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the selection; an import names it by the plan's id and its own."""
        plan, selection = self._names(id_, saved)
        found: dict[str, Any] | None = aws.find(
            "backup.get_backup_selection", "@", BackupPlanId=plan, SelectionId=selection
        )
        return found

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the selection."""
        plan, selection = self._names(id_, old)
        aws.call("backup.delete_backup_selection", BackupPlanId=plan, SelectionId=selection)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id of the plan's only selection of that name that nobody has."""
        listed = aws.find(
            "backup.list_backup_selections", "BackupSelectionsList", BackupPlanId=inputs["planId"]
        )
        name = inputs["name"]
        return aws.only(
            str(each["SelectionId"]) for each in listed or [] if each["SelectionName"] == name
        )

    def _names(self, id_: str, props: Props) -> tuple[str, str]:
        plan, _, selection = id_.rpartition("|")
        return str(props.get("planId") or plan), selection
