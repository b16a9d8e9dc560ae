"""What the mirror's role may take: sanitised snapshots of one account, with a key of its own."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from components.shared_snapshots import SharedSnapshots, SharedSnapshotsArgs
from tests.support.graph import Graph, record
from tests.support.tasks import ACCOUNT, KEY, REGION, TAGS, statements, untagged

SHARED = f"arn:aws:kms:{REGION}:111111111111:key/0a1b-2c"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deployer"
ARGS = SharedSnapshotsArgs(
    account=ACCOUNT,
    region=REGION,
    taker_role_arn=DEPLOYER,
    snapshot_prefix="sanitised-storefront",
    shared_key_arn=SHARED,
    own_key_arn=KEY,
    tags=TAGS,
)


@cache
def graph() -> Graph:
    return record(lambda: SharedSnapshots("shared", ARGS))


def test_it_copies_sanitised_snapshots_of_the_one_account_into_its_own() -> None:
    copying = statements(graph(), "shared-policy")["CopySharedSnapshots"]

    assert copying["Action"] == "rds:CopyDBSnapshot"
    assert copying["Resource"] == [
        f"arn:aws:rds:{REGION}:{account}:snapshot:sanitised-storefront-*"
        for account in ("111111111111", ACCOUNT)
    ]


def test_both_keys_are_named_and_used_through_rds_alone() -> None:
    rights = statements(graph(), "shared-policy")

    assert rights["CopyFromKeyToKey"]["Resource"] == [SHARED, KEY]
    assert rights["CopyFromKeyToKey"]["Condition"] == {
        "StringEquals": {"kms:ViaService": f"rds.{REGION}.amazonaws.com"}
    }
    assert rights["LetRdsUseKeys"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_it_restores_and_deletes_nothing() -> None:
    actions = json.dumps([each["Action"] for each in statements(graph(), "shared-policy").values()])

    assert not any(word in actions for word in ("Delete", "Restore", "Modify", "secretsmanager"))


def test_only_the_taker_takes_it_on() -> None:
    role = graph().one("aws:iam/role:Role").inputs
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]

    assert trust["Principal"] == {"AWS": DEPLOYER}
    assert untagged(graph()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shared_key_arn": KEY}, "must be a key of another account"),
        ({"shared_key_arn": "alias/x"}, "must be a key of another account"),
        ({"snapshot_prefix": "storefront"}, "must begin with sanitised-"),
    ],
)
def test_a_key_of_its_own_and_snapshots_of_any_name_are_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **change)
