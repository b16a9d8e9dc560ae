"""Topics, their policies and their subscriptions through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled

POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TOPIC = "aws:sns/topic:Topic"


def a_topic(cloud: Cloud, name: str, **more: Any) -> Thing:
    return cloud.make(TOPIC, name, {"name": name, "tags": {"Name": name}, **more})


def allowing(topic: str, action: str = "sns:Publish") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": action,
        "Resource": topic,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_topic_lives_changes_and_goes(cloud: Cloud) -> None:
    topic = a_topic(
        cloud,
        "life",
        displayName="Life",
        kmsMasterKeyId="alias/aws/sns",
        signatureVersion=2,
        tracingConfig="Active",
        httpSuccessFeedbackSampleRate=50,
    )
    settled(topic)
    assert topic.id == topic.props["arn"] == f"arn:aws:sns:eu-west-1:{ACCOUNT}:life"
    assert topic.props["owner"] == ACCOUNT
    topic.update(displayName=None, kmsMasterKeyId=None, tags={"Name": "life", "More": "yes"})
    settled(topic)
    imported = topic.imported()
    assert imported["name"] == "life"
    assert "displayName" not in imported
    topic.update(displayName="Again")
    client = cloud.boto3("sns")
    client.set_topic_attributes(
        TopicArn=topic.id, AttributeName="DisplayName", AttributeValue="By hand"
    )
    client.untag_resource(ResourceArn=topic.id, TagKeys=["More"])
    assert topic.refresh() == {"displayName", "tags"}
    assert topic.plan(name="other").replaces == {"name"}
    topic.delete()
    assert topic.refresh() is None
    assert topic.found() is None


def test_a_fifo_topic_keeps_what_it_was_made_as(cloud: Cloud) -> None:
    topic = a_topic(cloud, "ordered.fifo", fifoTopic=True, contentBasedDeduplication=True)
    settled(topic)
    assert topic.imported()["contentBasedDeduplication"] is True
    topic.update(contentBasedDeduplication=False)
    settled(topic)
    topic.delete()


def test_attributes_that_sns_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    problems = cloud.problems(
        TOPIC,
        {
            "name": "x",
            "fifoTopic": True,
            "signatureVersion": 3,
            "tracingConfig": "On",
            "lambdaSuccessFeedbackSampleRate": 101,
        },
    )
    assert set(problems) == {
        "name",
        "signatureVersion",
        "tracingConfig",
        "lambdaSuccessFeedbackSampleRate",
    }


def test_a_topics_policy_lives_changes_and_goes(cloud: Cloud) -> None:
    topic = a_topic(cloud, "ruled")
    policy = cloud.make(POLICY, "p", {"arn": topic.id, "policy": allowing(topic.id)})
    settled(policy)
    settled(topic)
    policy.update(policy=allowing(topic.id, "sns:*"))
    settled(policy)
    cloud.boto3("sns").set_topic_attributes(
        TopicArn=topic.id, AttributeName="Policy", AttributeValue=allowing(topic.id)
    )
    assert policy.refresh() == {"policy"}
    assert policy.imported()["arn"] == topic.id
    policy.delete()
    assert policy.refresh() is None
    assert policy.found() is None
    assert "policy" in cloud.problems(POLICY, {"arn": topic.id, "policy": "{"})


def test_a_subscription_lives_changes_and_goes(cloud: Cloud) -> None:
    topic = a_topic(cloud, "told")
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
    told = cloud.make(
        SUBSCRIPTION,
        "s",
        {
            "topic": topic.id,
            "protocol": "sqs",
            "endpoint": queue,
            "rawMessageDelivery": True,
            "filterPolicyScope": "MessageBody",
            "filterPolicy": json.dumps({"kind": ["order"]}),
        },
    )
    settled(told)
    assert told.props["pendingConfirmation"] is False
    told.update(rawMessageDelivery=False, filterPolicy=json.dumps({"kind": ["refund"]}))
    settled(told)
    told.update(filterPolicy=None, filterPolicyScope=None)
    settled(told)
    cloud.boto3("sns").set_subscription_attributes(
        SubscriptionArn=told.id, AttributeName="RawMessageDelivery", AttributeValue="true"
    )
    assert told.refresh() == {"rawMessageDelivery"}
    assert told.imported()["endpoint"] == queue
    told.delete()
    assert told.refresh() is None
    assert told.found() is None


def test_who_is_told_by_mail_must_agree_first(cloud: Cloud) -> None:
    topic = a_topic(cloud, "mailed")
    mail = cloud.make(
        SUBSCRIPTION,
        "m",
        {"topic": topic.id, "protocol": "email", "endpoint": "alerts@example.com"},
    )
    settled(mail)
    assert mail.props["pendingConfirmation"] is True


def test_a_subscription_that_sns_would_refuse_is_refused(cloud: Cloud) -> None:
    assert set(
        cloud.problems(
            SUBSCRIPTION,
            {
                "topic": "x",
                "protocol": "email",
                "endpoint": "nobody",
                "filterPolicyScope": "Body",
                "filterPolicy": "{",
            },
        )
    ) == {"endpoint", "filterPolicyScope", "filterPolicy"}
    missing = f"arn:aws:sns:eu-west-1:{ACCOUNT}:missing"
    with pytest.raises(SandboxError, match="NotFound"):
        cloud.make(
            SUBSCRIPTION,
            "s",
            {"topic": missing, "protocol": "email", "endpoint": "a@example.com"},
        )
