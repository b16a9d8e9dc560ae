"""AWS Budgets: a budget and who is told of it; nothing is spent here, so nobody is told."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, Describe, kept, member
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, as_list
from sandbox.services.forms import made_by

USUAL = {
    "includeCredit": True,
    "includeDiscount": True,
    "includeOtherSubscription": True,
    "includeRecurring": True,
    "includeRefund": True,
    "includeSubscription": True,
    "includeSupport": True,
    "includeTax": True,
    "includeUpfront": True,
    "useAmortized": False,
    "useBlended": False,
}
"""What a budget counts where nobody says (AWS Budgets API, CostTypes)."""
MOST_TOPICS, MOST_EMAILS = 1, 10
"""Of one notification (AWS Budgets API, NotificationWithSubscribers)."""


def _cost_types(block: Mapping[str, Any]) -> dict[str, Any]:
    return {**USUAL, **block}


def _notifications(blocks: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for block in blocks:
        told = {"EMAIL": "subscriberEmailAddresses", "SNS": "subscriberSnsTopicArns"}
        notification = {key: value for key, value in block.items() if key not in told.values()}
        subscribers = [
            {"subscriptionType": kind, "address": address}
            for kind, key in told.items()
            for address in block.get(key) or []
        ]
        found.append({"notification": notification, "subscribers": subscribers})
    return found


class Budget(ResourceType):
    """What an account may cost; its id is ``account:name``."""

    token = "aws:budgets/budget:Budget"
    service = "budgets"
    creates = "create_budget"
    describe = Describe(
        "describe_budget",
        lambda id_: dict(zip(("AccountId", "BudgetName"), id_.split(":", 1), strict=True)),
        "@",
    )
    autoname = Autoname(longest=100)
    inputs = {
        "budgetType": member("Budget.BudgetType"),
        "costTypes": member(
            "Budget.CostTypes",
            encode=_cost_types,
            default=USUAL,
            defaults={name.lower(): value for name, value in USUAL.items()},
        ),
        "limitAmount": member("Budget.BudgetLimit.Amount"),
        "limitUnit": member("Budget.BudgetLimit.Unit"),
        "name": member("Budget.BudgetName"),
        "notifications": member(
            "NotificationsWithSubscribers",
            encode=_notifications,
            unseen="moto does not show who is told",
        ),
        "tags": kept("moto has no tags of budgets"),
        "timeUnit": member("Budget.TimeUnit"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what AWS Budgets refuses."""
        if "limitAmount" not in props:
            yield "limitAmount", "is required: the sandbox carries no planned limits"
        for index, each in enumerate(as_list(props.get("notifications"))):
            yield from _subscriber_problems(f"notifications[{index}]", each)

    def create(self, aws: Aws, new: Props) -> str:
        """Make the budget in the account that asks."""
        self._refuse_missing_topics(aws, new)
        aws.call("budgets.create_budget", AccountId=aws.account, **self.params(self.creates, new))
        return f"{aws.account}:{new['name']}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Make the budget anew, as moto can change none; AWS has requests for it."""
        if changed - {"tags"}:
            self._refuse_missing_topics(aws, new)
            self.delete(aws, id_, old)
            self.create(aws, new)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        account, _, name = id_.partition(":")
        aws.call("budgets.delete_budget", AccountId=account, BudgetName=name)

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        account, _, name = id_.partition(":")
        return {"accountId": account, "arn": f"arn:aws:budgets::{account}:budget/{name}"}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the account's budget of this name, if these inputs could have made it."""
        id_ = f"{aws.account}:{inputs['name']}"
        return id_ if made_by(self, aws, id_, inputs) else None

    def _refuse_missing_topics(self, aws: Aws, new: Props) -> None:
        for each in new.get("notifications") or []:
            for arn in each.get("subscriberSnsTopicArns") or []:
                region, account = arn.split(":")[3:5]
                topics = aws.in_region(region)
                found = topics.find("sns.get_topic_attributes", "Attributes", TopicArn=arn)
                if account != aws.account or found is None:
                    reason = f"there is no topic {arn} in account {aws.account}"
                    raise AwsError("budgets.create_budget", "InvalidParameterException", reason)


def _subscriber_problems(where: str, notification: Any) -> Iterator[Problem]:
    if not isinstance(notification, dict):
        return
    topics, emails = (
        as_list(notification.get(key))
        for key in ("subscriberSnsTopicArns", "subscriberEmailAddresses")
    )
    if not topics and not emails:
        yield where, "must name a topic or an address"
    if len(topics) > MOST_TOPICS or len(emails) > MOST_EMAILS:
        yield where, f"must name at most {MOST_TOPICS} topic and {MOST_EMAILS} addresses"
