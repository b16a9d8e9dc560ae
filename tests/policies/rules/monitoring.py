"""Trials of the rules for alarms, for who hears of them, and for logs."""

import json
from collections.abc import Mapping

from policies.graph import Key, Resource
from policies.rules import monitoring as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Change,
    Trial,
    added,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

TOPIC = Resource(rules.TOPIC, "topic", properties={"kmsMasterKeyId": "arn:aws:kms:key"})
DEAF = Resource(rules.TOPIC, "deaf")
SUBSCRIPTION = Resource(rules.SUBSCRIPTION, "email", links={"topic": (TOPIC.key,)})

NO_TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sns:Publish",
    "Resource": "arn:topic",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ALARMS_MAY = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "arn:topic",
}


def alarm(**properties: object) -> Resource:
    """Return an alarm that tells the topic."""
    return Resource(
        rules.ALARM,
        "alarm",
        properties={"alarmActions": ["${topic}"], **properties},
        links={"alarmActions": (TOPIC.key, (rules.TOPIC_POLICY, "policy"))},
    )


def document(*statements: object) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def policy(*statements: object) -> Resource:
    """Return the topic's policy."""
    return Resource(
        rules.TOPIC_POLICY,
        "policy",
        properties={"policy": document(*statements)},
        links={"arn": (TOPIC.key,)},
    )


def instead(statement: Mapping[str, object], at: int = 0, **parts: object) -> Change:
    """Return the change to a policy of one statement with other parts."""
    return put("policy", document({**statement, **parts}), at=at)


def composite(*alarms: Key) -> Change:
    """Return the change that adds a composite alarm of these, which tells the topic."""
    return added(
        Resource(
            rules.COMPOSITE,
            "composite",
            properties={"alarmActions": ["${topic}"]},
            links={"alarmActions": (TOPIC.key,), "alarmRule": alarms},
        )
    )


def service(**alarms: object) -> Change:
    """Return the change that adds a service whose deployments heed the alarm."""
    return added(
        Resource(
            rules.SERVICE,
            "service",
            properties={"alarms": alarms},
            links={"alarms": (alarm().key,)},
        )
    )


UNHEARD = linked({"alarmActions": [DEAF.key]})

TRIALS = [
    Trial(
        rules.actions_on,
        good=[alarm(actionsEnabled=True)],
        wrong=[put("actionsEnabled", False)],
        absent=(without("actionsEnabled"), Kind.PASS),
        unknown=(unknown("actionsEnabled"), Kind.UNKNOWN),
    ),
    Trial(
        rules.alarm_heard,
        good=[alarm(), TOPIC, SUBSCRIPTION, DEAF],
        wrong=[
            put("alarmActions", []),
            linked({"alarmActions": ()}),
            UNHEARD,
            dropped(2),
            linked({"topic": [DEAF.key]}, at=2),
            all_changes(UNHEARD, composite()),
            all_changes(UNHEARD, service(enable=True, rollback=False)),
            all_changes(UNHEARD, service(enable=False, rollback=True)),
            all_changes(UNHEARD, service()),
        ],
        absent=(without("alarmActions"), Kind.FAIL),
        unknown=(unknown("alarmActions"), Kind.PASS),
        nested=[
            (linked({"alarmActions": [DEAF.key, TOPIC.key]}), Kind.PASS),
            (all_changes(UNHEARD, composite(alarm().key)), Kind.PASS),
            (all_changes(without("alarmActions"), composite(alarm().key)), Kind.PASS),
            (all_changes(UNHEARD, service(enable=True, rollback=True)), Kind.PASS),
            (
                all_changes(
                    UNHEARD, service(enable=True, rollback=True), unknown("alarms.rollback", at=4)
                ),
                Kind.UNKNOWN,
            ),
            (
                all_changes(
                    UNHEARD, service(enable=False, rollback=True), unknown("alarms.rollback", at=4)
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.topic_subscribed,
        good=[TOPIC, SUBSCRIPTION],
        wrong=[dropped(1), linked({"topic": [DEAF.key]}, at=1)],
        absent=(dropped(1), Kind.FAIL),
        unknown=(unknown("endpoint", at=1), Kind.PASS),
    ),
    Trial(
        rules.critical_alarmed,
        good=[
            Resource(rules.DATABASE, "database"),
            Resource(rules.ALARM, "cpu", links={"dimensions": ((rules.DATABASE, "database"),)}),
        ],
        wrong=[dropped(1), linked({"dimensions": [(rules.DATABASE, "other")]}, at=1)],
        absent=(linked({"dimensions": ()}, at=1), Kind.FAIL),
        unknown=(unknown("dimensions", at=1), Kind.PASS),
        nested=[
            (
                linked({"dimensions": (), "metricQueries": [(rules.DATABASE, "database")]}, at=1),
                Kind.PASS,
            ),
            (
                linked({"dimensions": (), "alarmActions": [(rules.DATABASE, "database")]}, at=1),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.log_group_kept,
        good=[Resource(rules.LOG_GROUP, "log", properties={"retentionInDays": 365.0})],
        wrong=[
            put("retentionInDays", 180),
            put("retentionInDays", 0),
            put("retentionInDays", "365"),
            put("retentionInDays", True),
        ],
        absent=(without("retentionInDays"), Kind.FAIL),
        unknown=(unknown("retentionInDays"), Kind.UNKNOWN),
        nested=[(put("retentionInDays", 3653), Kind.PASS)],
    ),
    Trial(
        rules.log_group_own_key,
        good=[Resource(rules.LOG_GROUP, "log", properties={"kmsKeyId": "arn:aws:kms:key"})],
        wrong=[put("kmsKeyId", "")],
        absent=(without("kmsKeyId"), Kind.FAIL),
        unknown=(unknown("kmsKeyId"), Kind.PASS),
    ),
    Trial(
        rules.topic_own_key,
        good=[TOPIC],
        wrong=[
            put("kmsMasterKeyId", ""),
            put("kmsMasterKeyId", "alias/aws/sns"),
            put("kmsMasterKeyId", "arn:aws:kms:eu-west-1:111111111111:alias/aws/sns"),
        ],
        absent=(without("kmsMasterKeyId"), Kind.FAIL),
        unknown=(unknown("kmsMasterKeyId"), Kind.PASS),
        nested=[(put("kmsMasterKeyId", "alias/environment"), Kind.PASS)],
    ),
    Trial(
        rules.topic_not_public,
        good=[policy(NO_TLS, ALARMS_MAY)],
        wrong=[
            instead(ALARMS_MAY, Principal="*"),
            instead(ALARMS_MAY, Principal={"AWS": "*"}),
            instead(ALARMS_MAY, Principal={"AWS": ["arn:aws:iam::111111111111:root", "*"]}),
            instead(ALARMS_MAY, Principal={}, NotPrincipal={"AWS": "arn:aws:iam::1:root"}),
            put("policy", "no policy"),
            put("policy", "{}"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (put("policy", document(ALARMS_MAY, {**ALARMS_MAY, "Principal": "*"})), Kind.FAIL),
            (put("policy", json.dumps({"Statement": ALARMS_MAY})), Kind.PASS),
            (
                all_changes(
                    put("policy", {"Statement": [ALARMS_MAY, {**ALARMS_MAY, "Principal": "*"}]}),
                    unknown("policy.Statement[0].Principal"),
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.topic_tls_only,
        good=[TOPIC, policy(ALARMS_MAY, NO_TLS)],
        wrong=[
            dropped(1),
            linked({"arn": [DEAF.key]}, at=1),
            put("policy", document(ALARMS_MAY), at=1),
            instead(NO_TLS, at=1, Effect="Allow"),
            instead(NO_TLS, at=1, Principal={"AWS": "arn:aws:iam::111111111111:root"}),
            instead(NO_TLS, at=1, Principal=[]),
            instead(NO_TLS, at=1, Action="sns:Subscribe"),
            instead(NO_TLS, at=1, Action=[]),
            instead(NO_TLS, at=1, Condition={"Bool": {"aws:SecureTransport": "true"}}),
            instead(NO_TLS, at=1, Condition={}),
            instead(
                NO_TLS,
                at=1,
                Condition={
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringEquals": {"aws:SourceAccount": "111111111111"},
                },
            ),
        ],
        absent=(without("policy", at=1), Kind.FAIL),
        unknown=(unknown("policy", at=1), Kind.UNKNOWN),
        nested=[
            (instead(NO_TLS, at=1, Action=["sns:Subscribe", "sns:Publish"]), Kind.PASS),
            (instead(NO_TLS, at=1, Action=["SNS:*"]), Kind.PASS),
            (instead(NO_TLS, at=1, Principal={"AWS": ["*"]}), Kind.PASS),
            (
                instead(NO_TLS, at=1, Condition={"Bool": {"aws:SecureTransport": ["false"]}}),
                Kind.PASS,
            ),
        ],
    ),
]
