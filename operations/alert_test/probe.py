"""A queue that hears a topic for as long as the test takes, and is always deleted after it."""

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from operations.alert_test.proof import FAILED, PASSED, Step, Watch
from operations.aws import ask
from operations.errors import OperationError
from operations.place import Place
from operations.talk import progress

NAME = "understudy-alert-test"
LONGEST_SECONDS = "600"
"""How long the queue keeps a message; it is gone long before."""


@dataclass(frozen=True)
class Probe:
    """One queue and the topic that it hears."""

    client: Any
    topic: str
    url: str

    def heard(self, marks: Iterable[str], watch: Watch) -> Iterator[Step]:
        """Yield whether a message with each mark came; the marks stand in the alarms' reasons."""
        missing = set(marks)

        def receives() -> bool:
            answer = ask(
                self.client,
                "receive_message",
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
            )
            for each in answer.get("Messages", []):
                missing.difference_update({mark for mark in missing if mark in each["Body"]})
            return not missing

        came = watch.until(receives)
        words = "a queue heard every message" if came else f"{len(missing)} messages did not come"
        yield Step(self.topic, "probe", PASSED if came else FAILED, words)


@contextmanager
def probes(place: Place, topics: Iterable[str], account: str) -> Iterator[list[Probe]]:
    """Give a queue for each topic; each and its subscription is deleted however this ends."""
    with ExitStack() as stack:
        yield [stack.enter_context(_probe(place, topic, account)) for topic in sorted(set(topics))]


@contextmanager
def _probe(place: Place, topic: str, account: str) -> Iterator[Probe]:
    region = topic.split(":")[3]
    sqs, sns = place.client("sqs", region), place.client("sns", region)
    name = f"{NAME}-{secrets.token_hex(4)}"
    arn = f"arn:aws:sqs:{region}:{account}:{name}"
    url, subscription = "", ""
    try:
        url = ask(sqs, "create_queue", QueueName=name, Attributes=_attributes(arn, topic))[
            "QueueUrl"
        ]
        subscription = ask(
            sns,
            "subscribe",
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        yield Probe(sqs, topic, url)
    finally:
        if subscription:
            _gone(sns, "unsubscribe", SubscriptionArn=subscription)
        if url:
            _gone(sqs, "delete_queue", QueueUrl=url)


def _attributes(arn: str, topic: str) -> dict[str, str]:
    """Return what the queue is like: it takes from this topic alone.

    SQS encrypts it with a key of its own (SSE-SQS). So the topic's key needs to let nobody in: SNS
    decrypts for itself, and a key in KMS for the queue would have to let SNS use it.
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return {
        "MessageRetentionPeriod": LONGEST_SECONDS,
        "SqsManagedSseEnabled": "true",
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }


def _gone(client: Any, request: str, **params: str) -> None:
    """Delete; what can't be is told, and the rest is still deleted."""
    try:
        ask(client, request, **params)
    except OperationError as error:
        progress(f"delete by hand: {next(iter(params.values()))}: {error}")
