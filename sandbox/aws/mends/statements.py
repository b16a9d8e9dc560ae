"""What a policy on a resource allows a service, as far as the sandbox's own policies go.

An operator that is not known here makes no statement allow anything, and every ``Deny`` deny.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

Asked = Mapping[str, str]
"""The condition keys of a request, in AWS's own writing."""


def allowed(
    document: Mapping[str, Any], principal: str, action: str, resource: str, asked: Asked
) -> bool:
    """Tell whether a service may do something: one statement allows it, and none denies it."""
    statements = _listed(document.get("Statement", []))
    of_it = [each for each in statements if _concerns(each, principal, action, resource)]
    denied = any(each["Effect"] == "Deny" and _holds(each, asked, unknown=True) for each in of_it)
    return not denied and any(
        each["Effect"] == "Allow" and _holds(each, asked, unknown=False) for each in of_it
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _concerns(statement: Mapping[str, Any], principal: str, action: str, resource: str) -> bool:
    return (
        _names(statement.get("Principal"), principal)
        and any(_fits(action.lower(), str(each).lower()) for each in _listed(statement["Action"]))
        and any(_fits(resource, str(each)) for each in _listed(statement.get("Resource", "*")))
    )


def _names(element: Any, principal: str) -> bool:
    """Tell whether a principal is meant; ``{"AWS": "*"}`` is everybody, services too."""
    if isinstance(element, Mapping):
        return "*" in _listed(element.get("AWS", [])) or any(
            each in ("*", principal) for each in _listed(element.get("Service", []))
        )
    return bool(element == "*")


def _fits(text: str, pattern: str) -> bool:
    return pattern == "*" or text == "*" or fnmatchcase(text, pattern.replace("[", "[[]"))


def _holds(statement: Mapping[str, Any], asked: Asked, *, unknown: bool) -> bool:
    return all(
        _satisfied(operator, key, value, asked, unknown=unknown)
        for operator, keys in statement.get("Condition", {}).items()
        for key, value in keys.items()
    )


def _satisfied(operator: str, key: str, value: Any, asked: Asked, *, unknown: bool) -> bool:
    """Tell whether one condition holds; keys are read in any case, as IAM does."""
    known = {"aws:securetransport": "true", **{name.lower(): asked[name] for name in asked}}
    got = known.get(key.lower())
    if operator in ("StringEquals", "ArnEquals", "StringLike", "ArnLike", "Bool"):
        wanted = [str(each) for each in _listed(value)]
        wanted = [each.lower() for each in wanted] if operator == "Bool" else wanted
        exact = operator in ("StringEquals", "Bool")
        return got is not None and any(
            got == each if exact else _fits(got, each) for each in wanted
        )
    return unknown
