"""Somebody is told before the month's money is gone, and of costs that are unusual."""

from dataclasses import replace
from typing import Any

import pytest

from components.spending import Spending, SpendingArgs
from tests.support.graph import Graph, once, record

BUDGET = "aws:budgets/budget:Budget"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
TOPIC = "arn:aws:sns:us-east-1:222222222222:storefront-staging-notifications-global"
STAGING = SpendingArgs(
    prefix="storefront-staging",
    topic_arn=TOPIC,
    monthly_usd=600,
    actual_percent=80,
    forecast_percent=100,
    anomaly_usd=50,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, prefix="storefront-production", monthly_usd=3000)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: SpendingArgs) -> Graph:
    """Build it offline."""
    return record(lambda: Spending("spending", args))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_budget_is_of_the_month_and_of_the_whole_account(args: SpendingArgs) -> None:
    inputs = deploy(args).one(BUDGET).inputs

    assert inputs["limitAmount"] == str(args.monthly_usd)
    assert (inputs["limitUnit"], inputs["timeUnit"], inputs["budgetType"]) == (
        "USD",
        "MONTHLY",
        "COST",
    )
    assert not {"costFilters", "filterExpression"} & set(inputs)
    assert inputs["costTypes"] == {"includeCredit": False, "includeRefund": False}


@both
def test_the_topic_hears_when_much_is_spent_and_when_all_is_expected_to_be(
    args: SpendingArgs,
) -> None:
    assert deploy(args).one(BUDGET).inputs["notifications"] == [
        {
            "notificationType": what,
            "comparisonOperator": "GREATER_THAN",
            "threshold": percent,
            "thresholdType": "PERCENTAGE",
            "subscriberSnsTopicArns": [TOPIC],
        }
        for what, percent in (("ACTUAL", 80), ("FORECASTED", 100))
    ]


@both
def test_the_topic_hears_at_once_of_unusual_costs_of_any_service(args: SpendingArgs) -> None:
    monitor, told = (deploy(args).one(kind).inputs for kind in (MONITOR, SUBSCRIPTION))

    assert (monitor["monitorType"], monitor["monitorDimension"]) == ("DIMENSIONAL", "SERVICE")
    assert [each.rpartition(":")[2] for each in told["monitorArnLists"]] == ["spending-monitor"]
    assert told["frequency"] == "IMMEDIATE"
    assert told["subscribers"] == [{"type": "SNS", "address": TOPIC}]
    assert told["thresholdExpression"] == {
        "dimension": {
            "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "matchOptions": ["GREATER_THAN_OR_EQUAL"],
            "values": ["50"],
        }
    }


@both
def test_names_begin_with_the_prefix_and_each_is_tagged_with_its_own(args: SpendingArgs) -> None:
    for type_ in (BUDGET, MONITOR, SUBSCRIPTION):
        node = deploy(args).one(type_)
        assert node.inputs["name"].startswith(f"{args.prefix}-")
        assert node.inputs["tags"] == {**args.tags, "Component": "spending", "Name": node.name}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"monthly_usd": 0}, "monthly_usd must be more than 0, got 0"),
        ({"actual_percent": 101}, "actual_percent must be more than 0 and at most 100, got 101"),
        ({"forecast_percent": 0}, "forecast_percent must be more than 0, got 0"),
        ({"anomaly_usd": 0}, "anomaly_usd must be more than 0, got 0"),
    ],
)
def test_what_would_never_be_told_or_always_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **changes)
