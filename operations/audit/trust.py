"""Whom a policy on a role, a key or a bucket lets in."""

import json
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

Document = Mapping[str, Any]
ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::.*)?", re.DOTALL)
OF_ACCOUNTS = {
    "aws:principalaccount",
    "aws:sourceaccount",
    "aws:sourceowner",
    "kms:calleraccount",
}
OF_ORGANISATION = {"aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid"}
DEMANDING = {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}


def document(text: Any) -> Document:
    """Return a policy; AWS gives some as text and some read already."""
    found = json.loads(text) if isinstance(text, str) else text
    return found if isinstance(found, Mapping) else {}


def statements(policy: Any) -> list[Mapping[str, Any]]:
    """Return what a policy allows."""
    found = listed(document(policy).get("Statement", []))
    return [each for each in found if each.get("Effect") == "Allow"]


def listed(value: Any) -> list[Any]:
    """Return a list; in AWS's documents one thing counts as a list of it."""
    return value if isinstance(value, list) else [value]


def strangers(policy: Any, known: Set[str]) -> list[str]:
    """Return the principals that a policy lets in and that nobody knows."""
    return [
        stranger for statement in statements(policy) for stranger in _strangers(statement, known)
    ]


def account_of(principal: str) -> str:
    """Return the account of an ARN or an id; nothing where it says none."""
    found = ACCOUNT.fullmatch(principal)
    return found.group(1) if found else ""


def _strangers(statement: Mapping[str, Any], known: Set[str]) -> Iterator[str]:
    if "NotPrincipal" in statement:
        yield "NotPrincipal"
    principals = statement.get("Principal", {})
    if not isinstance(principals, Mapping):
        principals = {"AWS": principals}
    for kind, named in principals.items():
        for principal in map(str, listed(named)):
            if not _is_known(kind, principal, statement, known):
                yield principal


def _is_known(kind: str, principal: str, statement: Mapping[str, Any], known: Set[str]) -> bool:
    if kind == "Service":
        return True
    if principal == "*":
        return _is_kept(statement, known)
    if kind == "Federated" and "oidc-provider/" in principal:
        # Whoever the provider knows could come otherwise (IAM User Guide, "Configuring a role for
        # GitHub OIDC identity provider").
        return account_of(principal) in known and _names_subject(statement)
    return account_of(principal) in known


def _is_kept(statement: Mapping[str, Any], known: Set[str]) -> bool:
    """Tell whether a condition keeps everybody to known accounts or an organization."""
    return any(
        bool(values) and (key in OF_ORGANISATION or _all_known(key, values, known))
        for key, values in _conditions(statement)
    )


def _all_known(key: str, values: list[str], known: Set[str]) -> bool:
    return key in OF_ACCOUNTS and {account_of(value) for value in values} <= known


def _names_subject(statement: Mapping[str, Any]) -> bool:
    return any(
        key.endswith(":sub") and values and all(set(value) - set("*?:/") for value in values)
        for key, values in _conditions(statement)
    )


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for operator, keys in statement.get("Condition", {}).items():
        if operator.lower() in DEMANDING:
            for key, values in keys.items():
                yield key.lower(), list(map(str, listed(values)))


def allows_everything(policy: Any) -> bool:
    """Tell whether a policy allows every action on everything."""
    return any(
        "*" in map(str, listed(each.get("Resource", [])))
        and (
            "NotAction" in each
            or any(set(str(action)) <= set("*:") for action in listed(each.get("Action", [])))
        )
        for each in statements(policy)
    )
