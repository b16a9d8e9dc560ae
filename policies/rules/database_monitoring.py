"""Rules for what is seen of an RDS instance: its logs, its metrics and its events."""

import re
from collections.abc import Sequence

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.rules.database import INSTANCE, PARAMETERS, parameter
from policies.verdict import PASS, Verdict, all_of, any_of, fail

SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"

MILLISECONDS = re.compile(r"[0-9]{1,5}")
"""Up to 100 seconds; -1 is PostgreSQL's way to log nothing."""
# Security Hub's RDS.9, RDS.20 and RDS.21 ask for these.
LOGS = ("postgresql", "upgrade")
INSTANCE_EVENTS = ("configuration change", "failure", "maintenance")
PARAMETER_EVENTS = ("configuration change",)


@rule(
    "rds-instance-logs-exported",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="Logs on the instance are gone after days, and with the instance.",
    fix=f"Name {' and '.join(LOGS)} in enabledCloudwatchLogsExports.",
    controls=["FSBP RDS.9", "FSBP RDS.36"],
)
def logs_exported(instance: Resource, _: Graph) -> Verdict:
    """A database's logs go to CloudWatch Logs."""
    return every(LOGS, lambda log: _names(instance["enabledCloudwatchLogsExports"], log))


@rule(
    "rds-instance-statements-logged",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="Nobody can say who changed a table, or what made the database slow.",
    fix="Set log_statement to ddl, and log_min_duration_statement, in the parameter group.",
    controls=["CKV2_AWS_30"],
)
def statements_logged(instance: Resource, graph: Graph) -> Verdict:
    """A database logs what changes its structure, and what takes long."""
    return all_of(
        parameter(
            instance, graph, "log_statement", lambda value: value.is_one_of(("ddl", "mod", "all"))
        ),
        parameter(
            instance,
            graph,
            "log_min_duration_statement",
            lambda value: value.satisfies(_is_duration, "must be a number of milliseconds"),
        ),
    )


def _is_duration(value: object) -> bool:
    return isinstance(value, str) and MILLISECONDS.fullmatch(value) is not None


@rule(
    "rds-instance-logins-logged",
    INSTANCE,
    severity=Severity.LOW,
    why="Nobody can say who was in the database, and from where.",
    fix="Set log_connections and log_disconnections to 1 in the parameter group.",
)
def logins_logged(instance: Resource, graph: Graph) -> Verdict:
    """A database logs who comes and goes."""
    return every(
        ("log_connections", "log_disconnections"),
        lambda name: parameter(instance, graph, name, lambda value: value.is_("1")),
    )


@rule(
    "rds-instance-enhanced-monitoring-on",
    INSTANCE,
    severity=Severity.LOW,
    why="What the operating system does, such as swapping, is not seen from outside.",
    fix="Set monitoringInterval to 60 seconds or fewer, and monitoringRoleArn.",
    controls=["FSBP RDS.6"],
)
def enhanced_monitoring_on(instance: Resource, _: Graph) -> Verdict:
    """A database reports what its operating system does."""
    return all_of(
        instance["monitoringInterval"].at_least(1),
        instance["monitoringRoleArn"].given(),
    )


@rule(
    "rds-instance-insights-with-own-key",
    INSTANCE,
    severity=Severity.MEDIUM,
    why="Slow statements stay unexplained; and their text, which may hold data, needs our own key.",
    fix="Set performanceInsightsEnabled and performanceInsightsKmsKeyId.",
    controls=["CKV_AWS_353", "CKV_AWS_354"],
)
def insights_with_own_key(instance: Resource, _: Graph) -> Verdict:
    """A database records which statements cost what, encrypted with a key of our own."""
    return all_of(
        instance["performanceInsightsEnabled"].or_else(False).is_(True),
        instance["performanceInsightsKmsKeyId"].given(),
    )


@rule(
    "rds-instance-events-told",
    INSTANCE,
    severity=Severity.LOW,
    why="A failure or a change made by hand goes by unseen.",
    fix="Name the instance in an event subscription of source type db-instance.",
    controls=["FSBP RDS.20"],
)
def instance_events_told(instance: Resource, graph: Graph) -> Verdict:
    """Somebody is told what happens to a database."""
    return _told(instance, graph, "db-instance", INSTANCE_EVENTS)


@rule(
    "rds-parameter-group-events-told",
    PARAMETERS,
    severity=Severity.LOW,
    why="TLS or logging could be switched off by hand, and nobody would know.",
    fix="Name the group in an event subscription of source type db-parameter-group.",
    controls=["FSBP RDS.21"],
)
def parameter_events_told(group: Resource, graph: Graph) -> Verdict:
    """Somebody is told when a database's parameters change."""
    return _told(group, graph, "db-parameter-group", PARAMETER_EVENTS)


def _told(source: Resource, graph: Graph, kind: str, events: Sequence[str]) -> Verdict:
    return one_of(
        graph.of(SUBSCRIPTION),
        lambda subscription: _tells(subscription, source, kind, events),
        "",
        f"must be in an event subscription to {', '.join(events)}",
    )


def _tells(subscription: Resource, source: Resource, kind: str, events: Sequence[str]) -> Verdict:
    # Sources, their type and the categories: what is left out stands for all of them.
    named = source.key in subscription.links.get("sourceIds", ())
    chosen = subscription["eventCategories"]
    return all_of(
        subscription["enabled"].or_else(True).is_(True),
        any_of(subscription["sourceType"].absent(), subscription["sourceType"].is_(kind)),
        any_of(
            subscription["sourceIds"].empty(),
            PASS if named else fail("sourceIds", "must name it"),
        ),
        any_of(chosen.absent(), every(events, lambda event: _names(chosen, event))),
    )


def _names(places: Place, text: str) -> Verdict:
    """Pass where a list holds a text."""
    return one_of(places.items(), lambda each: each.is_(text), places.path, f"must name {text}")
