"""A snapshot is shared between two accounts of the sandbox's server as it is between AWS's."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.cloud import ACCOUNT, REGION, Cloud

OTHER = "111111111111"


@dataclass
class Accounts:
    """Who shares, who is shared with, and a snapshot that is not shared yet."""

    owner: Any
    mirror: Any
    key: str
    """Of the mirror."""
    name: str

    @property
    def arn(self) -> str:
        return f"arn:aws:rds:{REGION}:{OTHER}:snapshot:{self.name}"

    def share(self, *accounts: str) -> None:
        self.owner.modify_db_snapshot_attribute(
            DBSnapshotIdentifier=self.name, AttributeName="restore", ValuesToAdd=list(accounts)
        )

    def copy(self) -> dict[str, Any]:
        made = self.mirror.copy_db_snapshot(
            SourceDBSnapshotIdentifier=self.arn,
            TargetDBSnapshotIdentifier=self.name,
            KmsKeyId=self.key,
        )
        return dict(made["DBSnapshot"])

    def listed(self, kind: str) -> dict[str, dict[str, Any]]:
        found = self.mirror.get_paginator("describe_db_snapshots").paginate(SnapshotType=kind)
        shown = (each for page in found for each in page["DBSnapshots"])
        return {each["DBSnapshotIdentifier"]: each for each in shown}


@pytest.fixture(name="accounts")
def _accounts(cloud: Cloud) -> Iterator[Accounts]:
    owner, name = cloud.boto3("rds", account=OTHER), f"shared-{uuid.uuid4().hex[:8]}"
    owner.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword="correct-horse-battery-9",
        StorageEncrypted=True,
        KmsKeyId=cloud.boto3("kms", account=OTHER).create_key()["KeyMetadata"]["Arn"],
    )
    owner.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=name)
    key = cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    yield Accounts(owner, cloud.boto3("rds"), key, name)
    owner.delete_db_snapshot(DBSnapshotIdentifier=name)
    owner.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def test_a_shared_snapshot_is_listed_by_its_arn_and_stays_its_owners(accounts: Accounts) -> None:
    assert accounts.arn not in accounts.listed("shared")
    accounts.share(ACCOUNT)

    assert accounts.listed("shared")[accounts.arn]["SnapshotType"] == "shared"
    assert accounts.name not in accounts.listed("manual")
    named = {"DBSnapshotIdentifier": accounts.arn, "SnapshotType": "shared"}
    (found,) = accounts.mirror.describe_db_snapshots(**named)["DBSnapshots"]
    assert found["DBSnapshotArn"] == accounts.arn
    (own,) = accounts.owner.describe_db_snapshots(DBSnapshotIdentifier=accounts.name)["DBSnapshots"]
    assert (own["DBSnapshotIdentifier"], own["SnapshotType"]) == (accounts.name, "manual")


def test_a_public_snapshot_is_told_apart_from_a_shared_one(accounts: Accounts) -> None:
    accounts.share(ACCOUNT)
    named = {"DBSnapshotIdentifier": accounts.arn, "SnapshotType": "public"}
    with pytest.raises(ClientError) as caught:
        accounts.mirror.describe_db_snapshots(**named)
    assert caught.value.response["Error"]["Code"] == "DBSnapshotNotFound"

    accounts.share("all")
    assert len(accounts.mirror.describe_db_snapshots(**named)["DBSnapshots"]) == 1


def test_only_what_is_shared_is_copied_and_the_copy_says_from_where(accounts: Accounts) -> None:
    with pytest.raises(ClientError) as caught:
        accounts.copy()
    assert caught.value.response["Error"]["Code"] == "DBSnapshotNotFound"

    accounts.share(ACCOUNT)
    copy = accounts.copy()
    assert copy["SourceDBSnapshotIdentifier"] == accounts.arn
    assert copy["KmsKeyId"] == accounts.key
    assert copy["DBSnapshotArn"] == accounts.arn.replace(OTHER, ACCOUNT)
    accounts.mirror.delete_db_snapshot(DBSnapshotIdentifier=accounts.name)


def test_a_copy_within_the_account_says_nothing_of_it(accounts: Accounts) -> None:
    made = accounts.owner.copy_db_snapshot(
        SourceDBSnapshotIdentifier=accounts.arn, TargetDBSnapshotIdentifier=f"{accounts.name}-2"
    )["DBSnapshot"]

    assert "SourceDBSnapshotIdentifier" not in made
    accounts.owner.delete_db_snapshot(DBSnapshotIdentifier=f"{accounts.name}-2")


def test_a_history_is_shown_newest_first_where_that_is_asked_for(cloud: Cloud) -> None:
    states = cloud.boto3("stepfunctions")
    machine = states.create_state_machine(
        name="mended", definition="{}", roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine"
    )["stateMachineArn"]
    run = states.start_execution(stateMachineArn=machine, name="mended")["executionArn"]

    orders = [
        [
            event["id"]
            for event in states.get_execution_history(executionArn=run, reverseOrder=order)[
                "events"
            ]
        ]
        for order in (False, True)
    ]
    assert orders[0] == sorted(orders[0]) == orders[1][::-1]
    assert len(orders[0]) > 1
    states.delete_state_machine(stateMachineArn=machine)
