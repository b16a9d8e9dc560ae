"""Keys rotate, name whom they serve, and are as hard to lose as was asked."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.key import EncryptionKey, EncryptionKeyArgs
from components.key_statements import (
    account_may_take_copies,
    logs_may_encrypt,
    trail_may_encrypt,
)
from components.publishers import encrypt_statements
from tests.support.graph import Graph, once, record

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
TRAIL = "arn:aws:cloudtrail:eu-west-1:222222222222:trail/storefront"

STAGING = EncryptionKeyArgs(
    account_id="222222222222",
    alias="storefront-staging",
    description="Data of storefront",
    statements=[
        logs_may_encrypt(account_id="222222222222", region="eu-west-1"),
        *encrypt_statements(account_id="222222222222", region="eu-west-1"),
        *trail_may_encrypt(account_id="222222222222", trail_arn=TRAIL),
        *account_may_take_copies("333333333333"),
    ],
    recovery_days=7,
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, recovery_days=30, protect=True)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: EncryptionKeyArgs) -> Graph:
    """Build one key offline."""
    return record(lambda: EncryptionKey("data-key", args))


def statements(args: EncryptionKeyArgs = STAGING) -> dict[str, Any]:
    """Return the statements of the key's policy by their names."""
    policy = json.loads(deploy(args).one(KEY).inputs["policy"])
    found = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert len(found) == len(policy["Statement"])
    return found


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_the_key_rotates_and_waits_before_it_is_gone(args: EncryptionKeyArgs) -> None:
    key = deploy(args).one(KEY)

    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["deletionWindowInDays"] == args.recovery_days
    assert key.options["protect"] is args.protect


def test_the_alias_leads_to_the_key() -> None:
    alias = deploy(STAGING).one(ALIAS)

    assert alias.inputs["name"] == "alias/storefront-staging"
    assert any(
        urn.endswith("::data-key-key")
        for urn in alias.options["propertyDependencies"]["targetKeyId"]
    )


def test_the_account_keeps_its_say_over_the_key() -> None:
    admin = statements()["AccountMayAdminister"]

    assert admin["Principal"] == {"AWS": "arn:aws:iam::222222222222:root"}
    assert admin["Action"] == "kms:*"


def test_no_statement_is_for_everybody() -> None:
    for statement in statements().values():
        assert set(statement["Principal"]) <= {"AWS", "Service"}
        assert "*" not in statement["Principal"].values()


def test_every_service_is_bound_to_this_account() -> None:
    for name, statement in statements().items():
        if "Service" in statement["Principal"]:
            assert "222222222222" in json.dumps(statement["Condition"]), name


def test_logs_may_use_the_key_for_this_accounts_groups() -> None:
    logs = statements()["LogsMayEncrypt"]

    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:222222222222:log-group:*"
    }


def test_alarms_may_use_the_key_for_this_accounts_topics() -> None:
    alarms = statements()["AlarmsMayEncryptNotifications"]

    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert alarms["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "222222222222"},
        "ArnLike": {
            "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:222222222222:alarm:*",
            "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:eu-west-1:222222222222:*",
        },
    }


def test_the_trail_may_use_the_key_for_itself() -> None:
    own = {"aws:SourceArn": TRAIL, "aws:SourceAccount": "222222222222"}

    for name in ("TrailMayEncrypt", "TrailMayCheckKey"):
        assert statements()[name]["Condition"]["StringEquals"] == own


def test_the_archive_account_may_grant_to_aws_services_only() -> None:
    grant = statements()["Account333333333333MayGrantToServices"]

    assert grant["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"}
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_key_and_alias_can_stand_in_another_region() -> None:
    graph = deploy(replace(STAGING, region="us-east-1"))

    assert graph.one(KEY).inputs["region"] == "us-east-1"
    assert graph.one(ALIAS).inputs["region"] == "us-east-1"


def test_the_key_is_tagged_with_its_own_name() -> None:
    assert deploy(STAGING).one(KEY).inputs["tags"] == {
        "Owner": "platform",
        "Component": "data-key",
        "Name": "data-key-key",
    }


@pytest.mark.parametrize("days", [6, 31])
def test_a_recovery_window_that_kms_has_not_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match=f"between 7 and 30, got {days}"):
        replace(STAGING, recovery_days=days)


@pytest.mark.parametrize("alias", ["alias/storefront", "aws/storefront", "", "store front"])
def test_an_alias_that_kms_would_refuse_is_refused(alias: str) -> None:
    with pytest.raises(ValueError, match="alias must be"):
        replace(STAGING, alias=alias)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_statement_for_everybody_is_refused(principal: object) -> None:
    with pytest.raises(ValueError, match="must name their principals"):
        replace(STAGING, statements=[{"Effect": "Allow", "Principal": principal}])
