"""Trials of the rules for data and releases that come from elsewhere."""

import json
from typing import Any

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import delivery as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Change, Trial, all_changes, put, unknown, without

GOOD = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
ARN = "arn:aws:rds:eu-west-1:222222222222:snapshot"

DATABASE = Resource(
    rules.INSTANCE,
    "database",
    properties={
        "tags": {"Application": "storefront", "Environment": "staging"},
        "snapshotIdentifier": "sanitised-storefront-20310501",
    },
)


def images(*names: str) -> Change:
    """Let the containers run these images."""
    return put("containerDefinitions", json.dumps([{"image": name} for name in names]))


def moment(source: dict[str, Any]) -> Change:
    """Let the database go on from a moment of another one, and from no snapshot."""
    block = {**source, "useLatestRestorableTime": True}
    return all_changes(without("snapshotIdentifier"), put("restoreToPointInTime", block))


def definition(*names: str) -> Resource:
    """Return a task definition whose containers run these images."""
    containers = json.dumps([{"image": name} for name in names])
    properties = {"containerDefinitions": containers, "tags": {"Application": "storefront"}}
    return Resource(rules.TASK_DEFINITION, "web", properties=properties)


TRIALS = [
    Trial(
        rules.sanitised,
        good=[DATABASE],
        wrong=[
            put("snapshotIdentifier", "storefront-production-final-0a1b2c3d"),
            put("snapshotIdentifier", f"{ARN}:rds:storefront-production-2031-05-01"),
            put("snapshotIdentifier", "awsbackup:job-1"),
            put("snapshotIdentifier", "-sanitised"),
            put("snapshotIdentifier", ["sanitised-storefront"]),
            put("snapshotIdentifier", "sanitised-storefront-20310601"),
            put("snapshotIdentifier", f"{ARN}:sanitised-storefront-20310501"),
            put("snapshotIdentifier", "signed-for"),
            moment({"sourceDbInstanceIdentifier": "storefront-stagings"}),
            moment({"sourceDbInstanceIdentifier": "original"}),
            moment({"sourceDbiResourceId": "db-ABCDEFGHIJKL"}),
            moment({}),
        ],
        absent=(without("snapshotIdentifier"), Kind.NOT_APPLICABLE),
        unknown=(unknown("snapshotIdentifier"), Kind.UNKNOWN),
        nested=[
            (put("snapshotIdentifier", f"{ARN}:sanitised-storefront-1"), Kind.PASS),
            (put("snapshotIdentifier", "rds:storefront-staging-2031-05-01"), Kind.PASS),
            (put("snapshotIdentifier", "storefront-staging-final-0a1b2c3d"), Kind.PASS),
            (moment({"sourceDbInstanceIdentifier": "storefront-staging"}), Kind.PASS),
            (moment({"sourceDbInstanceIdentifier": "storefront-staging-2031"}), Kind.PASS),
            (moment({"sourceDbInstanceIdentifier": UNKNOWN}), Kind.UNKNOWN),
            (unknown("restoreToPointInTime"), Kind.UNKNOWN),
        ],
        other=[put("snapshotIdentifier", "")],
        sanitised=frozenset(
            {"sanitised-storefront-20310501", f"{ARN}:sanitised-storefront-1", "signed-for"}
        ),
    ),
    Trial(
        rules.verified,
        good=[definition(f"registry/storefront@{GOOD}")],
        wrong=[
            images(f"registry/storefront@{OTHER}"),
            images("registry/storefront:latest"),
            images(f"registry/storefront@{GOOD}-not"),
            images(f"registry/else-operations@{OTHER}"),
            images(f"registry/storefront-operations@{OTHER}", f"registry/storefront@{OTHER}"),
        ],
        absent=(put("containerDefinitions", "[{}]"), Kind.FAIL),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (images(f"registry/a@{GOOD}", f"registry/b@{OTHER}"), Kind.FAIL),
            (images(f"registry/a@{GOOD}", f"registry/b@{GOOD}"), Kind.PASS),
            (images(f"registry/storefront-operations@{OTHER}"), Kind.PASS),
        ],
        other=[put("containerDefinitions", "[]")],
        reference=True,
        verified=frozenset({GOOD}),
    ),
]
