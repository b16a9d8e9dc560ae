"""Trials of the rules for state machines."""

import json
from typing import Any

from policies.graph import Resource
from policies.rules import machines as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, put, unknown, without

LOGGING = {"level": "ALL", "logDestination": "${log}:*"}
RUN = {
    "Type": "Task",
    "Parameters": {
        "ManageMasterUserPassword": True,
        "MasterUserSecretKmsKeyId": "arn:key",
        "Overrides": {"Environment": [{"Name": "SECRET_ARN", "Value.$": "$.arn"}]},
    },
    "End": True,
}


def definition(**parameters: Any) -> str:
    """Return a definition of one step, which is given these parameters too."""
    step = {**RUN, "Parameters": {**RUN["Parameters"], **parameters}}  # type: ignore[dict-item]
    return json.dumps({"StartAt": "A", "States": {"A": step}})


def machine(**properties: object) -> Resource:
    """Return a machine that logs and holds no secret."""
    return Resource(
        rules.MACHINE,
        "machine",
        properties={"definition": definition(), "loggingConfiguration": LOGGING, **properties},
    )


def variable(name: str, key: str = "Value") -> str:
    """Return a definition whose step gives a task one more variable."""
    return definition(
        Overrides={"Environment": [{"Name": "A", "Value": "b"}, {"Name": name, key: "x"}]}
    )


TRIALS = [
    Trial(
        rules.logged,
        good=[machine()],
        wrong=[
            put("loggingConfiguration.level", "OFF"),
            put("loggingConfiguration.level", "all"),
            without("loggingConfiguration.level"),
            without("loggingConfiguration.logDestination"),
            put("loggingConfiguration.logDestination", ""),
        ],
        absent=(without("loggingConfiguration"), Kind.FAIL),
        unknown=(unknown("loggingConfiguration.level"), Kind.UNKNOWN),
        nested=[
            (put("loggingConfiguration.level", "ERROR"), Kind.PASS),
            (unknown("loggingConfiguration.logDestination"), Kind.PASS),
            (unknown("loggingConfiguration"), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.without_secrets,
        good=[machine()],
        wrong=[
            put("definition", definition(MasterUserPassword="x")),
            put("definition", definition(**{"MasterUserPassword.$": "$.password"})),
            put("definition", definition(Deep=[{"Api_Key": "x"}])),
            put("definition", variable("DATABASE_PASSWORD")),
            put("definition", variable("DATABASE_PASSWORD", "Value.$")),
            put("definition", "{"),
            put("definition", "[]"),
        ],
        absent=(without("definition"), Kind.FAIL),
        unknown=(unknown("definition"), Kind.UNKNOWN),
        nested=[
            (put("definition", variable("LOG_LEVEL")), Kind.PASS),
            (put("definition", definition(Asked=[{"Name": "DATABASE_PASSWORD"}])), Kind.PASS),
            (put("definition", definition(MasterUserPassword=None)), Kind.PASS),
        ],
    ),
]
