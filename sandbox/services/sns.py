"""SNS: topic, policy of a topic, subscription.

SNS keeps nearly everything as named attributes, each set by a request of its own.
"""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Carry, Describe, by, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.forms import made_by
from sandbox.services.tagging import TaggedType, Tagging

TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="ResourceArn",
    lists="list_tags_for_resource",
)
ARN_PARTS = 6


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _attribute(name: str, *, decode: Any = str, unseen: str = "") -> Carry:
    return by("set_topic_attributes", "AttributeValue", read=name, decode=decode, unseen=unseen)


UNSEEN = "moto does not show it"


def _feedback(prefix: str) -> dict[str, Carry]:
    """Return the inputs about the delivery status of one protocol; moto drops them."""
    return {
        f"{prefix}FailureFeedbackRoleArn": _attribute(
            f"{_title(prefix)}FailureFeedbackRoleArn", unseen=UNSEEN
        ),
        f"{prefix}SuccessFeedbackRoleArn": _attribute(
            f"{_title(prefix)}SuccessFeedbackRoleArn", unseen=UNSEEN
        ),
        f"{prefix}SuccessFeedbackSampleRate": _attribute(
            f"{_title(prefix)}SuccessFeedbackSampleRate", unseen=UNSEEN
        ),
    }


def _title(prefix: str) -> str:
    return {"http": "HTTP", "sqs": "SQS"}.get(prefix, prefix.capitalize())


ATTRIBUTES: dict[str, Carry] = {
    **_feedback("application"),
    "archivePolicy": _attribute("ArchivePolicy", unseen=UNSEEN),
    "contentBasedDeduplication": _attribute("ContentBasedDeduplication", decode=_true),
    "deliveryPolicy": _attribute("DeliveryPolicy"),
    "displayName": _attribute("DisplayName"),
    "fifoThroughputScope": _attribute("FifoThroughputScope", unseen=UNSEEN),
    **_feedback("firehose"),
    **_feedback("http"),
    "kmsMasterKeyId": _attribute("KmsMasterKeyId"),
    **_feedback("lambda"),
    "policy": _attribute("Policy"),
    "signatureVersion": _attribute("SignatureVersion", unseen=UNSEEN),
    **_feedback("sqs"),
    "tracingConfig": _attribute("TracingConfig", unseen=UNSEEN),
}
SAMPLE_RATES = range(101)
ALLOWED: dict[str, set[str]] = {
    "fifoThroughputScope": {"MessageGroup", "Topic"},
    "signatureVersion": {"1", "2"},
    "tracingConfig": {"Active", "PassThrough"},
}
"""SetTopicAttributes; the model of the API knows attributes as text only."""


class Topic(TaggedType):
    """A topic; its id is its ARN."""

    token = "aws:sns/topic:Topic"
    service = "sns"
    creates = "create_topic"
    created = "TopicArn"
    describe = Describe("get_topic_attributes", lambda arn: {"TopicArn": arn}, "Attributes")
    deletes = "delete_topic"
    identified = "TopicArn"
    autoname = Autoname(longest=256)
    tagging = TAGS
    inputs = {
        **ATTRIBUTES,
        "fifoTopic": kept(
            "goes with the create request", operation="set_topic_attributes", name="AttributeValue"
        ),
        "name": same(),
        "tags": TAGS.carried(),
    }
    outputs = {"arn": "TopicArn", "owner": "Owner"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse what only SNS itself knows to be wrong."""
        name, fifo = props.get("name"), props.get("fifoTopic") is True
        if isinstance(name, str) and fifo != name.endswith(".fifo"):
            yield "name", "must end in .fifo for a FIFO topic, and only for one"
        for key, allowed in ALLOWED.items():
            value = props.get(key)
            if isinstance(value, str | int) and str(value) not in allowed:
                yield key, f"must be one of {', '.join(sorted(allowed))}"
        for key, value in props.items():
            if key.endswith("SampleRate") and isinstance(value, int) and value not in SAMPLE_RATES:
                yield key, f"must be between 0 and 100, got {value}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the topic, as FIFO if so asked: that cannot be set later."""
        params = self.params("create_topic", new)
        if new.get("fifoTopic"):
            params["Attributes"] = {"FifoTopic": "true"}
        return str(aws.call("sns.create_topic", **params)["TopicArn"])

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set every attribute that the program gave."""
        self._set(aws, id_, new, set(new))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set what differs; an attribute that was taken away is emptied."""
        super().update(aws, id_, old, new, changed)
        self._set(aws, id_, new, changed)

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        for name in sorted(names & ATTRIBUTES.keys()):
            if name == "policy" and not new.get(name):
                value = default_policy(id_)
            else:
                value = self.params("set_topic_attributes", {name: new.get(name, "")})[
                    "AttributeValue"
                ]
            attribute = ATTRIBUTES[name].read
            aws.call(
                "sns.set_topic_attributes",
                TopicArn=id_,
                AttributeName=attribute,
                AttributeValue=value,
            )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the attributes; an empty one is not shown unless one was asked for."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        if saved.get("kmsMasterKeyId"):
            found.setdefault("KmsMasterKeyId", "")
        asked = {carry.read for name, carry in ATTRIBUTES.items() if name in saved}
        shown = {key: value for key, value in found.items() if value != "" or key in asked}
        return {**shown, "Name": id_.rpartition(":")[2]}

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"fifoTopic": id_.endswith(".fifo")}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the ARN of the topic that has the name and the tags of the inputs."""
        arn = aws.arn("sns", str(inputs["name"]))
        found = self.read(aws, arn, {})
        same_tags = found is not None and found.get("tags", {}) == (inputs.get("tags") or {})
        return arn if same_tags else None


def default_policy(topic: str) -> str:
    """Return the policy of a topic that has been given none: its own account may use it."""
    verbs = (
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    )
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{verb}" for verb in verbs],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.split(":")[4]}},
    }
    return json.dumps(
        {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    )


class TopicPolicy(ResourceType):
    """Who may use a topic; its id is the topic's."""

    token = "aws:sns/topicPolicy:TopicPolicy"
    service = "sns"
    creates = "set_topic_attributes"
    describe = Describe("get_topic_attributes", lambda arn: {"TopicArn": arn}, "Attributes")
    inputs = {
        "arn": member("TopicArn"),
        "policy": by("set_topic_attributes", "AttributeValue", read="Policy"),
    }
    outputs = {"owner": "Owner"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Want JSON with statements."""
        policy = props.get("policy")
        if isinstance(policy, str):
            try:
                written = json.loads(policy)
            except ValueError as error:
                yield "policy", f"must be JSON: {error}"
            else:
                if not isinstance(written, dict) or not written.get("Statement"):
                    yield "policy", "must be an object with at least one Statement"

    def create(self, aws: Aws, new: Props) -> str:
        self._set(aws, str(new["arn"]), str(new["policy"]))
        return str(new["arn"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        self._set(aws, id_, str(new["policy"]))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Put back the policy that a topic is born with."""
        self._set(aws, id_, default_policy(id_))

    def _set(self, aws: Aws, topic: str, policy: str) -> None:
        aws.call(
            "sns.set_topic_attributes",
            TopicArn=topic,
            AttributeName="Policy",
            AttributeValue=policy,
        )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the topic's policy, unless it is the one that nobody gave it."""
        found = super().item(aws, id_, saved)
        if found is None or json.loads(found["Policy"]) == json.loads(default_policy(id_)):
            return None
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the topic if it has this policy."""
        arn = str(inputs["arn"])
        return arn if made_by(self, aws, arn, inputs) else None
