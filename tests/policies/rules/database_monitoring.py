"""Trials of the rules for what is seen of a database."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import database
from policies.rules import database_monitoring as rules
from policies.verdict import Kind
from tests.policies.rules.database import instance
from tests.policies.rules.trials import (
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

PARAMETERS = Resource(
    database.PARAMETERS,
    "parameters",
    properties={
        "parameters": [
            {"name": "log_connections", "value": "1"},
            {"name": "log_disconnections", "value": "1"},
            {"name": "log_statement", "value": "ddl"},
            {"name": "log_min_duration_statement", "value": "1000"},
        ]
    },
)
WITH_PARAMETERS = Resource(
    database.INSTANCE, "database", links={"parameterGroupName": (PARAMETERS.key,)}
)
INSTANCE_EVENTS = Resource(
    rules.SUBSCRIPTION,
    "events",
    properties={
        "sourceType": "db-instance",
        "sourceIds": ["storefront"],
        "eventCategories": ["maintenance", "failure", "failover", "configuration change"],
    },
    links={"sourceIds": (instance().key,)},
)
PARAMETER_EVENTS = Resource(
    rules.SUBSCRIPTION,
    "parameter-events",
    properties={
        "sourceType": "db-parameter-group",
        "sourceIds": ["parameters"],
        "eventCategories": ["configuration change"],
    },
    links={"sourceIds": (PARAMETERS.key,)},
)
FOR_ALL = Resource(rules.SUBSCRIPTION, "for-all", properties={"enabled": True})

TRIALS = [
    Trial(
        rules.logs_exported,
        good=[instance(enabledCloudwatchLogsExports=["upgrade", "postgresql"])],
        wrong=[
            put("enabledCloudwatchLogsExports", ["postgresql"]),
            put("enabledCloudwatchLogsExports", ["upgrade"]),
            put("enabledCloudwatchLogsExports", []),
            put("enabledCloudwatchLogsExports", ["error", "audit"]),
        ],
        absent=(without("enabledCloudwatchLogsExports"), Kind.FAIL),
        unknown=(unknown("enabledCloudwatchLogsExports"), Kind.UNKNOWN),
        nested=[
            (put("enabledCloudwatchLogsExports", ["postgresql", UNKNOWN]), Kind.UNKNOWN),
            (put("enabledCloudwatchLogsExports", [UNKNOWN, "upgrade", "postgresql"]), Kind.PASS),
        ],
    ),
    Trial(
        rules.statements_logged,
        good=[WITH_PARAMETERS, PARAMETERS],
        wrong=[
            put("parameters[2].value", "none", at=1),
            put("parameters[3].value", "-1", at=1),
            put("parameters[3].value", 1000, at=1),
            put("parameters[3].value", "2147483647", at=1),
            without("parameters[3]", at=1),
            linked({"parameterGroupName": ()}),
        ],
        absent=(without("parameters[2]", at=1), Kind.FAIL),
        unknown=(unknown("parameters[2].value", at=1), Kind.UNKNOWN),
        nested=[
            (put("parameters[2].value", "all", at=1), Kind.PASS),
            (put("parameters[2].value", "mod", at=1), Kind.PASS),
            (put("parameters[3].value", "0", at=1), Kind.PASS),
            (unknown("parameters[3].value", at=1), Kind.UNKNOWN),
            (
                all_changes(
                    unknown("parameters[2].value", at=1), put("parameters[3].value", "-1", at=1)
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.logins_logged,
        good=[WITH_PARAMETERS, PARAMETERS],
        wrong=[
            put("parameters[0].value", "0", at=1),
            put("parameters[1].value", "0", at=1),
            without("parameters[1]", at=1),
            linked({"parameterGroupName": ()}),
        ],
        absent=(without("parameters[0]", at=1), Kind.FAIL),
        unknown=(unknown("parameters[0].value", at=1), Kind.UNKNOWN),
        nested=[
            (
                all_changes(
                    unknown("parameters[0].value", at=1), put("parameters[1].value", "0", at=1)
                ),
                Kind.FAIL,
            )
        ],
    ),
    Trial(
        rules.enhanced_monitoring_on,
        good=[instance(monitoringInterval=60.0, monitoringRoleArn="arn:aws:iam:role")],
        wrong=[
            put("monitoringInterval", 0),
            put("monitoringInterval", True),
            put("monitoringRoleArn", ""),
            all_changes(unknown("monitoringInterval"), without("monitoringRoleArn")),
        ],
        absent=(without("monitoringInterval"), Kind.FAIL),
        unknown=(unknown("monitoringInterval"), Kind.UNKNOWN),
        nested=[
            (unknown("monitoringRoleArn"), Kind.PASS),
            (put("monitoringInterval", 1), Kind.PASS),
        ],
    ),
    Trial(
        rules.insights_with_own_key,
        good=[instance(performanceInsightsEnabled=True, performanceInsightsKmsKeyId="arn")],
        wrong=[
            put("performanceInsightsEnabled", False),
            without("performanceInsightsKmsKeyId"),
            all_changes(
                unknown("performanceInsightsEnabled"), put("performanceInsightsKmsKeyId", "")
            ),
        ],
        absent=(without("performanceInsightsEnabled"), Kind.FAIL),
        unknown=(unknown("performanceInsightsEnabled"), Kind.UNKNOWN),
        nested=[(unknown("performanceInsightsKmsKeyId"), Kind.PASS)],
    ),
    Trial(
        rules.instance_events_told,
        good=[instance(), INSTANCE_EVENTS],
        wrong=[
            dropped(1),
            put("enabled", False, at=1),
            put("sourceType", "db-parameter-group", at=1),
            put("eventCategories", ["failure", "maintenance"], at=1),
            put("eventCategories", ["failure", "configuration change"], at=1),
            put("eventCategories", ["maintenance", "configuration change"], at=1),
            linked({"sourceIds": ()}, at=1),
            all_changes(unknown("sourceType", at=1), linked({"sourceIds": ()}, at=1)),
        ],
        absent=(without("eventCategories", at=1), Kind.PASS),
        unknown=(unknown("eventCategories", at=1), Kind.UNKNOWN),
        nested=[
            (all_changes(dropped(1), added(FOR_ALL)), Kind.PASS),
            (without("sourceIds", at=1), Kind.PASS),
            (without("sourceType", at=1), Kind.PASS),
            (unknown("sourceIds", at=1), Kind.PASS),
            (
                all_changes(unknown("sourceIds", at=1), linked({"sourceIds": ()}, at=1)),
                Kind.UNKNOWN,
            ),
            (unknown("enabled", at=1), Kind.UNKNOWN),
            (all_changes(put("enabled", False, at=1), added(FOR_ALL)), Kind.PASS),
        ],
    ),
    Trial(
        rules.parameter_events_told,
        good=[PARAMETERS, PARAMETER_EVENTS, INSTANCE_EVENTS],
        wrong=[
            dropped(1),
            put("enabled", False, at=1),
            put("sourceType", "db-instance", at=1),
            put("eventCategories", ["failure"], at=1),
            linked({"sourceIds": ()}, at=1),
        ],
        absent=(without("sourceType", at=1), Kind.PASS),
        unknown=(unknown("sourceType", at=1), Kind.UNKNOWN),
        nested=[(all_changes(dropped(1), added(FOR_ALL)), Kind.PASS)],
    ),
]
