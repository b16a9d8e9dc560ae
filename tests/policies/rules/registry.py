"""Trials of the rules for image registries."""

from policies.graph import Resource
from policies.rules import registry as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Trial,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)


def repository(**properties: object) -> Resource:
    """Return a repository with nothing but what is given."""
    return Resource(rules.REPOSITORY, "images", properties=properties)


LIFECYCLE = Resource(
    rules.LIFECYCLE,
    "lifecycle",
    properties={"policy": "{}", "repository": "storefront"},
    links={"repository": (repository().key,)},
)
OTHER = (rules.REPOSITORY, "other-images")

TRIALS = [
    Trial(
        rules.scans_on_push,
        good=[repository(imageScanningConfiguration={"scanOnPush": True})],
        wrong=[
            put("imageScanningConfiguration.scanOnPush", False),
            put("imageScanningConfiguration.scanOnPush", "true"),
            without("imageScanningConfiguration.scanOnPush"),
        ],
        absent=(without("imageScanningConfiguration"), Kind.FAIL),
        unknown=(unknown("imageScanningConfiguration.scanOnPush"), Kind.UNKNOWN),
        nested=[(unknown("imageScanningConfiguration"), Kind.UNKNOWN)],
    ),
    Trial(
        rules.immutable_tags,
        good=[repository(imageTagMutability="IMMUTABLE")],
        wrong=[
            put("imageTagMutability", "MUTABLE"),
            put("imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"),
        ],
        absent=(without("imageTagMutability"), Kind.FAIL),
        unknown=(unknown("imageTagMutability"), Kind.UNKNOWN),
    ),
    Trial(
        rules.own_key,
        good=[repository(encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": "${key}"}])],
        wrong=[
            put("encryptionConfigurations[0].encryptionType", "AES256"),
            without("encryptionConfigurations[0].encryptionType"),
            without("encryptionConfigurations[0].kmsKey"),
            put("encryptionConfigurations", []),
        ],
        absent=(without("encryptionConfigurations"), Kind.FAIL),
        unknown=(unknown("encryptionConfigurations[0].encryptionType"), Kind.UNKNOWN),
        nested=[
            (put("encryptionConfigurations[0].encryptionType", "KMS_DSSE"), Kind.PASS),
            (unknown("encryptionConfigurations[0].kmsKey"), Kind.PASS),
            (unknown("encryptionConfigurations"), Kind.UNKNOWN),
            (
                all_changes(
                    unknown("encryptionConfigurations[0].kmsKey"),
                    put("encryptionConfigurations[0].encryptionType", "AES256"),
                ),
                Kind.FAIL,
            ),
        ],
    ),
    Trial(
        rules.old_images_expire,
        good=[repository(name="storefront"), LIFECYCLE],
        wrong=[
            dropped(1),
            linked({"repository": [OTHER]}, at=1),
            linked({"repository": [], "policy": [repository().key]}, at=1),
        ],
        absent=(dropped(1), Kind.FAIL),
        unknown=(unknown("policy", at=1), Kind.PASS),
        nested=[
            (unknown("repository", at=1), Kind.PASS),
            (linked({"repository": [OTHER, repository().key]}, at=1), Kind.PASS),
        ],
    ),
    Trial(
        rules.keeps_images,
        reference=True,
        good=[repository(forceDelete=False)],
        wrong=[put("forceDelete", True), put("forceDelete", 1.0)],
        absent=(without("forceDelete"), Kind.PASS),
        unknown=(unknown("forceDelete"), Kind.UNKNOWN),
    ),
]
