"""The part of AWS Backup that moto 5.2.5 has not, first half: plans, selections and vaults.

Selections, vault policies and notifications are documents here: put, shown and deleted by AWS's own
requests. Nothing is backed up by them.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from moto.backup import urls
from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse
from moto.moto_api._internal import mock_random

from sandbox.aws.mends import backup_audit, documents
from sandbox.aws.mends.documents import Document

PATHS = (
    "/backup-vaults/(?P<backupVaultName>[^/]+)/access-policy$",
    "/backup-vaults/(?P<backupVaultName>[^/]+)/notification-configuration$",
    "/audit/frameworks$",
    "/audit/frameworks/(?P<frameworkName>[^/]+)$",
    "/restore-testing/plans$",
    "/restore-testing/plans/(?P<plan>[^/]+)$",
    "/restore-testing/plans/(?P<plan>[^/]+)/selections$",
    "/restore-testing/plans/(?P<plan>[^/]+)/selections/(?P<selection>[^/]+)$",
)
SELECTION = ("backupPlanId", "selectionId")
VAULT_DOCUMENTS = ("policies", "notifications")

_create_backup_plan = BackupBackend.create_backup_plan
_delete_backup_vault = BackupBackend.delete_backup_vault


# Plans: moto creates, shows and deletes them.


def create_backup_plan(
    self: Any, backup_plan: Document, backup_plan_tags: dict[str, str], creator_request_id: str
) -> Any:
    """Let a deleted plan's name be used again: moto holds it against the next plan for ever."""
    gone = {id_: plan for id_, plan in self.plans.items() if plan.deletion_date is not None}
    for id_ in gone:
        del self.plans[id_]
    try:
        return _create_backup_plan(self, backup_plan, backup_plan_tags, creator_request_id)
    finally:
        self.plans.update(gone)


def update_backup_plan(self: Any) -> str:
    """Put a new version of the plan in the old one's place, under the same id."""
    (id_,) = documents.named(self, "backupPlanId")
    plan = self.backup_backend.get_backup_plan(id_, None)
    if plan.deletion_date is not None:
        raise ResourceNotFoundException(msg=f"Backup plan {id_} was deleted")
    version = Plan(
        documents.given(self)["BackupPlan"], plan.creator_request_id, self.backup_backend
    )
    plan.backup_plan = version.backup_plan
    plan.version_id = version.version_id
    plan.advanced_backup_settings = version.advanced_backup_settings
    return json.dumps(plan.to_dict())


def create_backup_selection(self: Any) -> str:
    """Keep what a plan backs up."""
    (plan_id,) = documents.named(self, "backupPlanId")
    plan = self.backup_backend.get_backup_plan(plan_id, None)
    if plan.deletion_date is not None:
        raise ResourceNotFoundException(msg=f"Backup plan {plan_id} was deleted")
    given = documents.given(self)["BackupSelection"]
    id_ = str(mock_random.uuid4())
    made = {
        "SelectionId": id_,
        "BackupPlanId": plan_id,
        "CreationDate": time.time(),
        "BackupSelection": given,
    }
    documents.new(self, "selections", f"{plan_id}|{id_}", made)
    return json.dumps({name: made[name] for name in ("SelectionId", "BackupPlanId")})


def get_backup_selection(self: Any) -> str:
    """Show one selection."""
    return json.dumps(
        documents.found(self, "selections", "|".join(documents.named(self, *SELECTION)))
    )


def list_backup_selections(self: Any) -> str:
    """List a plan's selections."""
    (plan_id,) = documents.named(self, "backupPlanId")
    listed = [
        {
            "SelectionId": each["SelectionId"],
            "SelectionName": each["BackupSelection"]["SelectionName"],
            "BackupPlanId": plan_id,
            "IamRoleArn": each["BackupSelection"]["IamRoleArn"],
            "CreationDate": each["CreationDate"],
        }
        for each in documents.shelf(self.backup_backend, "selections").values()
        if each["BackupPlanId"] == plan_id
    ]
    return json.dumps({"BackupSelectionsList": listed})


def delete_backup_selection(self: Any) -> str:
    """Delete one selection."""
    return documents.removed(self, "selections", "|".join(documents.named(self, *SELECTION)))


# Vaults: their policies and notifications go with them.


def delete_backup_vault(self: Any, backup_vault_name: str) -> None:
    """Delete the vault and all beside it; moto keeps its tags for the next of that name."""
    if backup_vault_name in self.vaults:
        self.tagger.delete_all_tags_for_resource(self.vaults[backup_vault_name].backup_vault_arn)
    for kind in VAULT_DOCUMENTS:
        documents.shelf(self, kind).pop(backup_vault_name, None)
    _delete_backup_vault(self, backup_vault_name)


def _vault(self: Any) -> Document:
    """Return how the answers name the vault of the request; AWS's error where it is not there."""
    (name,) = documents.named(self, "backupVaultName")
    vault = self.backup_backend.describe_backup_vault(name)
    return {"BackupVaultName": name, "BackupVaultArn": vault.backup_vault_arn}


def put_backup_vault_access_policy(self: Any) -> str:
    """Keep a vault's policy."""
    vault = _vault(self)
    document = {**vault, "Policy": documents.given(self)["Policy"]}
    documents.shelf(self.backup_backend, "policies")[vault["BackupVaultName"]] = document
    return "{}"


def get_backup_vault_access_policy(self: Any) -> str:
    """Show a vault's policy."""
    return json.dumps(documents.found(self, "policies", _vault(self)["BackupVaultName"]))


def delete_backup_vault_access_policy(self: Any) -> str:
    """Delete a vault's policy."""
    return documents.removed(self, "policies", _vault(self)["BackupVaultName"])


def put_backup_vault_notifications(self: Any) -> str:
    """Keep which events of a vault go to which topic."""
    vault, given = _vault(self), documents.given(self)
    told = {name: given[name] for name in ("SNSTopicArn", "BackupVaultEvents")}
    documents.shelf(self.backup_backend, "notifications")[vault["BackupVaultName"]] = {
        **vault,
        **told,
    }
    return "{}"


def get_backup_vault_notifications(self: Any) -> str:
    """Show which events of a vault go to which topic."""
    return json.dumps(documents.found(self, "notifications", _vault(self)["BackupVaultName"]))


def delete_backup_vault_notifications(self: Any) -> str:
    """Delete a vault's notifications."""
    return documents.removed(self, "notifications", _vault(self)["BackupVaultName"])


REQUESTS: tuple[Callable[[Any], str], ...] = (
    create_backup_selection,
    delete_backup_selection,
    delete_backup_vault_access_policy,
    delete_backup_vault_notifications,
    get_backup_selection,
    get_backup_vault_access_policy,
    get_backup_vault_notifications,
    list_backup_selections,
    put_backup_vault_access_policy,
    put_backup_vault_notifications,
    update_backup_plan,
    *backup_audit.REQUESTS,
)


def apply() -> None:
    """Give moto the missing requests and their paths; call before the server starts."""
    for request in REQUESTS:
        setattr(BackupResponse, request.__name__, request)
    for path in PATHS:
        urls.url_paths["{0}" + path] = BackupResponse.dispatch
    BackupBackend.create_backup_plan = create_backup_plan
    BackupBackend.delete_backup_vault = delete_backup_vault
