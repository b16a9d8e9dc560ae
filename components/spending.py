"""What money is spent: a budget for the month, and AWS's own search for unusual costs.

Both look at the whole account, which holds one environment and nothing else: a filter by a tag
would show nothing until somebody activates that tag in the management account. Billing is global,
and tells a topic in us-east-1. What an environment will cost says ``operations cost``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import budgets, costexplorer

from components.alarm import check_positive, check_share
from components.tags import child_tags

CURRENCY = "USD"
"""In which AWS keeps budgets and anomalies, whatever the bill is paid in."""


@dataclass(frozen=True, kw_only=True)
class SpendingArgs:
    """What may be spent, and who is told."""

    prefix: str
    """Start of each physical name."""
    topic_arn: Input[str]
    """A topic in us-east-1 that AWS Budgets and Cost Anomaly Detection may publish to."""
    monthly_usd: int
    actual_percent: float
    """Of the month's budget; told when it has been spent."""
    forecast_percent: float
    """Told when AWS expects so much by the end of the month."""
    anomaly_usd: float
    """What an unusual cost must add up to before it is told."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse what would never be told, or always."""
        check_positive("monthly_usd", self.monthly_usd)
        check_share("actual_percent", self.actual_percent)
        check_positive("forecast_percent", self.forecast_percent)
        check_positive("anomaly_usd", self.anomaly_usd)


class Spending(pulumi.ComponentResource):
    """A budget, a monitor of each AWS service's costs, and what tells of its findings.

    AWS takes one monitor of services in an account (AWS Cost Anomaly Detection FAQs), and makes
    one by itself in some: that one must go first, see docs/cost.md.
    """

    budget_name: Output[str]

    def __init__(self, name: str, args: SpendingArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:monitoring:Spending", name, None, opts)
        child = ResourceOptions(parent=self)
        budget = budgets.Budget(
            f"{name}-budget",
            name=f"{args.prefix}-month",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_usd),
            limit_unit=CURRENCY,
            # A credit or a refund must not hide what was used.
            cost_types=budgets.BudgetCostTypesArgs(include_credit=False, include_refund=False),
            notifications=[
                _told(args, "ACTUAL", args.actual_percent),
                _told(args, "FORECASTED", args.forecast_percent),
            ],
            tags=child_tags(args.tags, name, f"{name}-budget"),
            opts=child,
        )
        monitor = costexplorer.AnomalyMonitor(
            f"{name}-monitor",
            name=f"{args.prefix}-services",
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
            tags=child_tags(args.tags, name, f"{name}-monitor"),
            opts=child,
        )
        costexplorer.AnomalySubscription(
            f"{name}-anomalies",
            name=f"{args.prefix}-anomalies",
            # The only frequency that a topic takes.
            frequency="IMMEDIATE",
            monitor_arn_lists=[monitor.arn],
            subscribers=[
                costexplorer.AnomalySubscriptionSubscriberArgs(type="SNS", address=args.topic_arn)
            ],
            threshold_expression=_at_least(args.anomaly_usd),
            tags=child_tags(args.tags, name, f"{name}-anomalies"),
            opts=child,
        )
        self.budget_name = budget.name
        self.register_outputs({"budget_name": self.budget_name})


def _told(args: SpendingArgs, what: str, percent: float) -> budgets.BudgetNotificationArgs:
    return budgets.BudgetNotificationArgs(
        notification_type=what,
        comparison_operator="GREATER_THAN",
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_sns_topic_arns=[args.topic_arn],
    )


def _at_least(usd: float) -> costexplorer.AnomalySubscriptionThresholdExpressionArgs:
    return costexplorer.AnomalySubscriptionThresholdExpressionArgs(
        dimension=costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
            key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            match_options=["GREATER_THAN_OR_EQUAL"],
            values=[f"{usd:g}"],
        )
    )
