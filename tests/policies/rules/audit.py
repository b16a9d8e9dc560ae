"""Trials of the rules for the audit trail."""

from policies.graph import STACK, Resource
from policies.rules import audit as rules
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

BUCKET = Resource(rules.BUCKET, "trail-bucket")
BLOCK = Resource(
    rules.BLOCK,
    "trail-block",
    properties={
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    links={"bucket": (BUCKET.key,)},
)
LOGGING = Resource(
    rules.LOGGING,
    "trail-logging",
    properties={"targetBucket": "access"},
    links={"bucket": (BUCKET.key,)},
)
OTHER = Resource(rules.BUCKET, "other-bucket")

MANAGEMENT = {"fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}
OBJECTS = {
    "fieldSelectors": [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "resources.ARN", "notStartsWiths": ["arn:aws:s3:::logs/"]},
    ]
}
READS_ONLY = {"field": "readOnly", "equals": ["true"]}
NO_READS = {"field": "readOnly", "notEquals": ["true"]}
EVERYTHING = ["arn:aws:s3:::one/", "arn:aws:s3"]
BASIC = {
    "dataResources": [
        {"type": "AWS::Lambda::Function", "values": ["arn:aws:lambda"]},
        {"type": "AWS::S3::Object", "values": EVERYTHING},
    ]
}


def trail(**properties: object) -> Resource:
    """Return a trail with nothing but what is given, into the bucket."""
    return Resource(
        rules.TRAIL,
        "trail",
        properties=properties,
        links={"s3BucketName": (("aws:s3/bucketPolicy:BucketPolicy", "policy"), BUCKET.key)},
    )


def basic(**properties: object) -> list[object]:
    """Return basic selectors: one, of every object, with what is given."""
    return [{**BASIC, **properties}]


TRIALS = [
    Trial(
        rules.trail_exists,
        good=[Resource(STACK, "staging"), trail()],
        wrong=[dropped(1)],
        absent=(dropped(1), Kind.FAIL),
        unknown=(unknown("name", at=1), Kind.PASS),
    ),
    Trial(
        rules.every_region,
        good=[trail(isMultiRegionTrail=True, includeGlobalServiceEvents=True)],
        wrong=[put("isMultiRegionTrail", False), put("includeGlobalServiceEvents", False)],
        absent=(without("isMultiRegionTrail"), Kind.FAIL),
        unknown=(unknown("isMultiRegionTrail"), Kind.UNKNOWN),
        nested=[
            (without("includeGlobalServiceEvents"), Kind.PASS),
            (
                all_changes(
                    unknown("isMultiRegionTrail"), put("includeGlobalServiceEvents", False)
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.management_events,
        good=[trail(advancedEventSelectors=[OBJECTS, MANAGEMENT])],
        wrong=[
            put("advancedEventSelectors[1].fieldSelectors[0].equals", ["Data"]),
            put("advancedEventSelectors[1].fieldSelectors[0].equals", []),
            put("advancedEventSelectors[1].fieldSelectors[0].field", "eventSource"),
            put(
                "advancedEventSelectors[1].fieldSelectors",
                [*MANAGEMENT["fieldSelectors"], READS_ONLY],
            ),
            put("advancedEventSelectors[1].fieldSelectors", []),
            put("advancedEventSelectors", [OBJECTS]),
        ],
        absent=(without("advancedEventSelectors"), Kind.PASS),
        unknown=(unknown("advancedEventSelectors"), Kind.UNKNOWN),
        nested=[
            (put("eventSelectors", []), Kind.PASS),
            (put("eventSelectors", basic(readWriteType="WriteOnly")), Kind.PASS),
            (
                put("advancedEventSelectors[1].fieldSelectors[0].equals", ["Data", "Management"]),
                Kind.PASS,
            ),
            (unknown("advancedEventSelectors[0]"), Kind.PASS),
            (unknown("advancedEventSelectors[1].fieldSelectors"), Kind.UNKNOWN),
            (unknown("advancedEventSelectors[1].fieldSelectors[0].field"), Kind.UNKNOWN),
            (
                put(
                    "advancedEventSelectors",
                    [{"fieldSelectors": [*MANAGEMENT["fieldSelectors"], READS_ONLY]}, OBJECTS],
                ),
                Kind.FAIL,
            ),
            *(
                (all_changes(without("advancedEventSelectors"), put("eventSelectors", found)), kind)
                for found, kind in (
                    (basic(), Kind.PASS),
                    (basic(includeManagementEvents=True, readWriteType="All"), Kind.PASS),
                    (basic(includeManagementEvents=False), Kind.FAIL),
                    (basic(readWriteType="WriteOnly"), Kind.FAIL),
                    (basic(excludeManagementEventSources=["kms.amazonaws.com"]), Kind.FAIL),
                )
            ),
        ],
    ),
    Trial(
        rules.object_events,
        good=[trail(advancedEventSelectors=[MANAGEMENT, OBJECTS])],
        wrong=[
            put("advancedEventSelectors[1].fieldSelectors[0].equals", ["Management"]),
            put("advancedEventSelectors[1].fieldSelectors[1].equals", ["AWS::Lambda::Function"]),
            put("advancedEventSelectors[1].fieldSelectors[2]", READS_ONLY),
            put("advancedEventSelectors[1].fieldSelectors[2]", NO_READS),
            without("advancedEventSelectors[1].fieldSelectors[1]"),
            put("advancedEventSelectors[1].fieldSelectors[2].equals", ["arn:aws:s3:::one/"]),
            put("advancedEventSelectors[1].fieldSelectors[2].startsWiths", ["arn:aws:s3:::one/"]),
            put("advancedEventSelectors[1].fieldSelectors[2].endsWiths", [".html"]),
            put("advancedEventSelectors", [MANAGEMENT]),
            put("advancedEventSelectors", []),
        ],
        absent=(without("advancedEventSelectors"), Kind.FAIL),
        unknown=(unknown("advancedEventSelectors"), Kind.UNKNOWN),
        nested=[
            (without("advancedEventSelectors[1].fieldSelectors[2]"), Kind.PASS),
            (unknown("advancedEventSelectors[1].fieldSelectors[2].notStartsWiths"), Kind.PASS),
            (unknown("advancedEventSelectors[1].fieldSelectors[1].equals"), Kind.UNKNOWN),
            (
                all_changes(
                    unknown("advancedEventSelectors[1].fieldSelectors[1].equals"),
                    put("advancedEventSelectors[1].fieldSelectors[2]", READS_ONLY),
                ),
                Kind.FAIL,
            ),
            *(
                (all_changes(without("advancedEventSelectors"), put("eventSelectors", found)), kind)
                for found, kind in (
                    (basic(), Kind.PASS),
                    (basic(readWriteType="ReadOnly"), Kind.FAIL),
                    ([*basic(readWriteType="ReadOnly"), *basic()], Kind.PASS),
                    (
                        basic(dataResources=[{**BASIC["dataResources"][0], "values": EVERYTHING}]),
                        Kind.FAIL,
                    ),
                    (basic(dataResources=BASIC["dataResources"][:1]), Kind.FAIL),
                    (basic(dataResources=[]), Kind.FAIL),
                    (
                        basic(dataResources=[{"type": "AWS::S3::Object", "values": ["arn:one"]}]),
                        Kind.FAIL,
                    ),
                )
            ),
        ],
    ),
    Trial(
        rules.own_key,
        good=[trail(kmsKeyId="arn:aws:kms:key")],
        wrong=[put("kmsKeyId", "")],
        absent=(without("kmsKeyId"), Kind.FAIL),
        unknown=(unknown("kmsKeyId"), Kind.PASS),
    ),
    Trial(
        rules.file_validation,
        good=[trail(enableLogFileValidation=True)],
        wrong=[put("enableLogFileValidation", False), put("enableLogFileValidation", "true")],
        absent=(without("enableLogFileValidation"), Kind.FAIL),
        unknown=(unknown("enableLogFileValidation"), Kind.UNKNOWN),
    ),
    Trial(
        rules.to_log_group,
        good=[trail(cloudWatchLogsGroupArn="arn:group:*", cloudWatchLogsRoleArn="arn:role")],
        wrong=[put("cloudWatchLogsGroupArn", ""), without("cloudWatchLogsRoleArn")],
        absent=(without("cloudWatchLogsGroupArn"), Kind.FAIL),
        unknown=(unknown("cloudWatchLogsGroupArn"), Kind.PASS),
        nested=[
            (
                all_changes(unknown("cloudWatchLogsGroupArn"), without("cloudWatchLogsRoleArn")),
                Kind.FAIL,
            )
        ],
    ),
    Trial(
        rules.logging_on,
        good=[trail(enableLogging=True)],
        wrong=[put("enableLogging", False)],
        absent=(without("enableLogging"), Kind.PASS),
        unknown=(unknown("enableLogging"), Kind.UNKNOWN),
    ),
    Trial(
        rules.bucket_private,
        good=[trail(), BUCKET, BLOCK],
        wrong=[
            *(put(name, False, at=2) for name in BLOCK.properties),
            *(without(name, at=2) for name in BLOCK.properties),
            dropped(2),
            linked({"bucket": [OTHER.key]}, at=2),
            linked({"s3BucketName": ()}),
            all_changes(added(OTHER), linked({"s3BucketName": [BUCKET.key, OTHER.key]})),
        ],
        absent=(dropped(2), Kind.FAIL),
        unknown=(unknown("blockPublicPolicy", at=2), Kind.UNKNOWN),
        nested=[
            (
                all_changes(
                    unknown("blockPublicPolicy", at=2), put("blockPublicAcls", False, at=2)
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.bucket_logged,
        good=[trail(), BUCKET, LOGGING],
        wrong=[
            dropped(2),
            put("targetBucket", "", at=2),
            linked({"bucket": [OTHER.key]}, at=2),
            linked({"s3BucketName": ()}),
            all_changes(added(OTHER), linked({"s3BucketName": [BUCKET.key, OTHER.key]})),
        ],
        absent=(without("targetBucket", at=2), Kind.FAIL),
        unknown=(unknown("targetBucket", at=2), Kind.PASS),
    ),
]
