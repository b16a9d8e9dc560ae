"""Policy documents: what AWS would refuse in one, and whom one lets do what.

Only the form is judged, not whether an action exists.
"""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.resource import Problem
from sandbox.services.references import listed, statements

VERSIONS = ("2012-10-17", "2008-10-17")
STATEMENT_KEYS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}
IDENTITY, TRUST, RESOURCE = "identity", "trust", "resource"
"""What a document is attached to: to who acts, to a role as its trust, to what is acted upon."""


def document_problems(name: str, text: Any, kind: str = IDENTITY) -> Iterator[Problem]:
    """Yield what AWS would refuse in a document; anything but text is left alone."""
    if not isinstance(text, str):
        return
    try:
        document = json.loads(text)
    except ValueError as error:
        yield name, f"must be a policy document in JSON: {error}"
        return
    if not isinstance(document, Mapping) or not document.get("Statement"):
        yield name, "must be a policy document with at least one statement"
        return
    if document.get("Version", VERSIONS[0]) not in VERSIONS:
        yield name, f"Version must be one of {', '.join(VERSIONS)}"
    ids = []
    for index, statement in enumerate(listed(document["Statement"])):
        at = f"{name}.Statement[{index}]"
        if not isinstance(statement, Mapping):
            yield at, "must be an object"
            continue
        ids.append(statement.get("Sid"))
        yield from _statement_problems(at, statement, kind)
    given = [sid for sid in ids if sid is not None]
    if kind == IDENTITY and len(set(given)) < len(given):
        yield name, "statement ids must be unique"


def _statement_problems(at: str, statement: Mapping[str, Any], kind: str) -> Iterator[Problem]:
    for key in sorted(set(statement) - STATEMENT_KEYS):
        yield at, f"has the unknown key {key}"
    if statement.get("Effect") not in {"Allow", "Deny"}:
        yield at, f"Effect must be Allow or Deny, got {statement.get('Effect')!r}"
    if ("Action" in statement) == ("NotAction" in statement):
        yield at, "needs exactly one of Action, NotAction"
    principal = "Principal" in statement or "NotPrincipal" in statement
    resource = "Resource" in statement or "NotResource" in statement
    if kind == IDENTITY and principal:
        yield at, "must not name a principal"
    if kind != IDENTITY and not principal:
        yield at, "must name a principal"
    if kind == TRUST and resource:
        yield at, "must not name a resource: it is the role's own"
    if kind != TRUST and not resource:
        yield at, "must name a resource"
    sid = statement.get("Sid", "")
    if kind == IDENTITY and not re.fullmatch("[A-Za-z0-9]*", str(sid)):
        yield at, f"Sid must be letters and digits, got {sid!r}"


def principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    """Return the principals of one kind (``AWS``, ``Service``); ``*`` is everybody."""
    given = statement.get("Principal", {})
    return [given] if isinstance(given, str) else [str(p) for p in listed(given.get(kind, []))]


def refuse_unknown_principals(aws: Aws, text: str) -> None:
    """Refuse a document that names a role or user of this account that does not exist."""
    for statement in statements(text):
        for principal in principals(statement, "AWS"):
            found = re.fullmatch(
                rf"arn:aws:iam::{aws.account}:(role|user)/(?:.*/)?([^/]+)", principal
            )
            if found is None:
                continue
            kind, name = found.groups()
            named = {f"{kind.capitalize()}Name": name}
            if aws.find(f"iam.get_{kind}", kind.capitalize(), **named) is None:
                raise SandboxError(
                    f"{principal} does not exist (AWS: MalformedPolicyDocument, invalid principal)"
                )


def allows(statement: Mapping[str, Any], action: str) -> bool:
    """Return whether a statement allows an action, by the actions that it names."""
    named = [str(each).lower() for each in listed(statement.get("Action", []))]
    return statement.get("Effect") == "Allow" and any(
        fnmatchcase(action.lower(), pattern) for pattern in named
    )


def fits(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """Return whether a statement's conditions on these keys hold; others are left alone."""
    for operator, pairs in statement.get("Condition", {}).items():
        for key, patterns in pairs.items():
            value = next((v for k, v in context.items() if k.lower() == key.lower()), None)
            if value is None or not operator.startswith(("Arn", "String")):
                continue
            held = any(fnmatchcase(value, str(pattern)) for pattern in listed(patterns))
            if held == ("Not" in operator):
                return False
    return True
