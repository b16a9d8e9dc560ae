"""What one environment is told must suit the shape, and the other environments."""

import json
from typing import Any

import pytest

from settings.catalogue import zones_problem
from tests.settings.schemas import underlined
from tests.settings.workspace import DIGEST, ROOT, Workspace

REGIONS = json.loads((ROOT / "settings/aws/regions.json").read_text())["regions"]
ZONES = json.loads((ROOT / "settings/aws/zones.json").read_text())

STAGING = "Pulumi.staging.yaml: "
OPEN = (
    f"{STAGING}identity.access.networks must not be open to the world outside production: "
    "at most the 16777216 addresses of a /8 together, got "
)
APART = (
    f"{STAGING}identity.dns.domain must neither be nor hold nor lie inside "
    "Pulumi.production.yaml's app.example.com, got "
)
HANGS = (
    "must leave room for a release between shape.deployment's 100 and 199 percent, "
    "which is less than one task more, got 1"
)


def _in_region(region: str) -> dict[str, Any]:
    image = f"222222222222.dkr.ecr.{region}.amazonaws.com/storefront{{}}@sha256:{DIGEST}"
    return {
        "staging.identity.region": region,
        "staging.identity.release.image": image.format(""),
        "staging.identity.operations.image": image.format("-operations"),
        "staging.identity.dataRefresh.sharedKey": "",
    }


def _key(account: str, region: str = "eu-west-1") -> dict[str, str]:
    return {"sharedWith": "", "sharedKey": f"arn:aws:kms:{region}:{account}:key/0a1b-2c"}


def _restore(**given: str) -> dict[str, str]:
    nothing = {"snapshot": "", "database": "", "deletedDatabase": "", "time": ""}
    return {"suffix": "r1", **nothing, **given}


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"staging.identity.access": {"networks": ["0.0.0.0/0"], "indexed": True}},
        [
            f"{STAGING}identity.access.indexed must be false outside production, got true",
            f"{OPEN}4294967296",
        ],
    ),
    (
        {"staging.identity.access.networks": ["0.0.0.0/1", "128.0.0.0/1"]},
        [f"{OPEN}4294967296"],
    ),
    ({"staging.identity.access.networks": ["8.0.0.0/8", "9.0.0.0/8"]}, [f"{OPEN}33554432"]),
    ({"staging.identity.access.networks": ["52.0.0.0/7"]}, [f"{OPEN}33554432"]),
    *(
        (
            {"staging.identity.access.networks": [network]},
            [f"{STAGING}identity.access.networks[0] must be public addresses, got {network}"],
        )
        for network in (
            "10.0.0.0/8",
            "192.168.1.0/24",
            "100.64.0.0/10",
            "127.0.0.1/32",
            "224.0.0.0/8",
        )
    ),
    (
        _in_region("ca-central-1"),
        [
            f"{STAGING}identity.region must have the zones of shape.network.zones, a, b, c, "
            "got ca-central-1 with a, b, d"
        ],
    ),
    (
        _in_region("us-west-1"),
        [
            f"{STAGING}identity.region must have the zones of shape.network.zones, a, b, c, "
            "got us-west-1 with 2 of a, b, c, by account"
        ],
    ),
    (
        {"staging.identity.dataRefresh": {"sharedWith": "333333333333", "sharedKey": ""}},
        [
            f"{STAGING}identity.dataRefresh.sharedWith must be empty outside production, "
            "got '333333333333'"
        ],
    ),
    (
        {
            "production.identity.dataRefresh.sharedWith": "111111111111",
            "staging.identity.dataRefresh.sharedKey": "",
        },
        [
            "Pulumi.production.yaml: identity.dataRefresh.sharedWith must be another account than "
            "its own, got '111111111111'"
        ],
    ),
    (
        {"production.identity.dataRefresh.sharedWith": ""},
        [
            f"{STAGING}identity.dataRefresh.sharedKey must be empty unless Pulumi.production.yaml "
            "shares with 222222222222, got "
            "'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'"
        ],
    ),
    (
        {"production.identity.dataRefresh.sharedKey": _key("222222222222")["sharedKey"]},
        [
            "Pulumi.production.yaml: identity.dataRefresh.sharedKey must be empty where sharedWith "
            "is given"
        ],
    ),
    (
        {"staging.identity.dataRefresh": _key("333333333333")},
        [
            f"{STAGING}identity.dataRefresh.sharedKey must be a key of Pulumi.production.yaml's "
            "account 111111111111, got 'arn:aws:kms:eu-west-1:333333333333:key/0a1b-2c'"
        ],
    ),
    (
        {"staging.identity.dataRefresh": _key("111111111111", "eu-west-2")},
        [
            f"{STAGING}identity.dataRefresh.sharedKey must be a key in eu-west-1, "
            "got 'arn:aws:kms:eu-west-2:111111111111:key/0a1b-2c'"
        ],
    ),
    (
        {"shape.backup.restoreTest": {"schedule": "cron(0 9 ? * SUN *)", "longestGapDays": 7}},
        [
            "Pulumi.yaml: shape.backup.restoreTest.longestGapDays must be more than the 7 days "
            "that schedule leaves between two tests, got 7"
        ],
    ),
    ({"staging.identity.dns.domain": "app.example.com"}, [f"{APART}app.example.com"]),
    ({"staging.identity.dns.domain": "s.app.example.com"}, [f"{APART}s.app.example.com"]),
    (
        {
            "staging.identity.dns.domain": "x.example.com",
            "production.identity.dns.domain": "app.x.example.com",
        },
        [
            f"{STAGING}identity.dns.domain must neither be nor hold nor lie inside "
            "Pulumi.production.yaml's app.x.example.com, got x.example.com"
        ],
    ),
    (
        {"staging.identity.dns.parentZoneId": "Z0OTHEREXAMPLE1"},
        [
            f"{STAGING}identity.dns.parentZoneId must be Pulumi.production.yaml's "
            "Z0PARENTEXAMPLE1, since both have the parent example.com, got Z0OTHEREXAMPLE1"
        ],
    ),
    (
        {"staging.identity.dns.parentAccount": "222222222222"},
        [
            f"{STAGING}identity.dns.parentAccount must be Pulumi.production.yaml's "
            "111111111111, since both have the parent example.com, got 222222222222"
        ],
    ),
    (
        {"staging.identity.archiveAccount": "111111111111"},
        [
            f"{STAGING}identity.archiveAccount must be no environment's account, "
            "got Pulumi.production.yaml's 111111111111"
        ],
    ),
    (
        {"production.identity.archiveAccount": "222222222222"},
        [
            "Pulumi.production.yaml: identity.archiveAccount must be no environment's account, "
            "got Pulumi.staging.yaml's 222222222222"
        ],
    ),
    *(
        (
            {"staging.identity.restore": _restore(snapshot=f"arn:aws:rds:{place}:snapshot:a")},
            [
                f"{STAGING}identity.restore.snapshot must begin with "
                "arn:aws:rds:eu-west-1:222222222222:snapshot: (copy it there first), "
                f"got 'arn:aws:rds:{place}:snapshot:a'"
            ],
        )
        for place in ("eu-west-1:111111111111", "eu-central-1:222222222222")
    ),
    *(
        (
            {"staging.identity.restore": _restore(snapshot=name)},
            [
                f'{STAGING}identity.restore.snapshot must be "" or the name or ARN of a '
                f"snapshot, got '{name}'"
            ],
        )
        for name in ("-a", "a--b", "a_b", "1a", "x:a", "arn:aws:rds:eu-west-1:1:snapshot:a")
    ),
    *(
        (
            {"staging.identity.restore": _restore(database=name)},
            [
                f'{STAGING}identity.restore.database must be "" or the identifier of a '
                f"database, got '{name}'"
            ],
        )
        for name in ("A", "a-", "1a", "a_b", "a" * 64)
    ),
    (
        {"staging.identity.restore": _restore(database="storefront-staging-r1")},
        [
            f"{STAGING}identity.restore.database must be another than the new database; "
            "choose another suffix, got 'storefront-staging-r1'"
        ],
    ),
    (
        {"shape.deployment.maximumPercent": 199},
        [f"{STAGING}scale.{service}.min {HANGS}" for service in ("web", "worker")],
    ),
    (
        {
            "shape.deployment.maximumPercent": 199,
            "staging.scale.web.min": 2,
            "staging.scale.worker.min": 2,
            "staging.scale.offHours.webMin": 1,
        },
        [f"{STAGING}scale.offHours.webMin {HANGS}"],
    ),
]


@pytest.mark.parametrize(("changes", "lines"), REFUSED)
def test_refused(workspace: Workspace, changes: dict[str, Any], lines: list[str]) -> None:
    for key, value in changes.items():
        workspace.put(key, value)

    assert workspace.lines() == lines


@pytest.mark.parametrize(
    "changes",
    [
        {"staging.identity.access.networks": ["8.0.0.0/9", "198.51.100.0/24"]},
        {"staging.identity.dns.domain": "myapp.example.com"},
        {"staging.identity.restore": _restore(snapshot="rds:storefront-staging-2031-05-01-02-03")},
        {"staging.identity.restore": _restore(snapshot="awsbackup:job-0a1b-2c")},
        {
            "staging.identity.restore": _restore(
                snapshot="arn:aws:rds:eu-west-1:222222222222:snapshot:rds:a-1"
            )
        },
        {"staging.identity.restore": _restore(database="storefront-staging")},
        {
            "staging.identity.dns.domain": "staging.example.org",
            "staging.identity.dns.parentDomain": "example.org",
            "staging.identity.dns.parentZoneId": "Z0OTHEREXAMPLE1",
            "staging.identity.dns.parentAccount": "222222222222",
        },
        {
            "production.identity.dataRefresh.sharedWith": "",
            "staging.identity.dataRefresh.sharedKey": "",
        },
        {
            "shape.network.zones": ["a", "b"],
            **_in_region("us-west-1"),
            "staging.scale.network.natGateways": 1,
            "production.scale.network.natGateways": 2,
            "production.scale.network.endpointZones": 2,
        },
    ],
)
def test_taken(workspace: Workspace, changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        workspace.put(key, value)

    assert workspace.lines() == []
    assert underlined(workspace) == []


def test_every_region_has_its_zones() -> None:
    assert list(ZONES["letters"]) == REGIONS
    assert all(zones_problem(region, ["a", "b"]) is None for region in REGIONS)
    assert zones_problem("nowhere-1", ["a"]) is None
