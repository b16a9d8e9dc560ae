"""Trials of the rules for how databases are encrypted, backed up, kept and brought up to date."""

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import database as rules
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

SELECTION = Resource(
    rules.SELECTION,
    "selection",
    properties={
        "selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "storefront"}]
    },
)
OTHER_SELECTION = Resource(
    rules.SELECTION,
    "other-selection",
    properties={"selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "no"}]},
)
OTHER_TAG = {"type": "STRINGEQUALS", "key": "Owner", "value": "nobody"}
SELECTION_TAG = {"type": "STRINGEQUALS", "key": "Backup", "value": "storefront"}
REPLICA = put("replicateSourceDb", "storefront-production")
"""What makes an instance a replica of another."""
REPLICA_OF_NEW = unknown("replicateSourceDb")


def instance(**properties: object) -> Resource:
    """Return a database with nothing but what is given."""
    return Resource(rules.INSTANCE, "database", properties=properties)


TRIALS = [
    Trial(
        rules.storage_encrypted,
        good=[instance(storageEncrypted=True)],
        wrong=[put("storageEncrypted", False), put("storageEncrypted", 1.0)],
        absent=(without("storageEncrypted"), Kind.FAIL),
        unknown=(unknown("storageEncrypted"), Kind.UNKNOWN),
        nested=[(put("storageEncrypted", [True]), Kind.FAIL)],
    ),
    Trial(
        rules.own_key,
        good=[instance(kmsKeyId="arn:aws:kms:key")],
        wrong=[put("kmsKeyId", ""), all_changes(put("replicateSourceDb", ""), without("kmsKeyId"))],
        absent=(without("kmsKeyId"), Kind.FAIL),
        unknown=(unknown("kmsKeyId"), Kind.PASS),
        nested=[(put("snapshotIdentifier", "before"), Kind.PASS)],
        other=[all_changes(REPLICA, without("kmsKeyId")), REPLICA_OF_NEW],
    ),
    Trial(
        rules.multi_az,
        good=[instance(multiAz=True)],
        wrong=[put("multiAz", False), put("multiAz", "true")],
        absent=(without("multiAz"), Kind.FAIL),
        unknown=(unknown("multiAz"), Kind.UNKNOWN),
        other=[all_changes(REPLICA, put("multiAz", False))],
        reference=True,
    ),
    Trial(
        rules.backups_kept_a_week,
        good=[instance(backupRetentionPeriod=7.0)],
        wrong=[
            put("backupRetentionPeriod", 6),
            put("backupRetentionPeriod", 0.0),
            put("backupRetentionPeriod", "35"),
            put("backupRetentionPeriod", True),
        ],
        absent=(without("backupRetentionPeriod"), Kind.FAIL),
        unknown=(unknown("backupRetentionPeriod"), Kind.UNKNOWN),
        nested=[
            (put("backupRetentionPeriod", 7), Kind.PASS),
            (put("backupRetentionPeriod", 35.0), Kind.PASS),
        ],
        other=[all_changes(REPLICA, put("backupRetentionPeriod", 0))],
    ),
    Trial(
        rules.in_backup_plan,
        good=[instance(tags={"Backup": "storefront"}), SELECTION],
        wrong=[
            put("tags.Backup", "other"),
            dropped(1),
            put("selectionTags", [OTHER_TAG], at=1),
            put("selectionTags", [], at=1),
            put("selectionTags[0].type", "STRINGLIKE", at=1),
        ],
        absent=(without("tags"), Kind.FAIL),
        unknown=(unknown("tags.Backup"), Kind.UNKNOWN),
        nested=[
            (
                all_changes(
                    put("selectionTags", [], at=1), linked({"resources": [instance().key]}, at=1)
                ),
                Kind.PASS,
            ),
            (put("selectionTags", [OTHER_TAG, SELECTION_TAG], at=1), Kind.PASS),
            (unknown("selectionTags", at=1), Kind.UNKNOWN),
            (unknown("selectionTags[0].key", at=1), Kind.UNKNOWN),
            (unknown("selectionTags[0].value", at=1), Kind.UNKNOWN),
            (
                all_changes(unknown("selectionTags[0].value", at=1), without("tags")),
                Kind.FAIL,
            ),
            (unknown("tags"), Kind.UNKNOWN),
            (added(OTHER_SELECTION), Kind.PASS),
        ],
        other=[REPLICA],
    ),
    Trial(
        rules.deletion_protected,
        good=[instance(deletionProtection=True)],
        wrong=[
            put("deletionProtection", False),
            all_changes(REPLICA, put("deletionProtection", False)),
        ],
        absent=(without("deletionProtection"), Kind.FAIL),
        unknown=(unknown("deletionProtection"), Kind.UNKNOWN),
        reference=True,
    ),
    Trial(
        rules.final_snapshot_kept,
        good=[instance(skipFinalSnapshot=False, finalSnapshotIdentifier="last")],
        wrong=[
            put("skipFinalSnapshot", True),
            without("finalSnapshotIdentifier"),
            put("finalSnapshotIdentifier", ""),
            all_changes(unknown("finalSnapshotIdentifier"), put("skipFinalSnapshot", True)),
        ],
        absent=(without("skipFinalSnapshot"), Kind.PASS),
        unknown=(unknown("skipFinalSnapshot"), Kind.UNKNOWN),
        nested=[
            (unknown("finalSnapshotIdentifier"), Kind.PASS),
            (
                all_changes(unknown("skipFinalSnapshot"), without("finalSnapshotIdentifier")),
                Kind.FAIL,
            ),
        ],
        other=[all_changes(REPLICA, put("skipFinalSnapshot", True))],
        reference=True,
    ),
    Trial(
        rules.tags_on_snapshots,
        good=[instance(copyTagsToSnapshot=True)],
        wrong=[put("copyTagsToSnapshot", False)],
        absent=(without("copyTagsToSnapshot"), Kind.FAIL),
        unknown=(unknown("copyTagsToSnapshot"), Kind.UNKNOWN),
    ),
    Trial(
        rules.minor_upgrades_on,
        good=[instance(autoMinorVersionUpgrade=True)],
        wrong=[put("autoMinorVersionUpgrade", False)],
        absent=(without("autoMinorVersionUpgrade"), Kind.PASS),
        unknown=(unknown("autoMinorVersionUpgrade"), Kind.UNKNOWN),
    ),
    Trial(
        rules.engine_supported,
        good=[instance(engine="postgres", engineVersion="16.13")],
        wrong=[
            put("engineVersion", "13.22"),
            put("engineVersion", "9.6.24"),
            put("engineVersion", "160"),
            put("engineVersion", "newest"),
            put("engineVersion", 16.13),
            put("engine", "mysql"),
            without("engine"),
            all_changes(unknown("engine"), put("engineVersion", "12.2")),
        ],
        absent=(without("engineVersion"), Kind.FAIL),
        unknown=(unknown("engineVersion"), Kind.UNKNOWN),
        nested=[
            (put("engineVersion", "14"), Kind.PASS),
            (put("engineVersion", "17.4-R1"), Kind.PASS),
            (put("engine", UNKNOWN), Kind.UNKNOWN),
        ],
        other=[all_changes(REPLICA, without("engine"), without("engineVersion"))],
    ),
]
