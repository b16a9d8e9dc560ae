"""The root user, IAM's users, and their passwords and keys."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from operations.audit.account import Account
from operations.audit.outcome import Evidence, check, good, judged, unseen
from operations.aws import AwsRefusedError
from policies.rule import Severity

USER = "aws:iam/user:User"
PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
ROOT = "<root_account>"
"""How the credential report calls the root user."""
LONGEST_DAYS = 90
SHORTEST_PASSWORD, REMEMBERED_PASSWORDS = 14, 24
KEYS = ("access_key_1", "access_key_2")


@check(
    "account-root-without-access-keys",
    severity=Severity.CRITICAL,
    why="A key of the root user can do everything, and no policy holds it back.",
    fix="Sign in as the root user and delete its access keys.",
    controls=["FSBP IAM.4", "CIS 1.4"],
)
def root_without_access_keys(account: Account) -> Iterator[Evidence]:
    """The root user has no access key."""
    number = account.summary.get("AccountAccessKeysPresent")
    if number is None:
        yield unseen(account.itself, "AccountAccessKeysPresent", "IAM does not say")
    else:
        yield judged(account.itself, "AccountAccessKeysPresent", f"{number} keys", well=number == 0)


@check(
    "account-root-with-mfa",
    severity=Severity.CRITICAL,
    why="Whoever learns the root user's password has the account.",
    fix="Switch MFA on for the root user, or take its password away in the organization.",
    controls=["FSBP IAM.9", "CIS 1.5"],
)
def root_with_mfa(account: Account) -> Iterator[Evidence]:
    """The root user signs in with MFA, or has no password."""
    if account.summary.get("AccountPasswordPresent") == 0:
        yield good(account.itself, "AccountPasswordPresent", "the root user has no password")
        return
    enabled = account.summary.get("AccountMFAEnabled")
    if enabled is None:
        yield unseen(account.itself, "AccountMFAEnabled", "IAM does not say")
    else:
        words = "MFA is on" if enabled else "the root user signs in without MFA"
        yield judged(account.itself, "AccountMFAEnabled", words, well=enabled == 1)


@check(
    "account-root-not-used",
    severity=Severity.MEDIUM,
    why="Daily work as the root user has no limits, and nobody can say who it was.",
    fix="Work by roles; keep the root user for what nobody else can do.",
    controls=["CIS 1.7"],
)
def root_not_used(account: Account) -> Iterator[Evidence]:
    """The root user has not been used for three months."""
    rows = [row for row in account.credentials if row["user"] == ROOT]
    if not rows:
        yield unseen(account.itself, "password_last_used", "the credential report has no root user")
    for row in rows:
        days = _age(row.get("password_last_used", ""))
        words = "never used" if days is None else f"last used {days} days ago"
        well = days is None or days > LONGEST_DAYS
        yield judged(account.itself, "password_last_used", words, well=well)


@check(
    "account-without-users",
    severity=Severity.MEDIUM,
    why="A user has keys that do not expire, and that get lost.",
    fix="Let people and programs take on roles, and delete the user.",
    controls=["FSBP IAM.2", "CIS 1.15"],
)
def without_users(account: Account) -> Iterator[Evidence]:
    """There are no IAM users."""
    for user in account.users:
        yield judged(f"{USER}::{user['UserName']}", "arn", "there is a user", well=False)
    if not account.users:
        yield good(account.itself, "users", "none")


@check(
    "account-users-with-mfa",
    severity=Severity.HIGH,
    why="A password alone is guessed, phished or found.",
    fix="Have the user switch MFA on, or take the password away.",
    controls=["FSBP IAM.5", "CIS 1.10"],
)
def users_with_mfa(account: Account) -> Iterator[Evidence]:
    """Whoever signs in with a password has MFA."""
    for row in account.credentials:
        if row["user"] != ROOT and _says(row, "password_enabled"):
            well = _says(row, "mfa_active")
            words = "MFA is on" if well else "a password without MFA"
            yield judged(f"{USER}::{row['user']}", "mfa_active", words, well=well)


@check(
    "account-access-keys-young",
    severity=Severity.HIGH,
    why="The older a key, the more places have a copy of it.",
    fix="Let the program take on a role; until then make a new key and delete the old one.",
    controls=["FSBP IAM.3", "CIS 1.14"],
)
def access_keys_young(account: Account) -> Iterator[Evidence]:
    """No access key is older than three months."""
    for row in account.credentials:
        for key in KEYS:
            if row["user"] != ROOT and _says(row, f"{key}_active"):
                days = _age(row.get(f"{key}_last_rotated", ""))
                words = "of unknown age" if days is None else f"{days} days old"
                well = days is not None and days <= LONGEST_DAYS
                yield judged(f"{USER}::{row['user']}", f"{key}_last_rotated", words, well=well)


@check(
    "account-password-policy-strong",
    severity=Severity.MEDIUM,
    why="Without one a user may choose a short password, or last year's.",
    fix=f"Ask for {SHORTEST_PASSWORD} characters, and for none of the last {REMEMBERED_PASSWORDS}.",
    controls=["FSBP IAM.7", "CIS 1.8", "CIS 1.9"],
)
def password_policy_strong(account: Account) -> Iterator[Evidence]:
    """Passwords are long and new, where there is a user who could have one."""
    if not account.users:
        return
    where = f"{PASSWORDS}::{account.number}"
    for name, least, property_ in (
        ("MinimumPasswordLength", SHORTEST_PASSWORD, "minimumPasswordLength"),
        ("PasswordReusePrevention", REMEMBERED_PASSWORDS, "passwordReusePrevention"),
    ):
        got = _password_policy(account).get(name, 0)
        yield judged(where, property_, f"{got}, wanted at least {least}", well=got >= least)


def _password_policy(account: Account) -> dict[str, Any]:
    try:
        return dict(account.ask("iam", "get_account_password_policy")["PasswordPolicy"])
    except AwsRefusedError as error:
        if error.code != "NoSuchEntity":
            raise
        return {}


def _says(row: dict[str, str], column: str) -> bool:
    return row.get(column) == "true"


def _age(text: str) -> int | None:
    """Return how many days ago a moment of the report was; None where it names none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (datetime.now(UTC) - aware).days
