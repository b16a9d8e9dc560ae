"""Trials of the rules for budgets and for the search for unusual costs."""

from policies.graph import Resource
from policies.rules import spending as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, dropped, linked, put, unknown, without

SPENT = {"notificationType": "ACTUAL", "threshold": 80.0, "subscriberSnsTopicArns": ["arn:topic"]}
AHEAD = {**SPENT, "notificationType": "FORECASTED"}
UNHEARD = {"notificationType": "ACTUAL", "threshold": 80.0}
BY_MAIL = {**UNHEARD, "subscriberEmailAddresses": ["a@example.com"]}


def budget() -> Resource:
    """Return a budget that tells when it is spent and before."""
    return Resource(rules.BUDGET, "budget", properties={"notifications": [SPENT, AHEAD]})


TRIALS = [
    Trial(
        rules.told,
        good=[budget()],
        wrong=[
            put("notifications", []),
            put("notifications", [UNHEARD]),
            put("notifications[0].subscriberSnsTopicArns", []),
        ],
        absent=(without("notifications"), Kind.FAIL),
        unknown=(unknown("notifications[0].subscriberSnsTopicArns"), Kind.PASS),
        nested=[
            (put("notifications", [AHEAD, UNHEARD]), Kind.FAIL),
            (put("notifications", [BY_MAIL]), Kind.PASS),
            (put("notifications[0].threshold", 1), Kind.PASS),
        ],
    ),
    Trial(
        rules.told_ahead,
        good=[budget()],
        wrong=[
            put("notifications", []),
            put("notifications", [SPENT]),
            put("notifications[1].notificationType", "ACTUAL"),
            without("notifications[1].notificationType"),
        ],
        absent=(without("notifications"), Kind.FAIL),
        unknown=(unknown("notifications[1].notificationType"), Kind.UNKNOWN),
        nested=[
            (put("notifications", [AHEAD]), Kind.PASS),
            (unknown("notifications[0].notificationType"), Kind.PASS),
        ],
    ),
    Trial(
        rules.monitor_heard,
        good=[
            Resource(rules.MONITOR, "monitor"),
            Resource(
                rules.SUBSCRIPTION,
                "anomalies",
                links={"monitorArnLists": ((rules.MONITOR, "monitor"),)},
            ),
        ],
        wrong=[dropped(1), linked({"monitorArnLists": [(rules.MONITOR, "other")]}, at=1)],
        absent=(linked({"monitorArnLists": ()}, at=1), Kind.FAIL),
        unknown=(unknown("monitorArnLists", at=1), Kind.PASS),
    ),
]
