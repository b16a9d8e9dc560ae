"""The plan backs up by tag, in three tiers and three places, and tells of failures."""

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from components.backup_plan import BackupPlan, BackupPlanArgs, BackupTier
from tests.support.graph import Graph, once, record

PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
COPY = "arn:aws:backup:eu-central-1:000000000000:backup-vault:storefront-test"
ARCHIVE = "arn:aws:backup:eu-west-1:999999999999:backup-vault:storefront-test"

STAGING = BackupPlanArgs(
    account="000000000000",
    vault_name="storefront-test",
    copy_vault_arn=COPY,
    archive_vault_arn=ARCHIVE,
    daily=BackupTier(schedule="cron(0 5 ? * * *)", keep_days=35),
    weekly=BackupTier(schedule="cron(0 6 ? * SUN *)", keep_days=42),
    monthly=BackupTier(schedule="cron(0 7 1 * ? *)", keep_days=90),
    selected="storefront-test",
    topic_arn="arn:aws:sns:eu-west-1:000000000000:alerts",
    tags={"Owner": "platform"},
)
PRODUCTION = replace(
    STAGING,
    weekly=replace(STAGING.weekly, keep_days=90),
    monthly=replace(STAGING.monthly, keep_days=365),
)
both_sizes = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: BackupPlanArgs) -> Graph:
    """Record one plan."""
    return record(lambda: BackupPlan("backups", args))


def rules(args: BackupPlanArgs) -> dict[str, dict[str, Any]]:
    """Return the plan's rules by name."""
    return {rule["ruleName"]: rule for rule in deploy(args).one(PLAN).inputs["rules"]}


def without_days(args: BackupPlanArgs) -> str:
    """Return the plan's rules with the days of keeping left out."""
    plain = deepcopy(rules(args))
    for rule in plain.values():
        for part in (rule, *rule["copyActions"]):
            del part["lifecycle"]
    return json.dumps(plain, sort_keys=True)


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


def test_only_the_days_of_keeping_differ_between_sizes() -> None:
    assert without_days(STAGING) == without_days(PRODUCTION)


@both_sizes
def test_each_tier_has_its_schedule_and_its_days(args: BackupPlanArgs) -> None:
    found = rules(args)

    assert set(found) == {"daily", "weekly", "monthly"}
    for name, tier in (("daily", args.daily), ("weekly", args.weekly), ("monthly", args.monthly)):
        assert found[name]["schedule"] == tier.schedule
        assert found[name]["lifecycle"] == {"deleteAfter": tier.keep_days}
        assert found[name]["targetVaultName"] == "storefront-test"


@both_sizes
def test_only_the_daily_tier_is_continuous(args: BackupPlanArgs) -> None:
    continuous = [name for name, rule in rules(args).items() if rule["enableContinuousBackup"]]

    assert continuous == ["daily"]


@both_sizes
def test_every_tier_is_copied_to_another_region_and_another_account(args: BackupPlanArgs) -> None:
    for rule in rules(args).values():
        assert [copy["destinationVaultArn"] for copy in rule["copyActions"]] == [COPY, ARCHIVE]
        assert all(copy["lifecycle"] == rule["lifecycle"] for copy in rule["copyActions"])


@both_sizes
def test_a_job_is_given_up_before_the_next_days_begins(args: BackupPlanArgs) -> None:
    for rule in rules(args).values():
        assert rule["startWindow"] == 60
        assert rule["startWindow"] < rule["completionWindow"] < 24 * 60


@both_sizes
def test_what_carries_the_tag_is_backed_up(args: BackupPlanArgs) -> None:
    selection = deploy(args).one(SELECTION).inputs

    assert selection["selectionTags"] == [
        {"type": "STRINGEQUALS", "key": "Backup", "value": "storefront-test"}
    ]
    assert "resources" not in selection


def test_the_role_is_aws_backups_alone_and_can_restore() -> None:
    graph = deploy(STAGING)
    trust = json.loads(graph.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    attached = graph.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")

    assert [one["Principal"] for one in trust] == [{"Service": "backup.amazonaws.com"}]
    assert trust[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": "000000000000"}}
    assert {one.inputs["policyArn"].rsplit("/", 1)[-1] for one in attached} == {
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
    }


def test_failed_backups_and_restores_reach_the_topic() -> None:
    graph = deploy(STAGING)
    patterns = {rule.name: json.loads(rule.inputs["eventPattern"]) for rule in graph.of(RULE)}

    assert patterns["backups-failed-backups"]["detail"] == {
        "state": ["ABORTED", "EXPIRED", "FAILED"]
    }
    assert patterns["backups-failed-restores"]["detail"] == {"status": ["ABORTED", "FAILED"]}
    assert [target.inputs["arn"] for target in graph.of(TARGET)] == [STAGING.topic_arn] * 2


def test_every_child_is_parented_named_after_the_plan_and_tagged() -> None:
    taggable = {PLAN, RULE, "aws:iam/role:Role"}
    children = deploy(STAGING).under("backups")

    assert len(children) == 9
    for child in children:
        assert child.name.startswith("backups-")
        if child.type in taggable:
            assert child.inputs["tags"] == {
                "Owner": "platform",
                "Component": "backups",
                "Name": child.name,
            }


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ((36, 42, 90), "daily.keep_days must be at most 35"),
        ((35, 35, 90), "must grow from daily over weekly to monthly, got 35, 35, 90"),
        ((35, 42, 42), "must grow from daily over weekly to monthly, got 35, 42, 42"),
    ],
)
def test_tiers_that_make_no_sense_are_refused(days: tuple[int, int, int], message: str) -> None:
    tiers = {
        name: replace(getattr(STAGING, name), keep_days=kept)
        for name, kept in zip(("daily", "weekly", "monthly"), days, strict=True)
    }
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **tiers)


@pytest.mark.parametrize(
    ("schedule", "days", "message"),
    [
        ("cron(0 5 * * *)", 35, "six fields"),
        ("rate(1 day)", 35, "six fields"),
        ("cron(0 5 ? * * *)", 0, "keep_days must be at least 1, got 0"),
    ],
)
def test_a_tier_that_aws_backup_would_refuse_is_refused(
    schedule: str, days: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        BackupTier(schedule=schedule, keep_days=days)
