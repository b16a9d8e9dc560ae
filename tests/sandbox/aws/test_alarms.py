"""An alarm whose state is set tells whom it should, and AWS's own records say so."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.aws.mends.statements import allowed
from tests.support.cloud import ACCOUNT, REGION, Cloud


@dataclass
class Bell:
    """An alarm, a topic that it tells, and a queue that hears it."""

    cloud: Cloud
    name: str
    topic: str
    queue: str

    def ring(self, state: str = "ALARM") -> None:
        cloudwatch = self.cloud.boto3("cloudwatch")
        cloudwatch.set_alarm_state(AlarmName=self.name, StateValue=state, StateReason="a trial")

    def put(self, **more: Any) -> None:
        self.cloud.boto3("cloudwatch").put_metric_alarm(
            AlarmName=self.name,
            Namespace="Trial",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            **{"AlarmActions": [self.topic], "OKActions": [self.topic], **more},
        )

    def told(self, kind: str = "Action") -> list[str]:
        items = self.cloud.boto3("cloudwatch").describe_alarm_history(
            AlarmName=self.name, HistoryItemType=kind
        )["AlarmHistoryItems"]
        return [each["HistorySummary"] for each in items]

    def heard(self) -> list[dict[str, Any]]:
        sqs = self.cloud.boto3("sqs")
        found = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(each["Body"]) for each in found.get("Messages", [])]

    def counted(self, metric: str) -> float:
        now = datetime.now(UTC)
        points = self.cloud.boto3("cloudwatch").get_metric_statistics(
            Namespace="AWS/SNS",
            MetricName=metric,
            Dimensions=[{"Name": "TopicName", "Value": self.name}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(each["Sum"] for each in points))


def policy(queue: str, topic: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(name="bell")
def _bell(cloud: Cloud) -> Bell:
    name = f"bell-{uuid.uuid4().hex[:8]}"
    topic = cloud.boto3("sns").create_topic(Name=name)["TopicArn"]
    sqs = cloud.boto3("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(arn, topic)})
    cloud.boto3("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    made = Bell(cloud, name, topic, url)
    made.put()
    return made


def test_an_alarm_tells_its_topic_and_the_queue_hears_it(bell: Bell) -> None:
    bell.ring()

    assert bell.told() == [f"Successfully executed action {bell.topic}"]
    assert bell.told("StateUpdate") == ["Alarm updated from OK to ALARM"]
    (message,) = bell.heard()
    assert (message["AlarmName"], message["NewStateValue"]) == (bell.name, "ALARM")
    assert message["NewStateReason"] == "a trial"
    assert bell.counted("NumberOfNotificationsDelivered") == 1


def test_a_state_that_stays_tells_nobody_and_the_way_back_does(bell: Bell) -> None:
    bell.ring("OK")
    assert bell.told() == []
    bell.ring()
    bell.ring()
    bell.ring("OK")
    assert [each["NewStateValue"] for each in bell.heard()] == ["ALARM", "OK"]


def test_actions_that_are_off_tell_nobody(bell: Bell) -> None:
    bell.put(ActionsEnabled=False)
    bell.ring()
    assert bell.told() == []
    assert bell.told("StateUpdate") == ["Alarm updated from OK to ALARM"]
    assert bell.heard() == []


def test_a_topic_that_is_not_there_is_told_in_the_history(bell: Bell) -> None:
    bell.cloud.boto3("sns").delete_topic(TopicArn=bell.topic)
    bell.ring()
    (summary,) = bell.told()
    assert summary.startswith(f"Failed to execute action {bell.topic}. Received error:")


def test_a_policy_that_does_not_let_cloudwatch_publish_is_obeyed(bell: Bell) -> None:
    denying = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": bell.topic}
    bell.cloud.boto3("sns").set_topic_attributes(
        TopicArn=bell.topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [denying]}),
    )
    bell.ring()
    (summary,) = bell.told()
    assert "is not authorized to perform: SNS:Publish" in summary
    assert bell.heard() == []


def test_a_key_whose_policy_leaves_cloudwatch_out_is_obeyed(bell: Bell) -> None:
    key = bell.cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    bell.cloud.boto3("sns").set_topic_attributes(
        TopicArn=bell.topic, AttributeName="KmsMasterKeyId", AttributeValue=key
    )
    bell.ring()
    (summary,) = bell.told()
    assert "does not have authorization to access the SNS topic encryption key" in summary


def test_nobody_at_an_address_that_cannot_be_confirms(bell: Bell) -> None:
    sns = bell.cloud.boto3("sns")
    for address in ("nobody@example.invalid", "somebody@example.com"):
        sns.subscribe(TopicArn=bell.topic, Protocol="email", Endpoint=address)
    shown = sns.list_subscriptions_by_topic(TopicArn=bell.topic)["Subscriptions"]
    arns = {each["Endpoint"]: each["SubscriptionArn"] for each in shown}
    assert arns["nobody@example.invalid"] == "PendingConfirmation"
    assert arns["somebody@example.com"].startswith(bell.topic)
    bell.ring()
    assert bell.counted("NumberOfNotificationsDelivered") == 2


def test_a_queue_that_does_not_let_sns_in_counts_as_failed(bell: Bell) -> None:
    bell.cloud.boto3("sqs").set_queue_attributes(QueueUrl=bell.queue, Attributes={"Policy": ""})
    bell.ring()
    assert bell.heard() == []
    assert bell.counted("NumberOfNotificationsFailed") == 1


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ({"Effect": "Allow", "Principal": {"AWS": "*"}}, True),
        ({"Effect": "Allow", "Principal": {"Service": "budgets.amazonaws.com"}}, False),
        ({"Effect": "Allow", "Principal": "*", "Condition": {"IpAddress": {"k": "v"}}}, False),
        ({"Effect": "Allow", "Principal": "*", "Condition": {"ArnLike": {"k": "a:*"}}}, True),
        ({"Effect": "Allow", "Principal": "*", "Condition": {"ArnLike": {"k": "c:*"}}}, False),
        ({"Effect": "Allow", "Principal": "*", "Action": "sns:Subscribe"}, False),
        ({"Effect": "Allow", "Principal": "*", "Resource": "another"}, False),
    ],
)
def test_a_statement_allows_what_it_says(statement: dict[str, Any], may: bool) -> None:  # noqa: FBT001
    whole = {"Action": "sns:Publish", "Resource": "topic", **statement}
    asked = {"k": "a:b"}

    def answer(*statements: dict[str, Any]) -> bool:
        document = {"Statement": list(statements)}
        return allowed(document, "cloudwatch.amazonaws.com", "sns:Publish", "topic", asked)

    assert answer(whole) is may
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    denying = {**whole, "Effect": "Deny"}
    # What is not understood denies as well.
    assert answer(everything, denying) is not (may or "IpAddress" in str(statement))
