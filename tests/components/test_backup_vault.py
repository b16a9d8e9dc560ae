"""A vault keeps its recovery points, wherever it stands."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.backup_vault import BackupVault, BackupVaultArgs
from policies.monitor import Monitor
from tests.support.graph import Graph, once, record

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
POLICY = "aws:backup/vaultPolicy:VaultPolicy"
NOTIFICATIONS = "aws:backup/vaultNotifications:VaultNotifications"
KEY = "arn:aws:kms:eu-west-1:000000000000:key/x"

STAGING = BackupVaultArgs(
    vault_name="storefront-test",
    kms_key_arn=KEY,
    min_retention_days=7,
    max_retention_days=90,
    protect=False,
    tags={"Owner": "platform"},
    topic_arn="arn:aws:sns:eu-west-1:000000000000:alerts",
)
PRODUCTION = replace(STAGING, max_retention_days=365, protect=True)
COPY = replace(STAGING, region="eu-central-1", topic_arn=None)
ARCHIVE = replace(STAGING, copy_from_account="000000000000", topic_arn=None)


@once
def deploy(args: BackupVaultArgs) -> Graph:
    """Record one vault."""
    return record(lambda: BackupVault("backup", args))


def statements(args: BackupVaultArgs) -> list[dict[str, Any]]:
    """Return the statements of the vault's policy."""
    document: dict[str, Any] = json.loads(deploy(args).one(POLICY).inputs["policy"])
    found: list[dict[str, Any]] = document["Statement"]
    return found


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_only_size_and_protection_differ_between_sizes() -> None:
    small, large = deploy(STAGING), deploy(PRODUCTION)
    different = {
        (node.type, key)
        for node in small.nodes
        for key, value in node.inputs.items()
        if large.one(node.type).inputs[key] != value
    }

    assert different == {(VAULT, "forceDestroy"), (LOCK, "maxRetentionDays")}


def test_production_is_protected_and_staging_can_be_destroyed() -> None:
    large, small = deploy(PRODUCTION).one(VAULT), deploy(STAGING).one(VAULT)

    assert (large.options["protect"], large.inputs["forceDestroy"]) == (True, False)
    assert (small.options["protect"], small.inputs["forceDestroy"]) == (False, True)


@pytest.mark.parametrize("args", [STAGING, PRODUCTION, COPY, ARCHIVE])
def test_every_vault_is_encrypted_and_locked_without_a_point_of_no_return(
    args: BackupVaultArgs,
) -> None:
    graph = deploy(args)
    lock = graph.one(LOCK).inputs

    assert graph.one(VAULT).inputs["kmsKeyArn"] == KEY
    assert lock["minRetentionDays"] == 7
    assert lock["maxRetentionDays"] == args.max_retention_days
    assert "changeableForDays" not in lock


@pytest.mark.parametrize("args", [STAGING, PRODUCTION, COPY, ARCHIVE])
def test_no_vault_lets_a_recovery_point_be_deleted_by_hand(args: BackupVaultArgs) -> None:
    deny = statements(args)[0]

    assert deny["Effect"] == "Deny"
    assert deny["Principal"] == {"AWS": "*"}
    assert {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"} <= set(
        deny["Action"]
    )
    assert "Condition" not in deny


def test_the_break_glass_role_alone_is_let_through() -> None:
    role = "arn:aws:iam::000000000000:role/understudy-break-glass"
    deny = statements(replace(STAGING, break_glass_role_arns=[role]))[0]

    assert deny["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [role]}}


def test_only_the_archive_lets_another_account_copy_in() -> None:
    allow = statements(ARCHIVE)[1:]

    assert statements(STAGING)[1:] == statements(COPY)[1:] == []
    assert [(one["Principal"], one["Action"]) for one in allow] == [
        ({"AWS": "arn:aws:iam::000000000000:root"}, "backup:CopyIntoBackupVault")
    ]


def test_every_part_of_a_copy_vault_stands_in_the_other_region() -> None:
    parts = deploy(replace(COPY, topic_arn="arn:aws:sns:eu-central-1:0:alerts")).under("backup")

    assert [part.inputs["region"] for part in parts] == ["eu-central-1"] * 4


def test_every_part_of_an_archive_vault_goes_to_the_other_accounts_provider() -> None:
    def program() -> None:
        archive = aws.Provider("archive", region="eu-west-1")
        BackupVault("backup", ARCHIVE, pulumi.ResourceOptions(providers=[archive]))

    parts = record(program).under("backup")

    assert len(parts) == 3
    assert all("::archive::" in part.options["provider"] for part in parts)


def test_failures_are_told_where_there_is_a_topic() -> None:
    notifications = deploy(STAGING).one(NOTIFICATIONS).inputs

    assert notifications["snsTopicArn"] == STAGING.topic_arn
    assert "COPY_JOB_FAILED" in notifications["backupVaultEvents"]
    assert deploy(COPY).of(NOTIFICATIONS) == []


def test_a_part_made_anew_does_not_take_its_successor_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {}
    answer: Any = Monitor.RegisterResource

    def remember(self: Monitor, request: Any) -> Any:
        asked[request.name] = request
        return answer(self, request)

    monkeypatch.setattr(Monitor, "RegisterResource", remember)
    deploy(replace(STAGING))

    for part in ("lock", "policy", "notifications"):
        assert asked[f"backup-{part}"].deleteBeforeReplace is True
    assert list(asked["backup-policy"].replaceOnChanges) == ["policy"]


def test_the_vault_is_tagged_and_every_part_is_its_child() -> None:
    graph = deploy(STAGING)

    assert {node.name for node in graph.under("backup")} == {
        "backup-vault",
        "backup-lock",
        "backup-policy",
        "backup-notifications",
    }
    assert graph.one(VAULT).inputs["tags"] == {
        "Owner": "platform",
        "Component": "backup",
        "Name": "backup-vault",
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("vault_name", "a", "vault_name must be 2 to 50"),
        ("min_retention_days", 0, "between 1 and max_retention_days"),
        ("min_retention_days", 91, r"max_retention_days \(90\), got 91"),
        ("copy_from_account", "prod", "twelve digits, got 'prod'"),
    ],
)
def test_what_aws_backup_would_refuse_is_refused_by_name(
    field: str, value: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **{field: value})
