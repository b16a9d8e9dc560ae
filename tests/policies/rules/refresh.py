"""Trials of the rules for what leaves an account, and for backups that have been proved."""

import json
from typing import Any

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import refresh as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Change,
    Trial,
    added,
    dropped,
    linked,
    put,
    unknown,
    without,
)

SNAPSHOTS = "arn:aws:rds:eu-west-1:111111111111:snapshot:sanitised-shop-*"
SHARE = {"Effect": "Allow", "Action": rules.SHARING[0], "Resource": SNAPSHOTS}
READ = {"Effect": "Allow", "Action": "rds:DescribeDBSnapshots", "Resource": "*"}
TESTS = Resource(rules.TESTS, "tests", properties={"name": "tests"})
TESTED = Resource(
    rules.TESTED,
    "tested",
    properties={"restoreTestingPlanName": "tests", "validationWindowHours": 12},
    links={"restoreTestingPlanName": (TESTS.key,)},
)


def document(*statements: object) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def shares(**changes: Any) -> Change:
    """Let the sharing statement be otherwise; None takes an element away."""
    kept = {key: value for key, value in {**SHARE, **changes}.items() if value is not None}
    return put("policy", document(READ, kept))


TRIALS = [
    Trial(
        rules.shares_sanitised_snapshots,
        good=[Resource(rules.ROLE_POLICY, "p", properties={"policy": document(READ, SHARE)})],
        wrong=[
            shares(Resource="*"),
            shares(Resource="arn:aws:rds:eu-west-1:111111111111:snapshot:*"),
            shares(Resource="arn:aws:rds:eu-west-1:111111111111:snapshot:rds:shop-*"),
            shares(Resource=[SNAPSHOTS, "arn:aws:rds:eu-west-1:111111111111:snapshot:shop"]),
            shares(Resource=None),
            shares(Action="rds:*", Resource="*"),
            shares(Action="rds:Modify*", Resource="*"),
            shares(Action=rules.SHARING[1], Resource="*"),
            shares(Action=None, NotAction="s3:*", Resource="*"),
            put("policy", "{"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (shares(Effect="Deny", Resource="*"), Kind.PASS),
            (shares(Resource=[SNAPSHOTS, SNAPSHOTS]), Kind.PASS),
            (shares(Resource=SNAPSHOTS.replace("snapshot", "cluster-snapshot", 1)), Kind.PASS),
        ],
    ),
    Trial(
        rules.restores_tested,
        good=[Resource(rules.PLAN, "plan", properties={"rules": []}), TESTS, TESTED],
        wrong=[
            dropped(2),
            linked({"restoreTestingPlanName": []}, at=2),
            put("validationWindowHours", 0, at=2),
            without("validationWindowHours", at=2),
        ],
        absent=(dropped(2), Kind.FAIL),
        unknown=(unknown("validationWindowHours", at=2), Kind.UNKNOWN),
        nested=[
            (unknown("restoreTestingPlanName", at=2), Kind.PASS),
            (put("validationWindowHours", 1, at=2), Kind.PASS),
            (
                added(
                    Resource(
                        rules.TESTED,
                        "another",
                        properties={"validationWindowHours": UNKNOWN},
                        links={"restoreTestingPlanName": (TESTS.key,)},
                    )
                ),
                Kind.PASS,
            ),
        ],
    ),
]
