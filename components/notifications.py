"""Where alarms and events of the environment are sent: one encrypted topic, read by e-mail.

A chat channel with an e-mail address is one more address. SNS asks each address to confirm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import sns

from components.known_once import known_once
from components.policy_documents import Statement, policy_document
from components.publishers import publish_statements
from components.tags import child_tags

SHA256_SIGNATURES = 2


@dataclass(frozen=True, kw_only=True)
class NotificationsArgs:
    """What the topic is called, which key it uses, and who reads it."""

    account_id: str
    region: str
    """Where the topic is; an alarm can notify only a topic of its own region."""
    topic_name: str
    kms_key_arn: Input[str]
    """Needs ``publishers.encrypt_statements``: without them alarms fail silently."""
    emails: Sequence[str]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a topic that nobody reads."""
        if not self.emails:
            raise ValueError("emails must have at least one address, got none")
        if len(set(self.emails)) != len(self.emails):
            raise ValueError(f"emails must not repeat, got {list(self.emails)}")
        for email in self.emails:
            if "@" not in email:
                raise ValueError(f"emails must be addresses, got {email!r}")


class Notifications(pulumi.ComponentResource):
    """A topic that only AWS services of this account and its own roles can publish to.

    ``topic_arn`` becomes known once the policy is in place: RDS and AWS Backup refuse a topic that
    they can't publish to. Identity decides the number of subscriptions, one for each address.
    """

    topic_arn: Output[str]

    def __init__(
        self, name: str, args: NotificationsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:monitoring:Notifications", name, None, opts)
        child = ResourceOptions(parent=self)

        topic = sns.Topic(
            f"{name}-topic",
            name=args.topic_name,
            kms_master_key_id=args.kms_key_arn,
            signature_version=SHA256_SIGNATURES,
            region=args.region,
            tags=child_tags(args.tags, name, f"{name}-topic"),
            opts=child,
        )
        policy = sns.TopicPolicy(
            f"{name}-policy",
            arn=topic.arn,
            policy=_who_may_publish(args),
            region=args.region,
            opts=child,
        )
        for email in args.emails:
            sns.TopicSubscription(
                f"{name}-email-{email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                region=args.region,
                opts=child,
            )

        self.topic_arn = known_once(topic.arn, policy.id)
        self.register_outputs({"topic_arn": self.topic_arn})


def _who_may_publish(args: NotificationsArgs) -> str:
    """Return the topic's policy, from its name rather than its ARN so that it is plain text."""
    topic_arn = f"arn:aws:sns:{args.region}:{args.account_id}:{args.topic_name}"
    only_by_tls: Statement = {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return policy_document(
        only_by_tls,
        *publish_statements(topic_arn=topic_arn, account_id=args.account_id, region=args.region),
    )
