"""Budgets on moto, and the search for unusual costs in Pulumi's state, through their lives."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.values import Props
from tests.support.cloud import ACCOUNT, Cloud, settled

BUDGET = "aws:budgets/budget:Budget"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
THRESHOLD = {
    "dimension": {
        "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "matchOptions": ["GREATER_THAN_OR_EQUAL"],
        "values": ["50"],
    }
}


def told(**subscribers: list[str]) -> Props:
    return {
        "notificationType": "ACTUAL",
        "comparisonOperator": "GREATER_THAN",
        "threshold": 80,
        "thresholdType": "PERCENTAGE",
        **subscribers,
    }


def budget(name: str, **more: Any) -> Props:
    return {
        "name": name,
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "600",
        "limitUnit": "USD",
        "notifications": [told(subscriberEmailAddresses=["a@example.com"])],
        **more,
    }


def test_a_budget_lives_changes_is_found_again_and_goes(cloud: Cloud) -> None:
    inputs = budget("life", costTypes={"includeCredit": False}, tags={"Name": "life"})
    made = cloud.make(BUDGET, "life", inputs)
    settled(made)
    assert made.id == f"{ACCOUNT}:life"
    assert made.props["arn"] == f"arn:aws:budgets::{ACCOUNT}:budget/life"
    assert made.found() == made.id

    made.update(limitAmount="700", notifications=[told(subscriberEmailAddresses=["b@example.com"])])
    settled(made)
    named = {"AccountId": ACCOUNT, "BudgetName": "life"}
    client = cloud.boto3("budgets")
    live = client.describe_budget(**named)["Budget"]
    assert live["BudgetLimit"] == {"Amount": "700", "Unit": "USD"}
    assert (live["CostTypes"]["IncludeCredit"], live["CostTypes"]["IncludeRefund"]) == (False, True)
    (notification,) = client.describe_notifications_for_budget(**named)["Notifications"]
    assert (notification["NotificationType"], notification["Threshold"]) == ("ACTUAL", 80)

    made.update(costTypes=None)
    settled(made)
    made.delete()
    assert made.refresh() is None
    made.delete()


def test_a_budget_that_was_changed_by_hand_is_seen(cloud: Cloud) -> None:
    made = cloud.make(BUDGET, "hand", budget("hand", costTypes={"includeCredit": False}))
    client = cloud.boto3("budgets")
    client.delete_budget(AccountId=ACCOUNT, BudgetName="hand")
    client.create_budget(
        AccountId=ACCOUNT,
        Budget={
            "BudgetName": "hand",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "9000", "Unit": "USD"},
            "CostTypes": {"IncludeCredit": True},
        },
    )

    assert made.refresh() == {"limitAmount", "costTypes"}
    made.delete()


def test_a_budget_tells_a_topic_that_there_is(cloud: Cloud) -> None:
    arn = cloud.boto3("sns", region="us-east-1").create_topic(Name="costs")["TopicArn"]
    made = cloud.make(
        BUDGET, "ok", budget("ok", notifications=[told(subscriberSnsTopicArns=[arn])])
    )
    for other in (f"{arn}-gone", arn.replace(ACCOUNT, "111111111111")):
        wrong = budget("gone", notifications=[told(subscriberSnsTopicArns=[other])])
        with pytest.raises(SandboxError, match=f"there is no topic {other} in account {ACCOUNT}"):
            cloud.make(BUDGET, "gone", wrong)
    made.delete()


def test_a_budget_is_there_once(cloud: Cloud) -> None:
    made = cloud.make(BUDGET, "once", budget("once"))
    with pytest.raises(SandboxError, match="DuplicateRecordException"):
        cloud.make(BUDGET, "twice", budget("once"))
    made.delete()


@pytest.mark.parametrize(
    ("changes", "where", "message"),
    [
        ({"limitAmount": "much"}, "limitAmount", "must match"),
        ({"notifications": [told()]}, "notifications[0]", "must name a topic or an address"),
        (
            {"notifications": [told(subscriberSnsTopicArns=["a", "b"])]},
            "notifications[0]",
            "must name at most 1 topic and 10 addresses",
        ),
        ({"timeUnit": "WEEKLY"}, "timeUnit", "must be one of"),
        ({"plannedLimits": []}, "plannedLimits", "is neither carried nor kept"),
    ],
)
def test_what_budgets_refuses_is_refused(
    cloud: Cloud, changes: Props, where: str, message: str
) -> None:
    assert message in cloud.problems(BUDGET, budget("wrong", **changes))[where]


def monitor(**more: Any) -> Props:
    return {"name": "m", "monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE", **more}


def subscription(**more: Any) -> Props:
    return {
        "name": "s",
        "frequency": "IMMEDIATE",
        "monitorArnLists": [f"arn:aws:ce::{ACCOUNT}:anomalymonitor/1"],
        "subscribers": [{"type": "SNS", "address": "arn:aws:sns:us-east-1:222222222222:t"}],
        "thresholdExpression": THRESHOLD,
        **more,
    }


def test_monitor_and_subscription_have_arns_of_their_account_and_live_in_the_state(
    cloud: Cloud,
) -> None:
    made = cloud.make(MONITOR, "m", monitor(tags={"Name": "m"}))
    tells = cloud.make(SUBSCRIPTION, "s", subscription(monitorArnLists=[made.props["arn"]]))

    for thing, noun in ((made, "anomalymonitor"), (tells, "anomalysubscription")):
        assert thing.id == thing.props["arn"]
        assert thing.id.startswith(f"arn:aws:ce::{ACCOUNT}:{noun}/")
        settled(thing)
    made.update(name="n")
    assert made.plan(monitorDimension="LINKED_ACCOUNT").replaces
    tells.delete()
    made.delete()


@pytest.mark.parametrize(
    ("token", "inputs", "where", "message"),
    [
        (MONITOR, monitor(monitorType="CUSTOM"), "monitorSpecification", "is required with CUSTOM"),
        (
            MONITOR,
            monitor(monitorSpecification="{}"),
            "monitorSpecification",
            "must not be given with DIMENSIONAL",
        ),
        (MONITOR, monitor(monitorType="OTHER"), "monitorType", "must be one of"),
        (
            SUBSCRIPTION,
            subscription(frequency="DAILY"),
            "subscribers[0].type",
            "must be EMAIL with DAILY, got SNS",
        ),
        (
            SUBSCRIPTION,
            subscription(subscribers=[{"type": "EMAIL", "address": "a@example.com"}]),
            "subscribers[0].type",
            "must be SNS with IMMEDIATE, got EMAIL",
        ),
        (
            SUBSCRIPTION,
            {k: v for k, v in subscription().items() if k != "thresholdExpression"},
            "thresholdExpression",
            "is required",
        ),
    ],
)
def test_what_cost_explorer_refuses_is_refused(
    cloud: Cloud, token: str, inputs: Props, where: str, message: str
) -> None:
    assert message in cloud.problems(token, inputs)[where]
