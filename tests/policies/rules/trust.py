"""Trials of the rules for who may take on a role."""

import json

from policies.graph import Resource
from policies.rules import trust as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Change, Trial, put, unknown, without

ACCOUNT = "222222222222"
LATER = "${aws:iam/role:Role::caller.name}"
CALLER = "${aws:iam/role:Role::caller.arn}"
TASKS = {"Service": "ecs-tasks.amazonaws.com"}
TRUST = {
    "Effect": "Allow",
    "Principal": TASKS,
    "Action": "sts:AssumeRole",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:*"},
    },
}


def trust(*changes: dict[str, object]) -> Change:
    """Let there be one statement for each, with other elements than it should have."""
    return put(
        "assumeRolePolicy", json.dumps({"Statement": [{**TRUST, **each} for each in changes]})
    )


def principal(value: object) -> Change:
    """Let somebody else be trusted."""
    return trust({"Principal": value})


def condition(value: object) -> Change:
    """Let the service be trusted under another condition."""
    return trust({"Condition": value})


ROLE = Resource(
    rules.ROLE,
    "role",
    properties={"assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})},
)

TRIALS = [
    Trial(
        rules.trusts_named_principals,
        good=[ROLE],
        wrong=[
            principal("*"),
            principal({"AWS": "*"}),
            principal({"Service": "*"}),
            principal({"AWS": ACCOUNT}),
            principal({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
            principal({**TASKS, "AWS": [CALLER, f"arn:aws:iam::{ACCOUNT}:root"]}),
            principal({"AWS": [LATER, "*"]}),
            principal(None),
            trust({"Principal": None, "NotPrincipal": {"AWS": CALLER}}),
            trust({}, {"Principal": "*"}),
            put("assumeRolePolicy", "no policy"),
        ],
        absent=(without("assumeRolePolicy"), Kind.FAIL),
        unknown=(unknown("assumeRolePolicy"), Kind.UNKNOWN),
        nested=[
            (principal({"AWS": CALLER}), Kind.PASS),
            (principal({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/caller", CALLER]}), Kind.PASS),
            (principal({"AWS": LATER}), Kind.UNKNOWN),
            (principal(LATER), Kind.UNKNOWN),
            (trust({}, {"Effect": "Deny", "Principal": "*"}), Kind.PASS),
            (put("assumeRolePolicy", json.dumps({"Statement": TRUST})), Kind.PASS),
        ],
    ),
    Trial(
        rules.trusts_services_for_own_account,
        good=[ROLE],
        wrong=[
            condition(None),
            condition({"StringLike": {"aws:SourceAccount": "*"}}),
            condition({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
            condition({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}),
            condition({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:*:*"}}),
            condition({"StringEquals": {"sts:ExternalId": ACCOUNT}}),
            trust({}, {"Condition": None}),
            trust(
                {
                    "Principal": {"Service": [LATER, TASKS["Service"], "cloudtrail.amazonaws.com"]},
                    "Condition": None,
                }
            ),
            put("assumeRolePolicy", "no policy"),
        ],
        absent=(without("assumeRolePolicy"), Kind.FAIL),
        unknown=(unknown("assumeRolePolicy"), Kind.UNKNOWN),
        nested=[
            (condition({"StringEquals": {"AWS:sourceaccount": [ACCOUNT]}}), Kind.PASS),
            (condition({"ArnEquals": {"aws:SourceArn": CALLER}}), Kind.PASS),
            (condition({"StringLike": {"aws:SourceAccount": ACCOUNT}}), Kind.PASS),
            (condition({"StringEqualsIgnoreCase": {"aws:SourceAccount": ACCOUNT}}), Kind.PASS),
            (condition({"StringEquals": {"aws:SourceAccount": LATER}}), Kind.UNKNOWN),
            (condition({"StringEquals": {"aws:SourceAccount": [LATER, "*"]}}), Kind.FAIL),
            (condition(LATER), Kind.UNKNOWN),
            (trust({"Principal": {"AWS": CALLER}, "Condition": None}), Kind.PASS),
            (trust({"Principal": LATER, "Condition": None}), Kind.UNKNOWN),
            (trust({"Effect": "Deny", "Condition": None}), Kind.PASS),
            # CloudTrail says nothing of whom it acts for.
            (
                trust(
                    {"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Condition": None},
                ),
                Kind.PASS,
            ),
        ],
    ),
]
