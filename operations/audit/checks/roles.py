"""Roles and policies: who takes them on, whether anybody does, and how far they reach."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.audit.account import Account
from operations.audit.outcome import Evidence, check, judged
from operations.audit.trust import allows_everything, strangers
from policies.rule import Severity
from policies.rules.identity import BROAD

ROLE = "aws:iam/role:Role"
USER = "aws:iam/user:User"
GROUP = "aws:iam/group:Group"
POLICY = "aws:iam/policy:Policy"
AWS_OWN = ("/aws-service-role/", "/aws-reserved/")
"""Paths of roles that AWS makes and alone may change (IAM User Guide, "Service-linked roles")."""
UNUSED_DAYS = 90


@check(
    "account-roles-trust-known-accounts",
    severity=Severity.CRITICAL,
    why="Somebody outside takes on the role whenever they like, with all that it may do.",
    fix="Take the principal out of the trust policy, or name its account with --known-account.",
    controls=["CKV_AWS_60", "CKV_AWS_61"],
)
def trust_known_accounts(account: Account) -> Iterator[Evidence]:
    """Only AWS's services and known accounts may take on a role."""
    for role in account.roles:
        found = strangers(role["AssumeRolePolicyDocument"], account.known)
        words = f"trusts {', '.join(found)}" if found else "trusts nobody unknown"
        yield judged(_role(role), "assumeRolePolicy", words, well=not found)


@check(
    "account-roles-used",
    severity=Severity.LOW,
    why="Rights that nobody needs wait for somebody who finds them.",
    fix="Delete the role, or wait for its first use and waive it until then.",
)
def roles_used(account: Account) -> Iterator[Evidence]:
    """Every role was used, or made, in the last three months."""
    oldest = datetime.now(UTC) - timedelta(days=UNUSED_DAYS)
    for role in account.roles:
        if role["Path"].startswith(AWS_OWN):
            continue
        used = role.get("RoleLastUsed", {}).get("LastUsedDate")
        moment = max(filter(None, (used, role["CreateDate"])))
        what = "last used" if used else "never used, made"
        yield judged(_role(role), "roleLastUsed", f"{what} {moment:%Y-%m-%d}", well=moment > oldest)


@check(
    "account-policies-not-administrator",
    severity=Severity.HIGH,
    why="Whoever gets hold of it has the whole account.",
    fix="Name actions and resources; keep administrators' rights to a role that is watched.",
    controls=["FSBP IAM.1", "CIS 1.16"],
)
def policies_not_administrator(account: Account) -> Iterator[Evidence]:
    """Nobody is given everything, by a policy of AWS's, of the account's or within a role."""
    for kind, members, name, inline in (
        (ROLE, account.roles, "RoleName", "RolePolicyList"),
        (USER, account.users, "UserName", "UserPolicyList"),
        (GROUP, account.groups, "GroupName", "GroupPolicyList"),
    ):
        for each in members:
            if not each.get("Path", "/").startswith(AWS_OWN):
                yield _reach(f"{kind}::{each[name]}", each, inline)
    for policy in account.policies:
        versions = policy.get("PolicyVersionList", [])
        current = [each["Document"] for each in versions if each["IsDefaultVersion"]]
        name = policy["Arn"].rpartition("/")[2]
        yield _judged(f"{POLICY}::{name}", "policy", map(allows_everything, current))


def _reach(resource: str, each: dict[str, Any], inline: str) -> Evidence:
    attached = [str(policy["PolicyArn"]) for policy in each.get("AttachedManagedPolicies", [])]
    wide = [arn for arn in attached if BROAD.fullmatch(arn)]
    wide += [
        str(policy["PolicyName"])
        for policy in each.get(inline, [])
        if allows_everything(policy["PolicyDocument"])
    ]
    words = f"given everything, or all of a service, by {', '.join(wide)}" if wide else "narrow"
    return judged(resource, "policies", words, well=not wide)


def _judged(resource: str, property_: str, everything: Iterator[bool]) -> Evidence:
    found = any(everything)
    words = "allows everything on everything" if found else "narrow"
    return judged(resource, property_, words, well=not found)


def _role(role: dict[str, Any]) -> str:
    return f"{ROLE}::{role['RoleName']}"
