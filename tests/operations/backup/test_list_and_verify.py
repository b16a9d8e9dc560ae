"""Backups are listed and held against the settings, on a real moto server."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.backup.instances import Instance
from operations.backup.inventory import Backup, Inventory, inventory
from operations.backup.verify import Line, verify
from settings import Settings, load
from tests.operations.backup.stack import Stack
from tests.settings.workspace import ROOT

NOW = datetime(2031, 5, 20, 12, tzinfo=UTC)
KEY = "arn:aws:kms:eu-west-1:222222222222:key/own"
VAULT, COPY = "vault, eu-west-1", "copy, eu-central-1"


def test_the_list_shows_each_backup_with_its_place_and_age(stack: Stack) -> None:
    stack.snapshot(f"{stack.identifier}-by-hand")
    code, out, _ = stack.said("list")

    assert code == 0
    window, heads, *rows = out.splitlines()
    assert window.startswith(f"{stack.identifier}: any moment from ")
    assert heads.split() == [
        "kind", "made", "age", "GiB", "encrypted", "where", "account", "name",
    ]  # fmt: skip
    row = next(line for line in rows if line.endswith("-by-hand"))
    assert row.split()[0] == "manual"
    assert row.split()[2:8] == ["0.0", "h", "50", "yes", "eu-west-1", "222222222222"]


def test_the_list_as_json_has_moments_and_keys(stack: Stack) -> None:
    stack.snapshot(f"{stack.identifier}-by-hand")
    code, out, _ = stack.said("list", "--json")
    told = json.loads(out)

    assert code == 0
    assert told["database"] == stack.identifier
    assert told["latestRestorableTime"].endswith("Z")
    assert {each["key"] for each in told["backups"]} == {stack.key}
    # moto has no list of recovery points: that is told, not taken for an empty vault.
    assert set(told["vaults"].values()) == {False}


def test_verify_fails_where_a_backup_is_missing_and_passes_with_it(stack: Stack) -> None:
    for each in stack.rds.describe_db_snapshots(DBInstanceIdentifier=stack.identifier)[
        "DBSnapshots"
    ]:
        stack.rds.delete_db_snapshot(DBSnapshotIdentifier=each["DBSnapshotIdentifier"])
    code, out, _ = stack.said("verify")
    assert code == 1
    assert "failed   newest backup" in out

    stack.snapshot(f"{stack.identifier}-by-hand")
    code, out, _ = stack.said("verify", "--json")
    told = json.loads(out)
    assert (code, told["passed"]) == (0, True)
    verdicts = {each["what"]: each["verdict"] for each in told["lines"]}
    assert verdicts["encryption"] == "passed"
    assert verdicts["automated backups"] == "passed"


def test_verify_reads_what_aws_has(stack: Stack) -> None:
    stack.rds.modify_db_instance(DBInstanceIdentifier=stack.identifier, BackupRetentionPeriod=3)
    stack.snapshot(f"{stack.identifier}-by-hand")

    lines = verify(
        inventory(stack.place()), stack.place().settings, "arn:aws:kms:eu-west-1:1:key/other",
        datetime.now(UTC),
    )  # fmt: skip
    failed = {line.what: line.words for line in lines if line.verdict == "failed"}
    assert failed["automated backups"] == "kept 3 days; wanted 7 days"
    assert failed["encryption"].startswith("not with the environment's key: database, ")


# What moto does not have, on an inventory as AWS would give it.


def point(made: datetime, place: str, **more: object) -> Backup:
    base = Backup(
        kind="recovery point",
        name="awsbackup:job-1",
        made=made,
        gib=1.0,
        encrypted=True,
        key=KEY,
        place=place,
        account="222222222222",
        usable=True,
        keep_days=35,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def good() -> Inventory:
    shown = {
        "DBInstanceIdentifier": "shop",
        "BackupRetentionPeriod": 35,
        "StorageEncrypted": True,
        "KmsKeyId": KEY,
        "InstanceCreateTime": NOW - timedelta(days=300),
    }
    yesterday = NOW - timedelta(hours=20)
    copy = point(yesterday, COPY, key="arn:aws:kms:eu-central-1:222222222222:key/copy")
    return Inventory(
        Instance(shown),
        NOW - timedelta(days=35),
        NOW - timedelta(minutes=5),
        [point(yesterday, VAULT), point(yesterday, VAULT, keep_days=90), copy],
        {VAULT: True, COPY: True},
    )


@pytest.fixture(name="staging", scope="module")
def _staging() -> Settings:
    return load(ROOT, "staging")


def failed(found: Inventory, settings: Settings) -> set[str]:
    return {line.what for line in verify(found, settings, KEY, NOW) if line.verdict == "failed"}


def test_what_the_settings_promise_passes_every_line(staging: Settings) -> None:
    lines = verify(good(), staging, KEY, NOW)

    assert {line.verdict for line in lines} == {"passed"}
    assert Line("newest backup", "passed", "20.0 h old; allowed 36 h") in lines


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"latest": NOW - timedelta(minutes=16)}, {"latest restorable time"}),
        ({"latest": None}, {"latest restorable time"}),
        ({"earliest": NOW - timedelta(days=6)}, {"earliest restorable time"}),
        ({"backups": []}, {"newest backup", f"vault {VAULT}", f"vault {COPY}"}),
    ],
)
def test_a_window_or_a_backup_that_is_missing_fails(
    staging: Settings, change: dict[str, object], what: set[str]
) -> None:
    assert failed(replace(good(), **change), staging) == what  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"made": NOW - timedelta(hours=37)}, {f"vault {COPY}"}),
        ({"usable": False}, {f"vault {COPY}"}),
        ({"encrypted": False}, {"encryption"}),
        ({"keep_days": 36}, {"recovery points' lives"}),
        ({"keep_days": None}, {"recovery points' lives"}),
    ],
)
def test_a_copy_that_is_not_as_it_should_be_fails(
    staging: Settings, change: dict[str, object], what: set[str]
) -> None:
    *own, copy = good().backups
    changed = [*own, replace(copy, **change)]  # type: ignore[arg-type]

    assert failed(replace(good(), backups=changed), staging) == what


def test_a_backup_with_another_key_of_the_region_fails(staging: Settings) -> None:
    other = point(NOW, VAULT, key="arn:aws:kms:eu-west-1:222222222222:key/other")

    assert failed(replace(good(), backups=[*good().backups, other]), staging) == {"encryption"}


def test_a_continuous_backup_reaches_as_far_as_the_database_can_be_restored(
    staging: Settings,
) -> None:
    old = NOW - timedelta(days=200)
    grows = point(old, VAULT, continuous=True)
    only = replace(good(), backups=[grows, good().backups[2]])

    assert failed(only, staging) == set()
    stale = replace(only, latest=NOW - timedelta(hours=40))
    assert failed(stale, staging) == {"latest restorable time", f"vault {VAULT}"}


def test_a_young_database_need_not_reach_further_than_its_life(staging: Settings) -> None:
    born = NOW - timedelta(days=2)
    shown = {**good().instance.shown, "InstanceCreateTime": born}
    young = replace(good(), instance=Instance(shown), earliest=born + timedelta(hours=1))

    assert failed(young, staging) == set()
