"""Rules for budgets and for the search for unusual costs."""

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, any_of, fail

BUDGET = "aws:budgets/budget:Budget"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"

FORECASTED = "FORECASTED"


@rule(
    "budgets-budget-told",
    BUDGET,
    severity=Severity.MEDIUM,
    why="A budget that tells nobody is a number that nobody reads.",
    fix="Give the budget notifications, each with a topic or addresses.",
    controls=["WA COST02"],
)
def told(budget: Resource, _: Graph) -> Verdict:
    """A budget tells somebody."""
    notifications = budget["notifications"]
    return all_of(notifications.given(), every(notifications.items(), _heard))


def _heard(notification: Place) -> Verdict:
    return any_of(
        notification["subscriberSnsTopicArns"].given(),
        notification["subscriberEmailAddresses"].given(),
    )


@rule(
    "budgets-budget-told-ahead",
    BUDGET,
    severity=Severity.LOW,
    why="Told when it has been spent, a team can only look at the bill.",
    fix=f"Add a notification whose notificationType is {FORECASTED}.",
    controls=["WA COST02"],
)
def told_ahead(budget: Resource, _: Graph) -> Verdict:
    """A budget tells before the money is gone."""
    return one_of(
        budget["notifications"].items(),
        lambda each: each["notificationType"].is_(FORECASTED),
        "notifications",
        f"must have one of type {FORECASTED}",
    )


@rule(
    "costexplorer-monitor-heard",
    MONITOR,
    severity=Severity.MEDIUM,
    why="What the search finds stands in a console that nobody has open.",
    fix="Add a subscription that names the monitor in monitorArnLists.",
    controls=["WA COST03"],
)
def monitor_heard(monitor: Resource, graph: Graph) -> Verdict:
    """Somebody is told of unusual costs."""
    if graph.referring(monitor, SUBSCRIPTION, "monitorArnLists"):
        return PASS
    return fail("", "needs a subscription that names it")
