"""Who hears a topic, and whether each has agreed to."""

from collections.abc import Iterable, Iterator

from operations.alert_test.alarms import Alarm
from operations.alert_test.proof import FAILED, PASSED, Step
from operations.aws import AwsRefusedError, pages
from operations.place import Place

CONFIRMED = "arn:"
"""How the ARN of a subscription begins; until it is confirmed other words stand in its place
(Amazon SNS API Reference, ListSubscriptionsByTopic)."""


def of_topics(place: Place, topics: Iterable[str]) -> Iterator[Step]:
    """Yield, for each topic, whether it is there and each of its readers has confirmed."""
    for topic in sorted(set(topics)):
        client = place.client("sns", topic.split(":")[3])
        try:
            found = list(
                pages(client, "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic)
            )
        except AwsRefusedError as error:
            yield Step(topic, "readers", FAILED, str(error))
            continue
        if not found:
            yield Step(topic, "readers", FAILED, "nobody is subscribed")
        for each in found:
            agreed = str(each["SubscriptionArn"]).startswith(CONFIRMED)
            who = f"{each['Protocol']} {each['Endpoint']}"
            words = (
                f"{who} has confirmed" if agreed else f"{who} has not confirmed: nothing is sent"
            )
            yield Step(topic, "readers", PASSED if agreed else FAILED, words)


def of_alarms(found: Iterable[Alarm]) -> Iterator[Step]:
    """Yield whether each alarm tells somebody, without ringing it."""
    for alarm in found:
        if not alarm.enabled:
            yield Step(alarm.name, "actions", FAILED, "its actions are switched off")
        elif not alarm.actions:
            yield Step(alarm.name, "actions", FAILED, "it has no action for ALARM")
        else:
            yield Step(alarm.name, "actions", PASSED, f"{len(alarm.actions)} for ALARM")
