"""Trials of the rules for secrets."""

from policies.graph import Resource
from policies.rules import secrets as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, all_changes, linked, put, unknown, without

PASSWORD = Resource(
    rules.PASSWORD, "password", properties={"length": 64.0, "keepers": {"rotation": "2026-q1"}}
)
SECRET = Resource(
    rules.SECRET, "secret", properties={"kmsKeyId": "arn:aws:kms:key", "recoveryWindowInDays": 30.0}
)
VERSION = Resource(
    rules.VERSION,
    "version",
    properties={"secretString": "${password}", "secretId": "${secret}"},
    links={"secretString": (PASSWORD.key,), "secretId": (SECRET.key,)},
)

TRIALS = [
    Trial(
        rules.own_key,
        good=[SECRET],
        wrong=[put("kmsKeyId", "")],
        absent=(without("kmsKeyId"), Kind.FAIL),
        unknown=(unknown("kmsKeyId"), Kind.PASS),
    ),
    Trial(
        rules.recoverable,
        good=[SECRET],
        wrong=[
            put("recoveryWindowInDays", 0),
            put("recoveryWindowInDays", 0.0),
            put("recoveryWindowInDays", 6),
            put("recoveryWindowInDays", "30"),
        ],
        absent=(without("recoveryWindowInDays"), Kind.PASS),
        unknown=(unknown("recoveryWindowInDays"), Kind.UNKNOWN),
        nested=[(put("recoveryWindowInDays", 7), Kind.PASS)],
    ),
    Trial(
        rules.value_random,
        good=[VERSION, PASSWORD],
        wrong=[
            linked({"secretString": ()}),
            linked({"secretString": [SECRET.key]}),
            put("secretBinary", "aHVudGVyMg=="),
            put("secretStringWo", "hunter2"),
        ],
        absent=(without("secretString"), Kind.NOT_APPLICABLE),
        unknown=(unknown("secretString"), Kind.PASS),
        nested=[
            (all_changes(unknown("secretString"), linked({"secretString": ()})), Kind.FAIL),
            (linked({"secretString": [SECRET.key, PASSWORD.key]}), Kind.PASS),
        ],
    ),
    Trial(
        rules.renewable,
        good=[PASSWORD],
        wrong=[put("keepers", {})],
        absent=(without("keepers"), Kind.FAIL),
        unknown=(unknown("keepers"), Kind.PASS),
    ),
    Trial(
        rules.long,
        good=[PASSWORD],
        wrong=[put("length", 21), put("length", "64")],
        absent=(without("length"), Kind.FAIL),
        unknown=(unknown("length"), Kind.UNKNOWN),
        nested=[(put("length", 22), Kind.PASS)],
    ),
]
