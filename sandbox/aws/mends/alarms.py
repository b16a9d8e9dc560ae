"""Alarms that tell: moto 5.2.5 sets an alarm's state and does nothing of what should follow.

On AWS a change of state carries out the alarm's actions of that state, the alarm's history says of
each whether it could be, and SNS counts what it delivered (Amazon CloudWatch API Reference,
SetAlarmState and DescribeAlarmHistory; Amazon SNS Developer Guide, "Monitoring Amazon SNS topics
using CloudWatch"). Of actions, those that publish to a topic are carried out here, no others.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.kms.models import kms_backends
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends
from moto.sqs.models import sqs_backends

from sandbox.aws.mends.statements import allowed

_set_alarm_state = CloudWatchBackend.set_alarm_state
_subscribe = SNSBackend.subscribe
_publish = Topic.publish
_deliver = Subscription.publish

UNREAD = ".invalid"
"""No mail to such a name ever arrives (RFC 2606), so nobody there confirms a subscription; readers
anywhere else confirm at once."""
PENDING = "PendingConfirmation"
"""What stands in place of a subscription's ARN until it is confirmed."""
CLOUDWATCH, SNS = "cloudwatch.amazonaws.com", "sns.amazonaws.com"


class RefusedError(Exception):
    """Why an action could not be carried out, in words as CloudWatch has them."""


def set_alarm_state(self: Any, alarm_name: str, *args: Any, **kwargs: Any) -> None:
    """Carry out the actions of the state, where it is another than before."""
    alarm = self.alarms.get(alarm_name)
    before = alarm.state_value if alarm else ""
    _set_alarm_state(self, alarm_name, *args, **kwargs)
    if alarm is None or alarm.state_value == before:
        return
    changed = {"oldState": before, "newState": alarm.state_value, "reason": alarm.state_reason}
    _note(alarm, "StateUpdate", f"Alarm updated from {before} to {alarm.state_value}", changed)
    if not alarm.actions_enabled:
        return
    for action in _actions(alarm):
        _carry_out(self.account_id, alarm, action, before)


def _actions(alarm: Alarm) -> list[str]:
    of_state = {
        "ALARM": alarm.alarm_actions,
        "OK": alarm.ok_actions,
        "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
    }
    return [action for action in of_state[alarm.state_value] if action.startswith("arn:aws:sns:")]


def _carry_out(account: str, alarm: Alarm, action: str, before: str) -> None:
    message = _message(account, alarm, before)
    try:
        _send(account, alarm, action, message)
    except RefusedError as error:
        summary = f'Failed to execute action {action}. Received error: "{error}"'
        data = {"actionState": "Failed", "error": str(error)}
    else:
        summary = f"Successfully executed action {action}"
        data = {"actionState": "Succeeded", "publishedMessage": message}
    _note(alarm, "Action", summary, {**data, "notificationResource": action})


def _send(account: str, alarm: Alarm, action: str, message: str) -> None:
    """Publish as CloudWatch does; RefusedError where topic, policy or key does not let it."""
    topic = sns_backends[account][alarm.region_name].topics.get(action)
    if topic is None:
        raise RefusedError("Resource: topic does not exist")
    asked = {
        "aws:SourceAccount": account,
        "aws:SourceArn": alarm.alarm_arn,
        "AWS:SourceOwner": account,
    }
    if not allowed(topic._policy_json, CLOUDWATCH, "sns:Publish", action, asked):  # noqa: SLF001  (moto's)
        raise RefusedError(
            f"Resource: {CLOUDWATCH} is not authorized to perform: SNS:Publish on resource: "
            f"{action} because no resource-based policy allows the SNS:Publish action"
        )
    _encrypt(account, alarm.region_name, topic, asked)
    subject = f'{alarm.state_value}: "{alarm.name}"'
    topic.publish(message, subject=subject)


def _encrypt(account: str, region: str, topic: Any, asked: dict[str, str]) -> None:
    """Refuse for a key whose policy does not let CloudWatch use it; AWS's own never does."""
    if not topic.kms_master_key_id:
        return
    named = str(topic.kms_master_key_id)
    keys = kms_backends[account][region]
    key = keys.keys.get(named.rpartition("/")[2])
    context = {**asked, "kms:EncryptionContext:aws:sns:topicArn": topic.arn}
    document = json.loads(key.policy) if key else {}
    needed = ("kms:Decrypt", "kms:GenerateDataKey")
    if not all(allowed(document, CLOUDWATCH, each, "*", context) for each in needed):
        raise RefusedError(
            "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
        )


def _message(account: str, alarm: Alarm, before: str) -> str:
    """Return what a reader is sent, with the members that AWS's messages have."""
    told = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": alarm.state_updated_timestamp.isoformat(),
        "Region": alarm.region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
    }
    return json.dumps(told)


def _note(alarm: Alarm, kind: str, summary: str, data: dict[str, Any]) -> None:
    """Add to what the history tells; moto's own list has another form, and nothing reads it."""
    alarm.told = [*getattr(alarm, "told", []), (utcnow(), kind, summary, json.dumps(data))]


def describe_alarm_history(self: Any) -> ActionResult:
    """Tell the history, the newest first; moto has no such request."""
    name = self._get_param("AlarmName")
    kind = self._get_param("HistoryItemType")
    since = self._get_param("StartDate")
    kinds = set(self._get_param("AlarmTypes", [])) or {"MetricAlarm"}
    items = [
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
            "Timestamp": when,
            "HistoryItemType": of,
            "HistorySummary": summary,
            "HistoryData": data,
        }
        for alarm in self.cloudwatch_backend.alarms.values()
        for when, of, summary, data in getattr(alarm, "told", [])
        if name in (None, alarm.name) and kind in (None, of) and _since(when, since)
    ]
    found = [each for each in items if each["AlarmType"] in kinds]
    found.sort(key=lambda each: each["Timestamp"], reverse=True)
    return ActionResult({"AlarmHistoryItems": found})


def _since(when: datetime, since: datetime | None) -> bool:
    return since is None or when >= since.replace(tzinfo=None)


def subscribe(self: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
    """Leave open what nobody confirms; moto confirms everything."""
    made = _subscribe(self, topic_arn, endpoint, protocol)
    if protocol.startswith("email") and endpoint.endswith(UNREAD):
        made.attributes[PENDING] = True
    return made


def shown_arn(self: Any) -> str:
    """Return a subscription's ARN as listings show it."""
    return PENDING if self.attributes.get(PENDING) is True else str(self.arn)


def publish(self: Any, message: str, *args: Any, **kwargs: Any) -> str:
    """Count what was delivered; moto counts nothing."""
    told: str = _publish(self, message, *args, **kwargs)
    account, region = self.account_id, self.arn.split(":")[3]
    dimensions = [{"Name": "TopicName", "Value": self.name}]
    counts = [
        {"MetricName": metric, "Value": float(number), "Dimensions": dimensions, "Unit": "Count"}
        for metric, number in _counted(self)
        if number
    ]
    if counts:
        cloudwatch_backends[account][region].put_metric_data("AWS/SNS", counts)
    return told


def _counted(topic: Any) -> Iterator[tuple[str, int]]:
    subscriptions, _ = topic.sns_backend.list_subscriptions_by_topic(topic_arn=topic.arn)
    confirmed = [each for each in subscriptions if each.attributes.get(PENDING) is not True]
    reached = sum(_reaches(each) for each in confirmed)
    yield "NumberOfMessagesPublished", 1
    yield "NumberOfNotificationsDelivered", reached
    yield "NumberOfNotificationsFailed", len(confirmed) - reached


def _reaches(subscription: Any) -> bool:
    """Tell whether a queue's policy lets SNS send to it; whatever else is subscribed takes it."""
    if subscription.protocol != "sqs":
        return True
    *_, region, account, name = subscription.endpoint.split(":")
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None:
        return False
    asked = {"aws:SourceArn": subscription.topic.arn, "aws:SourceAccount": account}
    document = json.loads(queue.policy or "{}")
    return allowed(document, SNS, "sqs:SendMessage", subscription.endpoint, asked)


def deliver(self: Any, *args: Any, **kwargs: Any) -> None:
    """Send to whoever has confirmed and lets SNS in; moto sends to everybody."""
    if self.attributes.get(PENDING) is not True and _reaches(self):
        _deliver(self, *args, **kwargs)


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    CloudWatchBackend.set_alarm_state = set_alarm_state
    CloudWatchResponse.describe_alarm_history = describe_alarm_history
    SNSBackend.subscribe = subscribe
    Subscription.subscription_arn = property(shown_arn)
    Subscription.publish = deliver
    Topic.publish = publish
