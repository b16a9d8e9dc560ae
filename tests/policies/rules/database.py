"""Trials of the rules for databases."""

from policies.graph import Resource
from policies.rules import database as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, all_changes, dropped, linked, put, unknown, without

PARAMETERS = Resource(
    rules.PARAMETERS,
    "parameters",
    properties={
        "parameters": [
            {"name": "log_statement", "value": "ddl"},
            {"name": "rds.force_ssl", "value": "1"},
        ]
    },
)
SELECTION = Resource(
    rules.SELECTION,
    "selection",
    properties={
        "selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "storefront"}]
    },
)


def instance(**properties: object) -> Resource:
    """Return a database with nothing but what is given."""
    return Resource(
        rules.INSTANCE,
        "database",
        properties=properties,
        links={"parameterGroupName": (PARAMETERS.key,)},
    )


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
        wrong=[put("kmsKeyId", "")],
        absent=(without("kmsKeyId"), Kind.FAIL),
        unknown=(unknown("kmsKeyId"), Kind.PASS),
    ),
    Trial(
        rules.tls_forced,
        good=[instance(parameterGroupName="${group}"), PARAMETERS],
        wrong=[
            put("parameters[1].value", "0", at=1),
            linked({"parameterGroupName": ()}),
            dropped(1),
        ],
        absent=(without("parameters[1]", at=1), Kind.FAIL),
        unknown=(unknown("parameters[1].value", at=1), Kind.UNKNOWN),
        nested=[(unknown("parameters[0].value", at=1), Kind.PASS)],
    ),
    Trial(
        rules.in_backup_plan,
        good=[instance(tags={"Backup": "storefront"}), SELECTION],
        wrong=[put("tags.Backup", "other"), dropped(1)],
        absent=(without("tags"), Kind.FAIL),
        unknown=(unknown("tags.Backup"), Kind.UNKNOWN),
        nested=[
            (
                all_changes(
                    put("selectionTags", [], at=1), linked({"resources": [instance().key]}, at=1)
                ),
                Kind.PASS,
            )
        ],
        other=[put("replicateSourceDb", "storefront-production")],
    ),
]
