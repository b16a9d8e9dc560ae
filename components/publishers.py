"""The AWS services that may send notifications, for the topic's policy and for its key's.

A service that may publish to an encrypted topic but not use its key fails without a word, so both
policies are made from this one list.
"""

from dataclasses import dataclass

from components.policy_documents import Statement


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """One service, and how far its requests can be told from those for another account."""

    name: str
    principal: str
    source_arn: str | None = None
    """Pattern of what it publishes for; ``{region}`` and ``{account}`` are filled in."""
    names_account: bool = True
    """Whether its requests carry ``aws:SourceAccount``. A condition on a missing key denies."""


PUBLISHERS = (
    Publisher(
        name="Alarms",
        principal="cloudwatch.amazonaws.com",
        source_arn="arn:aws:cloudwatch:{region}:{account}:alarm:*",
    ),
    Publisher(
        name="DatabaseEvents",
        principal="events.rds.amazonaws.com",
        source_arn="arn:aws:rds:{region}:{account}:*",
    ),
    Publisher(
        name="Budgets",
        principal="budgets.amazonaws.com",
        source_arn="arn:aws:budgets::{account}:*",
    ),
    Publisher(name="CostAnomalies", principal="costalerts.amazonaws.com"),
    # AWS Backup Developer Guide, "Notification options with AWS Backup": no condition in its
    # policy; its notifications stay within the account.
    Publisher(name="Backup", principal="backup.amazonaws.com", names_account=False),
    # Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs": EventBridge
    # takes no source condition on the key of an encrypted topic.
    Publisher(name="EventRules", principal="events.amazonaws.com", names_account=False),
)


def publish_statements(*, topic_arn: str, account_id: str, region: str) -> list[Statement]:
    """Return what a topic's policy must say for every publisher."""
    return [
        {
            "Sid": f"{publisher.name}MayPublish",
            "Effect": "Allow",
            "Principal": {"Service": publisher.principal},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            **_condition(_source(publisher, account_id, region)),
        }
        for publisher in PUBLISHERS
    ]


def encrypt_statements(*, account_id: str, region: str) -> list[Statement]:
    """Return what the policy of a topic's key must say for every publisher.

    SNS encrypts with the topic's ARN as context, which keeps each service to this account's
    topics in this region (Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys").
    """
    own_topics = {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:{region}:{account_id}:*"}
    statements: list[Statement] = []
    for publisher in PUBLISHERS:
        condition = _source(publisher, account_id, region)
        condition["ArnLike"] = {**condition.get("ArnLike", {}), **own_topics}
        statements.append(
            {
                "Sid": f"{publisher.name}MayEncryptNotifications",
                "Effect": "Allow",
                "Principal": {"Service": publisher.principal},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                **_condition(condition),
            }
        )
    return statements


def _source(publisher: Publisher, account_id: str, region: str) -> dict[str, dict[str, str]]:
    """Return the conditions that say for whom the service acts."""
    condition: dict[str, dict[str, str]] = {}
    if publisher.names_account:
        condition["StringEquals"] = {"aws:SourceAccount": account_id}
    if publisher.source_arn is not None:
        arn = publisher.source_arn.format(region=region, account=account_id)
        condition["ArnLike"] = {"aws:SourceArn": arn}
    return condition


def _condition(condition: dict[str, dict[str, str]]) -> dict[str, object]:
    """Return the element for a statement; IAM refuses an empty one."""
    return {"Condition": condition} if condition else {}
