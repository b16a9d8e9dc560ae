"""Identity: each refused value, and the line that refuses it."""

from typing import Any

import pytest

from tests.settings.workspace import DIGEST, Workspace, refusal_of

REFUSED = [
    (
        "staging.identity.account",
        222222222222,
        "must be text in quotes, got 222222222222",
    ),
    (
        "staging.identity.account",
        "22222222222",
        "must be an AWS account id of 12 digits in quotes, got '22222222222'",
    ),
    (
        "staging.identity.variables.EXTRA",
        "x",
        "does not stand in shape.variables",
    ),
    (
        "staging.identity.variables.LOG_LEVEL",
        "debug",
        "is not marked perEnvironment in shape.variables",
    ),
    (
        "production.identity.variables.EXTRA",
        "x",
        "does not stand in shape.variables",
    ),
    (
        "staging.identity.region",
        "eu-west-9",
        "must be an AWS region, got 'eu-west-9'; did you mean eu-west-3 or eu-west-2 or eu-west-1?",
    ),
    (
        "staging.identity.cidr",
        "10.20.0.0",
        "must have a prefix length, got '10.20.0.0'",
    ),
    (
        "staging.identity.cidr",
        "10.20.1.0/16",
        "must be an IPv4 network like 10.20.0.0/16, got '10.20.1.0/16'; did you mean 10.20.0.0/16?",
    ),
    (
        "staging.identity.cidr",
        "10.20.0.0/24",
        "must be from /16 to /20: what the address plan divides into subnets, got 10.20.0.0/24",
    ),
    (
        "staging.identity.cidr",
        "11.0.0.0/16",
        "must be private (RFC 1918), got 11.0.0.0/16",
    ),
    (
        "staging.identity.cidr",
        "10.10.16.0/20",
        "must not overlap Pulumi.production.yaml's 10.10.0.0/16, got 10.10.16.0/20",
    ),
    (
        "staging.identity.dns.domain",
        "staging.example.org",
        "must lie inside example.com, got 'staging.example.org'",
    ),
    (
        "staging.identity.dns.domain",
        "example.com",
        "must lie inside example.com, got 'example.com'",
    ),
    (
        "staging.identity.release.image",
        "222222222222.dkr.ecr.eu-west-1.amazonaws.com/storefront:1.0",
        "must name the image by digest (…@sha256:<64 hex digits>), got "
        "'222222222222.dkr.ecr.eu-west-1.amazonaws.com/storefront:1.0'; a tag can be "
        "moved to another image, so it is refused",
    ),
    (
        "staging.identity.release.image",
        f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{DIGEST}",
        "must come from the repository 222222222222.dkr.ecr.eu-west-1.amazonaws.com/"
        "storefront, got '111111111111.dkr.ecr.eu-west-1.amazonaws.com/"
        f"storefront@sha256:{DIGEST}'",
    ),
    (
        "staging.identity.name",
        "stage",
        "must be the stack's name, staging, got 'stage'",
    ),
    (
        "staging.identity.notifications.emails",
        [],
        "must not be empty",
    ),
    (
        "staging.identity.notifications.emails",
        ["a@b.co", "a@b.co"],
        "must not repeat a@b.co",
    ),
    (
        "staging.identity.access.networks",
        ["0.0.0.0/0", "203.0.113.0/24"],
        "must be 0.0.0.0/0 alone or not hold it",
    ),
    (
        "staging.identity.access.indexed",
        True,
        "must be false where access.networks is not 0.0.0.0/0",
    ),
    (
        "staging.identity.copyRegion",
        "eu-west-1",
        "must differ from region, got 'eu-west-1'",
    ),
    (
        "staging.identity.archiveAccount",
        "222222222222",
        "must differ from account, got '222222222222'",
    ),
    (
        "staging.identity.restore.time",
        "2026-01-01T00:00:00Z",
        "must be empty unless another database is the source",
    ),
]

TOGETHER: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "production.identity.cidr": "10.30.0.0/20",
            "production.scale.web.max": 500,
            "production.scale.worker.max": 500,
        },
        [
            (
                "Pulumi.production.yaml: identity.cidr must have room for 2000 tasks "
                "in its private subnets, got 10.30.0.0/20 with room for 1473"
            ),
        ],
    ),
    (
        {
            "staging.identity.account": "111111111111",
            "staging.identity.release.image": (
                f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{DIGEST}"
            ),
            "staging.identity.operations.image": (
                f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/storefront-operations@sha256:{DIGEST}"
            ),
            "staging.identity.dataRefresh.sharedKey": "",
        },
        [
            (
                "Pulumi.staging.yaml: identity.account must differ from "
                "Pulumi.production.yaml's 111111111111, got 111111111111"
            ),
        ],
    ),
    (
        {"staging.identity.notifications.emails": ["nobody"]},
        [
            (
                "Pulumi.staging.yaml: identity.notifications.emails[0] must be an "
                "e-mail address, got 'nobody'"
            ),
        ],
    ),
    (
        {"staging.identity.restore.snapshot": "x"},
        [
            (
                "Pulumi.staging.yaml: identity.restore.suffix must be given with a "
                "source, and only then"
            ),
        ],
    ),
    (
        {
            "staging.identity.restore.snapshot": "x",
            "staging.identity.restore.database": "y",
            "staging.identity.restore.suffix": "r1",
        },
        [
            "Pulumi.staging.yaml: identity.restore must name one source, got x and y",
        ],
    ),
]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: object, message: str) -> None:
    workspace.put(key, value)

    assert workspace.lines() == [refusal_of(key, message)]


@pytest.mark.parametrize(("changes", "lines"), TOGETHER, ids=lambda each: "-".join(each)[:60])
def test_refused_together(workspace: Workspace, changes: dict[str, Any], lines: list[str]) -> None:
    for key, value in changes.items():
        workspace.put(key, value)

    assert workspace.lines() == lines
