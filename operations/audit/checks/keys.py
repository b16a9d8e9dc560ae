"""Keys and secrets: who else may use them, and how old they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from operations.audit.account import Account
from operations.audit.outcome import Evidence, check, judged
from operations.audit.trust import account_of, strangers
from policies.rule import Severity

KEY = "aws:kms/key:Key"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  (a type)
LATE_DAYS = 1
"""By how much a rotation may be late: Secrets Manager rotates within a window of hours."""
LONGEST_DAYS = 92
"""A quarter, which is what ``identity.secrets.rotation`` names."""


@check(
    "account-keys-granted-to-known-accounts",
    severity=Severity.HIGH,
    why="A grant lets somebody decrypt, and no policy shows it.",
    fix="Revoke the grant (kms retire-grant), or name its account with --known-account.",
)
def keys_granted(account: Account) -> Iterator[Evidence]:
    """The grants of a key are those of AWS's services and known accounts."""
    for region, key in _keys(account):
        grants = account.every("kms", "list_grants", "Grants", region, KeyId=key["KeyId"])
        found = [
            str(each.get("GranteePrincipal") or each.get("GranteeServicePrincipal"))
            for each in grants
        ]
        others = [each for each in found if not _is_known(each, account)]
        words = f"granted to {', '.join(others)}" if others else f"{len(found)} grants, all known"
        yield judged(f"{KEY}::{key['KeyId']}", "grants", words, well=not others)


@check(
    "account-keys-trust-known-accounts",
    severity=Severity.HIGH,
    why="Somebody outside can decrypt with it, or switch it off.",
    fix="Take the principal out of the key's policy, or name its account with --known-account.",
)
def keys_trust(account: Account) -> Iterator[Evidence]:
    """A key's policy lets in AWS's services and known accounts only."""
    for region, key in _keys(account):
        answer = account.ask(
            "kms", "get_key_policy", region, KeyId=key["KeyId"], PolicyName="default"
        )
        found = strangers(answer["Policy"], account.known)
        words = f"lets in {', '.join(found)}" if found else "lets in nobody unknown"
        yield judged(f"{KEY}::{key['KeyId']}", "policy", words, well=not found)


@check(
    "account-secrets-rotated",
    severity=Severity.MEDIUM,
    why="A secret that was read once stays of use until it is another one.",
    fix="Rotate it; for those of the application set a new identity.secrets.rotation.",
    controls=["FSBP SecretsManager.1", "FSBP SecretsManager.2", "FSBP SecretsManager.4"],
)
def secrets_rotated(account: Account) -> Iterator[Evidence]:
    """Every secret was changed within its time: its rotation's, or else a quarter."""
    now = datetime.now(UTC)
    for region in account.regions:
        for secret in account.every("secretsmanager", "list_secrets", "SecretList", region):
            moment = secret.get("LastRotatedDate") or secret.get("LastChangedDate")
            days = (now - moment).days if moment else None
            most = _longest(secret)
            words = "never changed" if days is None else f"changed {days} days ago"
            yield judged(
                f"{SECRET}::{secret['Name']}",
                "lastChangedDate",
                f"{words}, wanted within {most}",
                well=days is not None and days <= most,
            )


def _longest(secret: dict[str, Any]) -> int:
    after = secret.get("RotationRules", {}).get("AutomaticallyAfterDays")
    return int(after) + LATE_DAYS if secret.get("RotationEnabled") and after else LONGEST_DAYS


def _keys(account: Account) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the keys that are ours, with their regions; AWS's own nobody can grant."""
    for region in account.regions:
        for each in account.every("kms", "list_keys", "Keys", region):
            told = account.ask("kms", "describe_key", region, KeyId=each["KeyId"])["KeyMetadata"]
            if told["KeyManager"] == "CUSTOMER" and told["KeyState"] != "PendingDeletion":
                yield region, told


def _is_known(principal: str, account: Account) -> bool:
    return principal.endswith(".amazonaws.com") or account_of(principal) in account.known
