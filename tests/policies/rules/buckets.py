"""Trials of the rules for buckets."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import buckets as rules
from policies.verdict import Kind
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

BUCKET = Resource(rules.BUCKET, "bucket", properties={"bucket": "reports-1", "forceDestroy": False})
LOG_BUCKET = Resource(rules.BUCKET, "log-bucket", properties={"bucket": "logs-1"})


def part(type_: str, name: str, of: Resource = BUCKET, **properties: object) -> Resource:
    """Return what sets up one aspect of a bucket."""
    return Resource(type_, name, properties=properties, links={"bucket": (of.key,)})


BLOCK = part(
    rules.PUBLIC_ACCESS,
    "block",
    blockPublicAcls=True,
    blockPublicPolicy=True,
    ignorePublicAcls=True,
    restrictPublicBuckets=True,
)
ENCRYPTION = part(
    rules.ENCRYPTION,
    "encryption",
    rules=[
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": "aws:kms",
                "kmsMasterKeyId": "arn:aws:kms:key",
            }
        }
    ],
)
VERSIONING = part(rules.VERSIONING, "versions", versioningConfiguration={"status": "Enabled"})
OWNERSHIP = part(rules.OWNERSHIP, "owner", rule={"objectOwnership": "BucketOwnerEnforced"})
LIFECYCLE = part(
    rules.LIFECYCLE,
    "lifecycle",
    rules=[
        {"status": "Enabled", "expiration": {"expiredObjectDeleteMarker": True}},
        {
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrentVersionExpiration": {"noncurrentDays": 30.0},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7.0},
        },
    ],
)
LOGGING = Resource(
    rules.LOGGING,
    "logging",
    properties={"bucket": "reports-1", "targetBucket": "logs-1"},
    links={"bucket": (BUCKET.key,), "targetBucket": (LOG_BUCKET.key,)},
)
LOGGING_TO_BUCKET = Resource(
    rules.LOGGING,
    "logging-to-bucket",
    properties={"bucket": "other-1", "targetBucket": "reports-1"},
    links={"bucket": ((rules.BUCKET, "other"),), "targetBucket": (BUCKET.key,)},
)
LOAD_BALANCER = Resource(rules.LOAD_BALANCER, "load-balancer", links={"accessLogs": (BUCKET.key,)})
NARROWER = [
    put("rules[1].filter", filter_, at=1)
    for filter_ in (
        {"prefix": "logs/"},
        {"tag": {"key": "a", "value": "b"}},
        {"and": {"prefix": "logs/", "objectSizeGreaterThan": 1.0}},
        {"objectSizeGreaterThan": 1.0},
        {"objectSizeLessThan": 1.0},
    )
]

TRIALS = [
    Trial(
        rules.public_access_blocked,
        good=[BUCKET, BLOCK],
        wrong=[
            dropped(1),
            *(put(name, False, at=1) for name in rules.BLOCKS),
            *(without(name, at=1) for name in rules.BLOCKS),
            linked({"bucket": [LOG_BUCKET.key]}, at=1),
            added(part(rules.PUBLIC_ACCESS, "second")),
        ],
        absent=(without("blockPublicAcls", at=1), Kind.FAIL),
        unknown=(unknown("blockPublicAcls", at=1), Kind.UNKNOWN),
        nested=[
            (
                all_changes(
                    unknown("blockPublicAcls", at=1), put("restrictPublicBuckets", False, at=1)
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.own_key,
        good=[BUCKET, ENCRYPTION],
        wrong=[
            dropped(1),
            put("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "AES256", at=1),
            without("rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", at=1),
            put("rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "", at=1),
            put("rules", [], at=1),
            put("rules[0]", {}, at=1),
        ],
        absent=(without("rules", at=1), Kind.FAIL),
        unknown=(
            unknown("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", at=1),
            Kind.UNKNOWN,
        ),
        nested=[
            (
                put(
                    "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
                    "aws:kms:dsse",
                    at=1,
                ),
                Kind.PASS,
            ),
            (
                unknown("rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", at=1),
                Kind.PASS,
            ),
            (put("rules", [UNKNOWN, {}], at=1), Kind.FAIL),
            (unknown("rules", at=1), Kind.UNKNOWN),
        ],
        other=[
            all_changes(dropped(1), added(LOGGING_TO_BUCKET)),
            all_changes(dropped(1), added(LOAD_BALANCER)),
        ],
    ),
    Trial(
        rules.versioned,
        good=[BUCKET, VERSIONING],
        wrong=[
            dropped(1),
            put("versioningConfiguration.status", "Suspended", at=1),
            without("versioningConfiguration.status", at=1),
        ],
        absent=(without("versioningConfiguration", at=1), Kind.FAIL),
        unknown=(unknown("versioningConfiguration.status", at=1), Kind.UNKNOWN),
        nested=[(unknown("versioningConfiguration", at=1), Kind.UNKNOWN)],
    ),
    Trial(
        rules.old_versions_expire,
        good=[BUCKET, LIFECYCLE],
        wrong=[
            dropped(1),
            put("rules[1].status", "Disabled", at=1),
            put("rules[1].noncurrentVersionExpiration", {}, at=1),
            put("rules[1].noncurrentVersionExpiration.noncurrentDays", 0, at=1),
            put("rules[1].prefix", "logs/", at=1),
            *NARROWER,
            all_changes(unknown("rules[1].filter", at=1), put("rules[1].status", "Disabled", at=1)),
        ],
        absent=(without("rules[1].noncurrentVersionExpiration", at=1), Kind.FAIL),
        unknown=(
            unknown("rules[1].noncurrentVersionExpiration.noncurrentDays", at=1),
            Kind.UNKNOWN,
        ),
        nested=[
            (put("rules[1].noncurrentVersionExpiration.noncurrentDays", 1, at=1), Kind.PASS),
            (without("rules[1].filter", at=1), Kind.PASS),
            (put("rules[1].filter", {"prefix": None, "tag": {}}, at=1), Kind.PASS),
            (unknown("rules[1].filter", at=1), Kind.UNKNOWN),
            (unknown("rules[1].filter.prefix", at=1), Kind.UNKNOWN),
            (unknown("rules[0]", at=1), Kind.PASS),
            (unknown("rules", at=1), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.unfinished_uploads_dropped,
        good=[BUCKET, LIFECYCLE],
        wrong=[
            dropped(1),
            put("rules[1].status", "Disabled", at=1),
            put("rules[1].abortIncompleteMultipartUpload.daysAfterInitiation", 8, at=1),
            *NARROWER,
        ],
        absent=(without("rules[1].abortIncompleteMultipartUpload", at=1), Kind.FAIL),
        unknown=(unknown("rules[1].abortIncompleteMultipartUpload", at=1), Kind.UNKNOWN),
        nested=[
            (put("rules[1].abortIncompleteMultipartUpload.daysAfterInitiation", 1, at=1), Kind.PASS)
        ],
    ),
    Trial(
        rules.access_logged,
        good=[BUCKET, LOGGING],
        wrong=[
            dropped(1),
            put("targetBucket", "", at=1),
            linked({"targetBucket": [BUCKET.key]}, at=1),
        ],
        absent=(without("targetBucket", at=1), Kind.FAIL),
        unknown=(unknown("targetBucket", at=1), Kind.PASS),
        nested=[(added(LOG_BUCKET), Kind.PASS)],
        other=[all_changes(dropped(1), added(LOGGING_TO_BUCKET))],
    ),
    Trial(
        rules.without_acls,
        good=[BUCKET, OWNERSHIP],
        wrong=[
            dropped(1),
            put("rule.objectOwnership", "BucketOwnerPreferred", at=1),
            put("acl", "public-read"),
            all_changes(unknown("rule", at=1), put("acl", "public-read")),
        ],
        absent=(without("rule.objectOwnership", at=1), Kind.FAIL),
        unknown=(unknown("rule.objectOwnership", at=1), Kind.UNKNOWN),
        nested=[
            (put("acl", "private"), Kind.PASS),
            (put("acl", ""), Kind.PASS),
            (unknown("acl"), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.not_emptied,
        good=[BUCKET],
        wrong=[put("forceDestroy", True)],
        absent=(without("forceDestroy"), Kind.PASS),
        unknown=(unknown("forceDestroy"), Kind.UNKNOWN),
        reference=True,
    ),
]
