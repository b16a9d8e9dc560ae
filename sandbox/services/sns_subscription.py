"""SNS: who is told what a topic says."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry, Describe, by, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props

PROTOCOLS = {
    "application",
    "email",
    "email-json",
    "firehose",
    "http",
    "https",
    "lambda",
    "sms",
    "sqs",
}
"""Subscribe, parameter Protocol."""
CONFIRMED_BY_THE_READER = {"email", "email-json", "http", "https"}
"""Protocols by which AWS asks the endpoint first; until it agrees nothing is sent."""


def _attribute(name: str, **more: Any) -> Carry:
    return by("set_subscription_attributes", "AttributeValue", read=name, **more)


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


ATTRIBUTES: dict[str, Carry] = {
    # The scope is set before the policy: SNS reads the policy by it.
    "filterPolicyScope": _attribute("FilterPolicyScope"),
    "filterPolicy": _attribute("FilterPolicy"),
    "deliveryPolicy": _attribute("DeliveryPolicy"),
    "rawMessageDelivery": _attribute("RawMessageDelivery", decode=_true),
    "redrivePolicy": _attribute("RedrivePolicy"),
    "subscriptionRoleArn": _attribute("SubscriptionRoleArn"),
}
SCOPES = {"MessageAttributes", "MessageBody"}


class TopicSubscription(ResourceType):
    """A subscription; its id is its ARN."""

    token = "aws:sns/topicSubscription:TopicSubscription"
    service = "sns"
    creates = "subscribe"
    describe = Describe(
        "get_subscription_attributes", lambda arn: {"SubscriptionArn": arn}, "Attributes"
    )
    deletes = "unsubscribe"
    identified = "SubscriptionArn"
    inputs = {
        **ATTRIBUTES,
        "confirmationTimeoutInMinutes": kept("how long the provider waits for an endpoint"),
        "endpoint": same(),
        "endpointAutoConfirms": kept("whether the provider waits for an endpoint"),
        "protocol": same(),
        "replayPolicy": kept(
            "moto does not take it",
            operation="set_subscription_attributes",
            name="AttributeValue",
        ),
        "topic": member("TopicArn"),
    }
    outputs = {"arn": "SubscriptionArn", "ownerId": "Owner"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse what SNS would refuse."""
        protocol, endpoint = props.get("protocol"), props.get("endpoint")
        if isinstance(protocol, str) and protocol not in PROTOCOLS:
            yield "protocol", f"must be one of {', '.join(sorted(PROTOCOLS))}"
        if isinstance(protocol, str) and isinstance(endpoint, str):
            yield from _endpoint_problems(protocol, endpoint)
        scope = props.get("filterPolicyScope")
        if isinstance(scope, str) and scope not in SCOPES:
            yield "filterPolicyScope", f"must be one of {', '.join(sorted(SCOPES))}"
        for name in ("deliveryPolicy", "filterPolicy", "redrivePolicy", "replayPolicy"):
            text = props.get(name)
            if isinstance(text, str) and text:
                try:
                    json.loads(text)
                except ValueError as error:
                    yield name, f"must be JSON: {error}"

    def create(self, aws: Aws, new: Props) -> str:
        """Subscribe the endpoint."""
        params = self.params("subscribe", new)
        answer = aws.call("sns.subscribe", ReturnSubscriptionArn=True, **params)
        return str(answer["SubscriptionArn"])

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set every attribute that the program gave."""
        self._set(aws, id_, new, set(new))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set what differs; an attribute that was taken away is emptied."""
        self._set(aws, id_, new, changed)

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        empty = {"filterPolicyScope": "MessageAttributes", "rawMessageDelivery": False}
        for name, carry in ATTRIBUTES.items():
            if name in names:
                value = new.get(name, empty.get(name, ""))
                params = self.params("set_subscription_attributes", {name: value})
                aws.call(
                    "sns.set_subscription_attributes",
                    SubscriptionArn=id_,
                    AttributeName=carry.read,
                    **params,
                )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the attributes; an empty one is not shown unless one was asked for."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        asked = {carry.read for name, carry in ATTRIBUTES.items() if saved.get(name)}
        empty = {name: "" for name in asked if name is not None}
        shown = {key: value for key, value in found.items() if value != ""}
        return {**empty, **shown}

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return whether somebody must still agree, which nobody can in the sandbox."""
        asks = props["protocol"] in CONFIRMED_BY_THE_READER
        return {
            "confirmationWasAuthenticated": not asks,
            "pendingConfirmation": asks and not props.get("endpointAutoConfirms"),
        }

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the subscription of this endpoint to this topic; there can be only one."""
        arns = aws.find(
            "sns.list_subscriptions_by_topic",
            "Subscriptions[].[Protocol, Endpoint, SubscriptionArn]",
            TopicArn=inputs["topic"],
        )
        wanted = [inputs["protocol"], inputs["endpoint"]]
        return next((str(arn) for *what, arn in arns or [] if what == wanted), None)


def _endpoint_problems(protocol: str, endpoint: str) -> Iterator[Problem]:
    """Yield what is wrong with an endpoint for its protocol (Subscribe, parameter Endpoint)."""
    if protocol.startswith("email") and "@" not in endpoint:
        yield "endpoint", "must be an e-mail address"
    if protocol in {"http", "https"} and not endpoint.startswith(f"{protocol}://"):
        yield "endpoint", f"must begin with {protocol}://"
    if protocol in {"application", "firehose", "lambda", "sqs"} and not endpoint.startswith("arn:"):
        yield "endpoint", "must be an ARN"
