"""The database's data outlives mistakes: protection, final snapshots, restores."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.database import DatabaseArgs, RestoreFrom
from tests.support.databases import (
    PRODUCTION,
    STAGING,
    WITH_REPLICAS,
    asked,
    deploy,
    primary,
)

SNAPSHOT = RestoreFrom(suffix="20250131", snapshot="sanitised-1")
MOMENT = RestoreFrom(suffix="2", source="storefront-live", time="2025-01-31T09:00:00Z")
both_sizes = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


def test_production_is_guarded_by_the_engine_and_by_rds() -> None:
    instance = primary(PRODUCTION)

    assert instance.options["protect"] is True
    assert instance.inputs["deletionProtection"] is True
    assert instance.inputs["skipFinalSnapshot"] is False


@both_sizes
def test_backups_that_the_plan_looks_after_do_not_stop_a_deletion(args: DatabaseArgs) -> None:
    # RDS refuses to delete an instance together with backups that AWS Backup made.
    assert primary(args).inputs["deleteAutomatedBackups"] is False


def test_staging_can_be_destroyed_and_leaves_nothing() -> None:
    instance = primary(STAGING)

    assert instance.options["protect"] is False
    assert instance.inputs["deletionProtection"] is False
    assert instance.inputs["skipFinalSnapshot"] is True


def test_a_protected_database_keeps_a_final_snapshot() -> None:
    with pytest.raises(ValueError, match="keep_final_snapshot must be true where protect is"):
        replace(PRODUCTION, keep_final_snapshot=False)


def test_each_instance_that_has_been_has_another_final_snapshot() -> None:
    changes: list[dict[str, Any]] = [
        {"identifier": "storefront-other"},
        {"database_name": "other"},
        {"master_username": "somebody"},
        {"kms_key_arn": "arn:aws:kms:eu-west-1:000000000000:key/y"},
        {"restore": SNAPSHOT},
        {"restore": MOMENT},
    ]
    keepers = [
        deploy(replace(PRODUCTION, **change)).one("random:index/randomId:RandomId").inputs
        for change in [{}, *changes]
    ]

    assert len({json.dumps(one["keepers"], sort_keys=True) for one in keepers}) == len(keepers)


def test_the_final_snapshot_is_named_after_the_instance() -> None:
    name = primary(PRODUCTION).inputs["finalSnapshotIdentifier"]

    assert name == "storefront-test-final-0a1b2c3d"


def test_a_change_of_size_keeps_the_final_snapshots_name() -> None:
    random_ids = [
        deploy(one).one("random:index/randomId:RandomId") for one in (STAGING, PRODUCTION)
    ]

    assert random_ids[0].inputs == random_ids[1].inputs


@both_sizes
def test_a_second_instance_of_the_same_name_is_left_to_rds_to_refuse(
    args: DatabaseArgs,
) -> None:
    request = asked(args)["database-instance"]

    assert primary(args).inputs["identifier"] == "storefront-test"
    assert request.deleteBeforeReplaceDefined is True
    assert request.deleteBeforeReplace is False


def test_only_what_the_backup_plan_takes_over_is_ignored() -> None:
    requests = asked(WITH_REPLICAS)
    ignored = {name: list(one.ignoreChanges) for name, one in requests.items() if one.ignoreChanges}
    assert ignored == {"database-instance": ["backupRetentionPeriod", "backupWindow"]}


def test_a_restored_snapshot_stands_beside_the_old_database() -> None:
    instance = primary(replace(STAGING, restore=SNAPSHOT)).inputs

    assert instance["identifier"] == "storefront-test-20250131"
    assert instance["snapshotIdentifier"] == "sanitised-1"
    assert "restoreToPointInTime" not in instance
    assert "dbName" not in instance


@pytest.mark.parametrize(
    ("restore", "expected"),
    [
        (
            MOMENT,
            {
                "sourceDbInstanceIdentifier": "storefront-live",
                "restoreTime": "2025-01-31T09:00:00Z",
            },
        ),
        (
            RestoreFrom(suffix="2", source="storefront-live"),
            {"sourceDbInstanceIdentifier": "storefront-live", "useLatestRestorableTime": True},
        ),
        (
            RestoreFrom(suffix="2", source_resource_id="db-ABCDEFGHIJKL"),
            {"sourceDbiResourceId": "db-ABCDEFGHIJKL", "useLatestRestorableTime": True},
        ),
    ],
    ids=["moment", "latest", "deleted-source"],
)
def test_a_point_in_time_is_asked_of_its_source(
    restore: RestoreFrom, expected: dict[str, Any]
) -> None:
    args = replace(STAGING, restore=restore)
    instance = primary(args).inputs

    assert instance["restoreToPointInTime"] == expected
    assert "snapshotIdentifier" not in instance
    assert list(asked(args)["database-instance"].replaceOnChanges) == ["restoreToPointInTime"]


def test_a_restore_has_the_same_shape_as_a_new_database() -> None:
    assert deploy(replace(STAGING, restore=SNAPSHOT)).shape == deploy(STAGING).shape


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"snapshot": "s", "source": "d"}, "got snapshot, source"),
        ({}, "got none"),
        ({"snapshot": "s", "suffix": "A-1"}, "suffix must be"),
        ({"source_resource_id": "storefront"}, "must look like db-"),
        ({"snapshot": "s", "time": "2025-01-31T09:00:00Z"}, "a moment in UTC"),
        ({"source": "d", "time": "2025-01-31T09:00:00+01:00"}, "a moment in UTC"),
        ({"source": "d", "time": "yesterday"}, "a moment in UTC"),
    ],
)
def test_a_restore_that_cannot_be_meant_is_refused(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RestoreFrom(**{"suffix": "1", **fields})


def test_a_database_is_not_restored_from_itself() -> None:
    with pytest.raises(ValueError, match="must be another database, got 'storefront-test-2'"):
        replace(STAGING, restore=RestoreFrom(suffix="2", source="storefront-test-2"))
