"""Whoever should be told is told, by those who may tell, and in cipher."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from pulumi_aws import cloudwatch

from components.notifications import Notifications, NotificationsArgs
from components.publishers import PUBLISHERS, encrypt_statements
from tests.support.graph import Graph, once, record

TOPIC = "aws:sns/topic:Topic"
POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TOPIC_ARN = "arn:aws:sns:eu-west-1:222222222222:storefront-staging"

STAGING = NotificationsArgs(
    account_id="222222222222",
    region="eu-west-1",
    topic_name="storefront-staging",
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    emails=["alerts@example.com"],
    tags={"Owner": "platform"},
)
PRODUCTION = replace(
    STAGING, account_id="111111111111", topic_name="storefront-production", tags={"Owner": "ops"}
)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: NotificationsArgs) -> Graph:
    """Build one topic offline."""
    return record(lambda: Notifications("alerts", args))


def statements(args: NotificationsArgs = STAGING) -> dict[str, Any]:
    """Return the statements of the topic's policy by their names."""
    policy = json.loads(deploy(args).one(POLICY).inputs["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_both_environments_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_the_topic_is_encrypted_with_the_environments_key(args: NotificationsArgs) -> None:
    topic = deploy(args).one(TOPIC).inputs

    assert topic["kmsMasterKeyId"] == args.kms_key_arn
    assert topic["name"] == args.topic_name
    assert topic["tags"] == {**args.tags, "Component": "alerts", "Name": "alerts-topic"}


def test_every_address_has_a_subscription_named_after_it() -> None:
    graph = deploy(replace(STAGING, emails=["b@example.com", "a@example.com"]))

    assert {
        n.name: (n.inputs["protocol"], n.inputs["endpoint"]) for n in graph.of(SUBSCRIPTION)
    } == {
        "alerts-email-a@example.com": ("email", "a@example.com"),
        "alerts-email-b@example.com": ("email", "b@example.com"),
    }


def test_plain_http_is_refused() -> None:
    refused = statements()["OnlyByTls"]

    assert refused["Effect"] == "Deny"
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_named_services_are_let_in_and_only_to_publish_here() -> None:
    allowed = [s for s in statements().values() if s["Effect"] == "Allow"]

    assert {s["Principal"]["Service"] for s in allowed} == {
        "cloudwatch.amazonaws.com",
        "events.rds.amazonaws.com",
        "budgets.amazonaws.com",
        "costalerts.amazonaws.com",
        "backup.amazonaws.com",
        "events.amazonaws.com",
    }
    for statement in allowed:
        assert statement["Action"] == "sns:Publish"
        assert statement["Resource"] == TOPIC_ARN


def test_services_that_say_for_whom_they_act_are_bound_to_this_account() -> None:
    bound = {name for name, s in statements().items() if "aws:SourceAccount" in json.dumps(s)}

    assert bound == {
        "AlarmsMayPublish",
        "DatabaseEventsMayPublish",
        "BudgetsMayPublish",
        "CostAnomaliesMayPublish",
    }


def test_whoever_may_publish_may_use_the_key_for_it() -> None:
    keyed = encrypt_statements(account_id="222222222222", region="eu-west-1")

    for publisher, statement in zip(PUBLISHERS, keyed, strict=True):
        assert statement["Principal"] == {"Service": publisher.principal}
        assert f"{publisher.name}MayPublish" in statements()


def test_its_arn_is_known_only_once_its_policy_is_in_place() -> None:
    def program() -> None:
        topic = Notifications("alerts", STAGING)
        cloudwatch.MetricAlarm(
            "alarm",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            alarm_actions=[pulumi.Output.from_input(topic.topic_arn)],
        )

    alarm = record(program).one("aws:cloudwatch/metricAlarm:MetricAlarm")
    links = alarm.options["propertyDependencies"]["alarmActions"]

    assert {urn.rsplit("::", 1)[-1] for urn in links} == {"alerts-topic", "alerts-policy"}


def test_topic_policy_and_subscriptions_stand_in_one_region() -> None:
    graph = deploy(replace(STAGING, region="us-east-1"))

    assert {n.inputs["region"] for n in graph.under("alerts")} == {"us-east-1"}


@pytest.mark.parametrize(
    ("emails", "complaint"),
    [
        ([], "at least one address"),
        (["a@example.com", "a@example.com"], "must not repeat"),
        (["nobody"], "must be addresses, got 'nobody'"),
    ],
)
def test_a_topic_that_nobody_reads_is_refused(emails: list[str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(STAGING, emails=emails)
