"""Trials of the rules for what guards an account."""

import json

from policies.graph import STACK, Resource
from policies.rules import baseline as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, all_changes, dropped, linked, put, unknown, without

STANDARDS = "arn:aws:securityhub:eu-west-1::standards"
FSBP = f"{STANDARDS}/aws-foundational-security-best-practices/v/1.0.0"
ROLES = "arn:aws:iam::222222222222:role"
LINKED = f"{ROLES}/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
BLOCKED = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
HUB = Resource(rules.HUB, "hub")
RECORDER = Resource(
    rules.RECORDER,
    "recorder",
    properties={
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        "roleArn": LINKED,
    },
)
STATUS = Resource(
    rules.STATUS, "status", properties={"isEnabled": True}, links={"name": (RECORDER.key,)}
)


def pattern(*sources: str) -> str:
    """Return an event rule's pattern for these sources."""
    return json.dumps({"source": sources, "detail": {}})


def event_rule(name: str, source: str) -> tuple[Resource, Resource]:
    """Return a rule and where it sends what it passes on."""
    rule = Resource(rules.EVENT_RULE, name, properties={"eventPattern": pattern(source)})
    target = Resource(rules.TARGET, f"{name}-topic", links={"rule": (rule.key,)})
    return rule, target


TOLD = [
    each
    for name, source in (
        ("outside", "aws.access-analyzer"),
        ("threat", "aws.guardduty"),
        ("weakness", "aws.securityhub"),
    )
    for each in event_rule(name, source)
]

TRIALS = [
    Trial(
        rules.detector_on,
        good=[Resource(rules.DETECTOR, "detector", properties={"enable": True})],
        wrong=[put("enable", False), put("enable", "true")],
        absent=(without("enable"), Kind.PASS),
        unknown=(unknown("enable"), Kind.UNKNOWN),
    ),
    Trial(
        rules.best_practices_on,
        good=[HUB, Resource(rules.STANDARD, "best", properties={"standardsArn": FSBP})],
        wrong=[
            dropped(1),
            put("standardsArn", f"{STANDARDS}/cis-aws-foundations-benchmark/v/3.0.0", at=1),
            put("standardsArn", [FSBP], at=1),
        ],
        absent=(without("standardsArn", at=1), Kind.FAIL),
        unknown=(unknown("standardsArn", at=1), Kind.UNKNOWN),
    ),
    Trial(
        rules.records_all,
        good=[RECORDER],
        wrong=[
            put("recordingGroup.allSupported", False),
            put("recordingGroup.includeGlobalResourceTypes", False),
            without("recordingGroup.includeGlobalResourceTypes"),
            put("roleArn", f"{ROLES}/records"),
            without("roleArn"),
        ],
        absent=(without("recordingGroup"), Kind.FAIL),
        unknown=(unknown("recordingGroup"), Kind.UNKNOWN),
        nested=[
            (without("recordingGroup.allSupported"), Kind.PASS),
            (unknown("roleArn"), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.recorder_on,
        good=[RECORDER, STATUS],
        wrong=[dropped(1), put("isEnabled", False, at=1), linked({"name": []}, at=1)],
        absent=(without("isEnabled", at=1), Kind.FAIL),
        unknown=(unknown("isEnabled", at=1), Kind.UNKNOWN),
    ),
    Trial(
        rules.volumes_encrypted,
        good=[Resource(rules.VOLUMES, "volumes", properties={"enabled": True})],
        wrong=[put("enabled", False), put("enabled", 1)],
        absent=(without("enabled"), Kind.PASS),
        unknown=(unknown("enabled"), Kind.UNKNOWN),
    ),
    Trial(
        rules.account_blocks_public_access,
        good=[Resource(rules.BLOCK, "block", properties=BLOCKED)],
        wrong=[
            *(put(name, False) for name in BLOCKED),
            *(without(name) for name in BLOCKED if name != "blockPublicAcls"),
        ],
        absent=(without("blockPublicAcls"), Kind.FAIL),
        unknown=(unknown("blockPublicAcls"), Kind.UNKNOWN),
    ),
    Trial(
        rules.findings_told,
        good=[Resource(STACK, "staging"), *TOLD],
        wrong=[
            *(dropped(at) for at in range(1, len(TOLD) + 1)),
            put("eventPattern", pattern("aws.backup"), at=3),
            put("eventPattern", "no pattern", at=3),
        ],
        absent=(without("eventPattern", at=1), Kind.FAIL),
        unknown=(unknown("eventPattern", at=1), Kind.UNKNOWN),
        nested=[
            (put("eventPattern", pattern("aws.backup", "aws.guardduty"), at=3), Kind.PASS),
            (all_changes(unknown("eventPattern", at=3), dropped(5)), Kind.UNKNOWN),
        ],
    ),
]
