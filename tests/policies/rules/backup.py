"""Trials of the rules for backups."""

import json

from policies.graph import Key, Resource
from policies.place import UNKNOWN
from policies.rules import backup as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Change,
    Trial,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

PRIMARY = Resource(
    rules.PROVIDER,
    "primary",
    properties={"region": "eu-west-1", "allowedAccountIds": '["111111111111"]'},
)
ARCHIVE = Resource(
    rules.PROVIDER,
    "archive",
    properties={"region": "eu-west-1", "allowedAccountIds": '["333333333333"]'},
)
KEY = Resource("aws:kms/key:Key", "key")
ALIAS = Resource("aws:kms/alias:Alias", "alias")

DENY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": list(rules.REMOVALS),
    "Resource": "*",
}
COPY_IN = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    "Action": "backup:CopyIntoBackupVault",
    "Resource": "*",
}
SPARED = {"ArnNotEquals": {"aws:PrincipalArn": ["arn:aws:iam::111111111111:role/break-glass"]}}


def vault(name: str = "vault", provider: str = "primary", **properties: object) -> Resource:
    """Return a vault with a key of the stack."""
    return Resource(
        rules.VAULT,
        name,
        properties={"kmsKeyArn": "${key}", **properties},
        links={"kmsKeyArn": (KEY.key,)},
        options={"protect": False, "provider": provider},
    )


COPY = vault("copy", region="eu-central-1")
AWAY = vault("away", provider="archive")


def plan(*vaults: Key) -> Resource:
    """Return a plan of a daily rule that forgets after five weeks and a monthly one."""

    def made(schedule: str, days: float) -> dict[str, object]:
        copy = {"destinationVaultArn": "${vault}", "lifecycle": {"deleteAfter": days}}
        return {
            "schedule": schedule,
            "lifecycle": {"deleteAfter": days},
            "copyActions": [copy, copy],
        }

    monthly = made("cron(0 7 1 * ? *)", 365)
    return Resource(
        rules.PLAN,
        "plan",
        properties={"rules": [monthly, made("cron(0 5 ? * * *)", 35.0)]},
        links={"rules": vaults},
    )


def document(*statements: object) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def policy(*statements: object) -> Resource:
    """Return the vault's policy."""
    return Resource(
        rules.VAULT_POLICY,
        "policy",
        properties={"policy": document(*statements)},
        links={"backupVaultName": (vault().key,)},
    )


def denying(**parts: object) -> Change:
    """Return the change to a denial with other parts."""
    return put("policy", document({**DENY, **parts}), at=1)


LOCK = Resource(
    rules.LOCK,
    "lock",
    properties={"minRetentionDays": 35.0},
    links={"backupVaultName": (vault().key,)},
)
VAULTS = [vault().key, COPY.key, AWAY.key]
FAR = [plan(*VAULTS), vault(), COPY, AWAY, PRIMARY, ARCHIVE]

TRIALS = [
    Trial(
        rules.vault_own_key,
        good=[vault(), KEY, ALIAS],
        wrong=[
            put("kmsKeyArn", ""),
            linked({"kmsKeyArn": ()}),
            linked({"kmsKeyArn": [ALIAS.key]}),
        ],
        absent=(without("kmsKeyArn"), Kind.FAIL),
        unknown=(unknown("kmsKeyArn"), Kind.PASS),
    ),
    Trial(
        rules.plan_daily,
        good=[plan()],
        wrong=[
            put("rules[1].schedule", "cron(0 5 ? * SUN *)"),
            put("rules[1].schedule", "cron(0 5 1 * ? *)"),
            put("rules[1].schedule", "cron(0 5 * 1 ? *)"),
            put("rules[1].schedule", "cron(0 5 ? * * 2030)"),
            put("rules[1].schedule", "cron(0 5 */2 * ? *)"),
            put("rules[1].schedule", 1),
            put("rules", []),
        ],
        absent=(without("rules[1].schedule"), Kind.FAIL),
        unknown=(unknown("rules[1].schedule"), Kind.UNKNOWN),
        nested=[
            (put("rules[1].schedule", "cron(0/30 * * * ? *)"), Kind.PASS),
            (put("rules[1].schedule", "cron(0 5 1/1 * ? *)"), Kind.PASS),
            (unknown("rules[0].schedule"), Kind.PASS),
            (unknown("rules"), Kind.UNKNOWN),
            (without("rules"), Kind.FAIL),
        ],
    ),
    Trial(
        rules.plan_kept,
        good=[plan()],
        wrong=[
            put("rules[0].lifecycle.deleteAfter", 34),
            put("rules[1].copyActions[1].lifecycle", {"deleteAfter": 7.0}),
            put("rules[1].lifecycle.coldStorageAfter", 1),
            without("rules[1].copyActions[1].lifecycle"),
            put("rules", []),
        ],
        absent=(without("rules[1].lifecycle"), Kind.FAIL),
        unknown=(unknown("rules[1].lifecycle"), Kind.UNKNOWN),
        nested=[
            (put("rules[0].lifecycle.coldStorageAfter", 275), Kind.PASS),
            (put("rules[0].lifecycle.coldStorageAfter", 276), Kind.FAIL),
            (put("rules[1].lifecycle.coldStorageAfter", 0), Kind.PASS),
            (
                put("rules[1].lifecycle", {"deleteAfter": 34, "coldStorageAfter": UNKNOWN}),
                Kind.FAIL,
            ),
            (unknown("rules[0].lifecycle.coldStorageAfter"), Kind.UNKNOWN),
            (
                all_changes(
                    unknown("rules[0].lifecycle.coldStorageAfter"),
                    put("rules[1].lifecycle.deleteAfter", 34),
                ),
                Kind.FAIL,
            ),
            (
                all_changes(
                    unknown("rules[0].lifecycle"), put("rules[1].lifecycle.deleteAfter", 34)
                ),
                Kind.FAIL,
            ),
            (unknown("rules"), Kind.UNKNOWN),
            (unknown("rules[1].copyActions"), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.plan_copied,
        good=[plan(*VAULTS), vault(), COPY, AWAY],
        wrong=[
            put("rules[1].copyActions", []),
            without("rules[0].copyActions[1]"),
            put("rules[0].copyActions", {"destinationVaultArn": "${vault}"}),
            all_changes(linked({"rules": ()}), put("rules[1].copyActions", [])),
            put("rules", []),
        ],
        absent=(without("rules[1].copyActions"), Kind.FAIL),
        unknown=(unknown("rules[1].copyActions"), Kind.UNKNOWN),
        nested=[
            (unknown("rules[1].copyActions[1].destinationVaultArn"), Kind.PASS),
            (
                all_changes(linked({"rules": VAULTS[:2]}), without("rules[1].copyActions[1]")),
                Kind.PASS,
            ),
            (
                all_changes(unknown("rules[1].copyActions"), put("rules[0].copyActions", [])),
                Kind.FAIL,
            ),
            (unknown("rules"), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.plan_copied_far_away,
        good=FAR,
        wrong=[
            put("region", "eu-west-1", at=2),
            put("allowedAccountIds", '["111111111111"]', at=5),
            linked({"rules": VAULTS[:1]}),
            linked({"rules": VAULTS[:2]}),
            linked({"rules": [VAULTS[0], VAULTS[2]]}),
            linked({"rules": ()}),
        ],
        absent=(without("region", at=2), Kind.FAIL),
        unknown=(unknown("region", at=2), Kind.UNKNOWN),
        nested=[
            (unknown("region", at=3), Kind.PASS),
            (without("allowedAccountIds", at=5), Kind.UNKNOWN),
            (dropped(5), Kind.UNKNOWN),
            (all_changes(without("region", at=4), without("region", at=5)), Kind.UNKNOWN),
            (all_changes(unknown("region", at=2), linked({"rules": VAULTS[:2]})), Kind.FAIL),
            (put("region", "eu-west-1", at=1), Kind.PASS),
        ],
    ),
    Trial(
        rules.vault_locked,
        good=[vault(), LOCK],
        wrong=[
            dropped(1),
            put("minRetentionDays", 34, at=1),
            linked({"backupVaultName": [COPY.key]}, at=1),
        ],
        absent=(without("minRetentionDays", at=1), Kind.FAIL),
        unknown=(unknown("minRetentionDays", at=1), Kind.UNKNOWN),
    ),
    Trial(
        rules.vault_deletion_denied,
        good=[vault(), policy(COPY_IN, DENY)],
        wrong=[
            dropped(1),
            linked({"backupVaultName": [COPY.key]}, at=1),
            put("policy", document(COPY_IN), at=1),
            denying(Effect="Allow"),
            denying(Principal={"AWS": "arn:aws:iam::111111111111:root"}),
            denying(Principal={"AWS": []}),
            *(denying(Action=[left]) for left in rules.REMOVALS),
            denying(Action=[]),
            denying(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            denying(Condition={"ArnNotEquals": {"aws:PrincipalArn": []}}),
            denying(Condition={**SPARED, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        ],
        absent=(without("policy", at=1), Kind.FAIL),
        unknown=(unknown("policy", at=1), Kind.UNKNOWN),
        nested=[
            (denying(Condition=SPARED), Kind.PASS),
            (denying(Action="backup:*"), Kind.PASS),
            (denying(Principal="*"), Kind.PASS),
            (denying(Principal={"AWS": ["arn:aws:iam::1:root", "*"]}), Kind.PASS),
        ],
    ),
    Trial(
        rules.vault_not_public,
        good=[policy(DENY, COPY_IN)],
        wrong=[
            put("policy", document(DENY, {**COPY_IN, "Principal": "*"})),
            put("policy", document({**COPY_IN, "Principal": {"AWS": "*"}}, DENY)),
            put("policy", "no policy"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[(put("policy", document(DENY)), Kind.PASS)],
    ),
]
