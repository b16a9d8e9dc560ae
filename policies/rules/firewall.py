"""Rules for web firewalls."""

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import Verdict, all_of

ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
LOG_PREFIX = "aws-waf-logs-"
"""AWS WAF writes to no other name (AWS WAF Developer Guide, "Amazon CloudWatch Logs")."""


def _present(place: Place) -> Verdict:
    """Pass where an action stands, which mostly is an empty object."""
    return place.satisfies(lambda _: True, "must be given")


@rule(
    "waf-acl-has-rules",
    ACL,
    severity=Severity.MEDIUM,
    why="A firewall without rules asks nothing of a request.",
    fix="Give the web ACL at least one rule.",
    controls=["FSBP WAF.10"],
)
def has_rules(acl: Resource, _: Graph) -> Verdict:
    """A web firewall has rules."""
    return acl["rules"].satisfies(
        lambda value: isinstance(value, list) and value != [], "must be at least one"
    )


@rule(
    "waf-acl-known-bad-inputs-blocked",
    ACL,
    severity=Severity.HIGH,
    why="Requests that are known to take over a server, by Log4j for one, reach the application.",
    fix=f"Add the managed group {KNOWN_BAD_INPUTS} with overrideAction none and no exceptions.",
    controls=["CKV_AWS_192", "CKV2_AWS_76"],
)
def known_bad_inputs_blocked(acl: Resource, _: Graph) -> Verdict:
    """A web firewall blocks requests that are known to attack, wherever they go."""
    return one_of(
        acl["rules"].items(),
        _blocks_known_bad_inputs,
        "rules",
        f"must have {KNOWN_BAD_INPUTS}, for every request, without anything that only counts",
    )


def _blocks_known_bad_inputs(each: Place) -> Verdict:
    group = each["statement"]["managedRuleGroupStatement"]
    return all_of(
        group["vendorName"].is_("AWS"),
        group["name"].is_(KNOWN_BAD_INPUTS),
        _present(each["overrideAction"]["none"]),
        group["scopeDownStatement"].empty(),
        every(
            group["ruleActionOverrides"].items(),
            lambda override: _present(override["actionToUse"]["block"]),
        ),
    )


@rule(
    "waf-acl-logged",
    ACL,
    severity=Severity.LOW,
    why="Nobody can say what was blocked, and whether it should have been.",
    fix=f"Give the web ACL a logging configuration with a log group named {LOG_PREFIX}...",
    controls=["FSBP WAF.11"],
)
def logged(acl: Resource, graph: Graph) -> Verdict:
    """A web firewall logs requests, to where AWS WAF can write."""
    return one_of(
        graph.referring(acl, LOGGING, "resourceArn"),
        lambda logging: all_of(
            logging["logDestinationConfigs"].given(),
            every(graph.linked(logging, "logDestinationConfigs", LOG_GROUP), _is_named_for_waf),
        ),
        "logging configuration",
        f"must have a destination whose name begins with {LOG_PREFIX}",
    )


def _is_named_for_waf(group: Resource) -> Verdict:
    return group["name"].satisfies(
        lambda value: isinstance(value, str) and value.startswith(LOG_PREFIX),
        f"must begin with {LOG_PREFIX}",
    )


@rule(
    "waf-acl-metrics-on",
    ACL,
    severity=Severity.MEDIUM,
    why="An attack, or a rule that blocks customers, raises no alarm.",
    fix="Set cloudwatchMetricsEnabled in the visibilityConfig of the web ACL and of each rule.",
    controls=["FSBP WAF.12"],
)
def metrics_on(acl: Resource, _: Graph) -> Verdict:
    """A web firewall and each of its rules have metrics."""
    return all_of(_is_seen(acl["visibilityConfig"]), every(acl["rules"].items(), _has_metrics))


def _has_metrics(each: Place) -> Verdict:
    return _is_seen(each["visibilityConfig"])


def _is_seen(visibility: Place) -> Verdict:
    return visibility["cloudwatchMetricsEnabled"].is_(True)
