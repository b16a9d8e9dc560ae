"""Trials of the rules for web firewalls."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import firewall as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Trial,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "rule", "sampledRequestsEnabled": False}
RATE = {
    "name": "rate-limit",
    "statement": {"rateBasedStatement": {"limit": 2000.0}},
    "action": {"block": {}},
    "visibilityConfig": SEEN,
}
BAD_INPUTS = {
    "name": "known-bad-inputs",
    "statement": {
        "managedRuleGroupStatement": {"vendorName": "AWS", "name": rules.KNOWN_BAD_INPUTS}
    },
    "overrideAction": {"none": {}},
    "visibilityConfig": SEEN,
}
GROUP = "rules[1].statement.managedRuleGroupStatement"


def acl(*each: object) -> Resource:
    """Return a web firewall with these rules."""
    return Resource(
        rules.ACL, "acl", properties={"rules": list(each), "visibilityConfig": dict(SEEN)}
    )


LOG = Resource(rules.LOG_GROUP, "log", properties={"name": "aws-waf-logs-storefront"})
LOGGING = Resource(
    rules.LOGGING,
    "logging",
    properties={"logDestinationConfigs": ["arn:aws:logs:log"]},
    links={"resourceArn": (acl().key,), "logDestinationConfigs": (LOG.key,)},
)

TRIALS = [
    Trial(
        rules.has_rules,
        good=[acl(RATE)],
        wrong=[put("rules", []), put("rules", {}), put("rules", None)],
        absent=(without("rules"), Kind.FAIL),
        unknown=(unknown("rules"), Kind.UNKNOWN),
        nested=[(put("rules", [UNKNOWN]), Kind.PASS)],
    ),
    Trial(
        rules.known_bad_inputs_blocked,
        good=[acl(RATE, BAD_INPUTS)],
        wrong=[
            put("rules[1]", RATE),
            put(f"{GROUP}.name", "AWSManagedRulesCommonRuleSet"),
            put(f"{GROUP}.vendorName", "Somebody"),
            put("rules[1].overrideAction", {"count": {}}),
            put("rules[1].overrideAction", {"none": None, "count": {}}),
            put(f"{GROUP}.scopeDownStatement", {"byteMatchStatement": {}}),
            put(f"{GROUP}.ruleActionOverrides", [{"name": "Log4JRCE_BODY", "actionToUse": {}}]),
            put(
                f"{GROUP}.ruleActionOverrides",
                [{"actionToUse": {"block": {}}}, {"actionToUse": {"count": {}}}],
            ),
            put("rules", [7]),
        ],
        absent=(without("rules"), Kind.FAIL),
        unknown=(unknown("rules"), Kind.UNKNOWN),
        nested=[
            (put("rules", [UNKNOWN, BAD_INPUTS]), Kind.PASS),
            (put("rules", [UNKNOWN, RATE]), Kind.UNKNOWN),
            (unknown("rules[1].overrideAction"), Kind.UNKNOWN),
            (unknown(f"{GROUP}.scopeDownStatement"), Kind.UNKNOWN),
            (
                all_changes(
                    unknown(f"{GROUP}.scopeDownStatement"),
                    put("rules[1].overrideAction", {"count": {}}),
                ),
                Kind.FAIL,
            ),
            (
                put(f"{GROUP}.ruleActionOverrides", [{"actionToUse": {"block": {}}}]),
                Kind.PASS,
            ),
            (put("rules[1].overrideAction", {"none": {}, "count": None}), Kind.PASS),
            (unknown("rules[0].statement"), Kind.PASS),
        ],
    ),
    Trial(
        rules.logged,
        good=[acl(RATE), LOGGING, LOG],
        wrong=[
            dropped(1),
            put("name", "storefront", at=2),
            put("name", 7, at=2),
            put("logDestinationConfigs", [], at=1),
            linked({"resourceArn": [(rules.ACL, "other")]}, at=1),
        ],
        absent=(without("logDestinationConfigs", at=1), Kind.FAIL),
        unknown=(unknown("name", at=2), Kind.UNKNOWN),
        nested=[
            (unknown("logDestinationConfigs", at=1), Kind.PASS),
            (linked({"logDestinationConfigs": ()}, at=1), Kind.PASS),
            (without("name", at=2), Kind.FAIL),
        ],
    ),
    Trial(
        rules.metrics_on,
        good=[acl(RATE, BAD_INPUTS)],
        wrong=[
            put("visibilityConfig.cloudwatchMetricsEnabled", False),
            put("rules[1].visibilityConfig", SEEN | {"cloudwatchMetricsEnabled": False}),
            put("rules[0].visibilityConfig", None),
            put("rules[0].visibilityConfig", True),
        ],
        absent=(without("visibilityConfig"), Kind.FAIL),
        unknown=(unknown("visibilityConfig.cloudwatchMetricsEnabled"), Kind.UNKNOWN),
        nested=[
            (unknown("rules"), Kind.UNKNOWN),
            (unknown("visibilityConfig.metricName"), Kind.PASS),
            (
                all_changes(unknown("visibilityConfig"), put("rules[0].visibilityConfig", {})),
                Kind.FAIL,
            ),
            (put("rules", []), Kind.PASS),
        ],
    ),
]
