"""Trials of the rules for keys."""

import json

from policies.graph import Resource
from policies.rules import keys as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Change, Trial, all_changes, put, unknown, without

ACCOUNT = "222222222222"
LATER = "${aws:iam/role:Role::reader.name}"
ADMINISTERS = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
LOGS = {
    "Effect": "Allow",
    "Principal": {"Service": "logs.eu-west-1.amazonaws.com"},
    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
    "Resource": "*",
    "Condition": {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:*"
        }
    },
}


def written(*statements: object) -> str:
    """Return a policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def key(**properties: object) -> Resource:
    """Return a key with nothing but what is given."""
    return Resource(rules.KEY, "key", properties=properties)


def principal(value: object, **more: object) -> Change:
    """Add a statement that allows somebody something."""
    return put("policy", written(ADMINISTERS, {**LOGS, "Principal": value, **more}))


def condition(value: object) -> Change:
    """Let the service's statement have another condition."""
    return put("policy", written(ADMINISTERS, {**LOGS, "Condition": value}))


TRIALS = [
    Trial(
        rules.rotates,
        good=[key(enableKeyRotation=True)],
        wrong=[
            put("enableKeyRotation", False),
            put("rotationPeriodInDays", 366),
            all_changes(
                put("customerMasterKeySpec", "SYMMETRIC_DEFAULT"), without("enableKeyRotation")
            ),
        ],
        absent=(without("enableKeyRotation"), Kind.FAIL),
        unknown=(unknown("enableKeyRotation"), Kind.UNKNOWN),
        nested=[
            (put("rotationPeriodInDays", 365.0), Kind.PASS),
            (unknown("rotationPeriodInDays"), Kind.UNKNOWN),
            (unknown("customerMasterKeySpec"), Kind.PASS),
            (
                all_changes(unknown("customerMasterKeySpec"), put("enableKeyRotation", False)),
                Kind.UNKNOWN,
            ),
        ],
        other=[
            all_changes(
                put("customerMasterKeySpec", "ECC_NIST_P256"), put("enableKeyRotation", False)
            )
        ],
    ),
    Trial(
        rules.principals_named,
        good=[key(policy=written(ADMINISTERS, LOGS))],
        wrong=[
            principal("*"),
            principal({"AWS": "*"}),
            principal({"AWS": "arn:aws:iam::*:root"}),
            principal({"AWS": ""}),
            principal({"AWS": 5}),
            principal({"AWS": ["arn:aws:iam::333333333333:root", "*"]}),
            principal({"AWS": [LATER, "*"]}),
            principal("*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}),
            principal(None),
            principal(None, NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
            put("policy", "no policy"),
            put("policy", written()),
        ],
        absent=(put("policy", written({**LOGS, "Principal": None})), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (principal({"AWS": LATER}), Kind.UNKNOWN),
            (principal({"AWS": "${aws:iam/role:Role::reader.arn}"}), Kind.PASS),
            (principal("*", Effect="Deny"), Kind.PASS),
            (principal("*", Effect=LATER), Kind.UNKNOWN),
            (principal({"AWS": "*"}, Action=LATER), Kind.FAIL),
            (put("policy", json.dumps({"Statement": ADMINISTERS})), Kind.PASS),
        ],
        other=[without("policy")],
    ),
    Trial(
        rules.services_kept_to_account,
        good=[key(policy=written(ADMINISTERS, LOGS))],
        wrong=[
            condition(None),
            condition({}),
            condition({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}),
            condition({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
            condition({"StringLike": {"aws:SourceAccount": "*"}}),
            condition({"StringLike": {"aws:SourceAccount": [ACCOUNT, "*"]}}),
            condition({"ArnLike": {"aws:SourceArn": "arn:aws:logs:*:*:*"}}),
            condition({"StringEquals": {"aws:PrincipalTag/a": ACCOUNT}}),
            condition({"StringLike": {"aws:SourceAccount": f"{ACCOUNT}*"}}),
            condition({"Bool": {"kms:GrantIsForAWSResource": "false"}}),
            condition({"Bool": {"kms:GrantIsForAWSResource": ["true", "false"]}}),
        ],
        absent=(put("policy", written({**LOGS, "Condition": None})), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (condition({"StringEquals": {"AWS:sourceaccount": [ACCOUNT]}}), Kind.PASS),
            (condition({"StringEquals": {"aws:SourceAccount": LATER}}), Kind.UNKNOWN),
            (condition({"StringEquals": LATER}), Kind.UNKNOWN),
            (condition({"StringLike": {"aws:SourceAccount": [LATER, "*"]}}), Kind.FAIL),
            (
                condition(
                    {
                        "StringLike": {"aws:SourceAccount": "*"},
                        "ArnLike": {"aws:SourceArn": "${aws:cloudtrail/trail:Trail::trail.arn}"},
                    }
                ),
                Kind.PASS,
            ),
            (condition({"Bool": {"kms:GrantIsForAWSResource": "true"}}), Kind.PASS),
            (principal({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition=None), Kind.PASS),
            (principal(LATER, Condition=None), Kind.UNKNOWN),
            (principal({"Service": LATER}, Condition=None), Kind.FAIL),
        ],
        other=[without("policy")],
    ),
    Trial(
        rules.deletion_waits,
        reference=True,
        good=[key(deletionWindowInDays=30.0)],
        wrong=[put("deletionWindowInDays", 29), put("deletionWindowInDays", "30")],
        absent=(without("deletionWindowInDays"), Kind.PASS),
        unknown=(unknown("deletionWindowInDays"), Kind.UNKNOWN),
        nested=[(put("deletionWindowInDays", 30), Kind.PASS)],
    ),
    Trial(
        rules.policy_written,
        good=[key(policy=written(ADMINISTERS))],
        wrong=[put("policy", ""), put("bypassPolicyLockoutSafetyCheck", True)],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.PASS),
        nested=[
            (put("bypassPolicyLockoutSafetyCheck", False), Kind.PASS),
            (unknown("bypassPolicyLockoutSafetyCheck"), Kind.UNKNOWN),
            (
                all_changes(unknown("policy"), put("bypassPolicyLockoutSafetyCheck", True)),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.enabled,
        good=[key(isEnabled=True)],
        wrong=[put("isEnabled", False)],
        absent=(without("isEnabled"), Kind.PASS),
        unknown=(unknown("isEnabled"), Kind.UNKNOWN),
    ),
]
