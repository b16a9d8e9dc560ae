"""Releases that were taken back and runs that ended badly reach the topic."""

import json
from typing import Any

import pytest

from components.run_events import RunEvents, RunEventsArgs
from tests.support.graph import Graph, record

TOPIC = "arn:aws:sns:eu-west-1:222222222222:alerts"
ARGS = RunEventsArgs(
    account_id="222222222222",
    region="eu-west-1",
    cluster_name="storefront-staging",
    topic_arn=TOPIC,
    tags={"Owner": "platform"},
)
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
KEYS = ("release-failed", "run-failed")


def deploy() -> Graph:
    return record(lambda: RunEvents("run-events", ARGS))


def pattern(key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        deploy().one(RULE, f"run-events-{key}").inputs["eventPattern"]
    )
    return found


def test_a_release_of_this_cluster_that_failed_is_told_of() -> None:
    assert pattern("release-failed") == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        "resources": [{"prefix": "arn:aws:ecs:eu-west-1:222222222222:service/storefront-staging/"}],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
    }


def test_a_run_that_never_began_or_ended_badly_is_told_of_and_a_services_task_is_not() -> None:
    found = pattern("run-failed")

    assert found["detail-type"] == ["ECS Task State Change"]
    assert found["detail"]["clusterArn"] == [
        "arn:aws:ecs:eu-west-1:222222222222:cluster/storefront-staging"
    ]
    assert found["detail"]["lastStatus"] == ["STOPPED"]
    assert found["detail"]["group"] == [{"prefix": "family:"}]
    assert found["detail"]["$or"] == [
        {"containers": {"exitCode": [{"anything-but": 0}]}},
        {"stopCode": ["TaskFailedToStart"]},
    ]


@pytest.mark.parametrize("key", KEYS)
def test_the_topic_gets_a_line_whose_every_word_is_filled_in(key: str) -> None:
    target = deploy().one(TARGET, f"run-events-{key}-topic").inputs
    transformer = target["inputTransformer"]
    message = json.loads(transformer["inputTemplate"])

    assert target["arn"] == TOPIC
    assert all(f"<{word}>" in message for word in transformer["inputPaths"])
    assert message.count("<") == len(transformer["inputPaths"])
