"""IAM policy documents: who may do what to which resource, under which condition.

A document is JSON text. In a recorded graph it is known, with references in place of what other
resources will say; at a preview it may not be known, and then no statement is.
"""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from policies.place import Place, every, one_of, some
from policies.verdict import (
    PASS,
    Kind,
    Verdict,
    all_of,
    any_of,
    fail,
    opposite,
    wanting,
    where,
)

OWN_ARN = re.compile(r"\$\{[^{}]+::[^{}]+\.arn(WithoutRevision)?\}")
"""Another resource's ARN in a recorded graph: not known, but never a pattern."""

ACCOUNT = re.compile(r"\d{12}|arn:[^:]*:[^:]*:[^:]*:\d{12}:.+", re.DOTALL)
"""An account's id, or an ARN that says in which account; the rest of it may be a pattern."""

# With any other operator, a request that lacks the key may pass (IAM User Guide, "IAM JSON policy
# elements: Condition operators").
DEMANDING = ("ArnEquals", "ArnLike", "Bool", "StringEquals", "StringEqualsIgnoreCase", "StringLike")


def statements(policy: Place) -> list[Place]:
    """Return the statements of a policy; a single one, unknown, where it is not known."""
    return policy.document()["Statement"].items()


def allowing(policy: Place, check: Callable[[Place], Verdict]) -> Verdict:
    """Hold a check against each statement that allows something; text that is no policy fails."""
    given = policy.document()["Statement"].given()
    return all_of(given, every(statements(policy), lambda each: _unless_denied(each, check)))


def is_own(arn: Place) -> bool:
    """Tell whether something is the ARN of another resource of the environment, and all of it."""
    return OWN_ARN.fullmatch(arn.text) is not None


def values(element: Place) -> list[Place]:
    """Return the values of an element; one alone may be another resource's ARN, still to come."""
    return [element] if is_own(element) else element.items()


def principals(statement: Place) -> list[Place]:
    """Return every principal of a statement, of whichever kind."""
    found = statement["Principal"]
    if not isinstance(found.value, dict):
        return values(found)
    return [each for kind in found.names() for each in values(found[kind])]


def services(statement: Place) -> list[Place]:
    """Return the AWS services among the principals of a statement."""
    return values(statement["Principal"]["Service"])


def actions(statement: Place) -> list[Place]:
    """Return the actions of a statement."""
    return values(statement["Action"])


def resources(statement: Place) -> list[Place]:
    """Return the resources of a statement."""
    return values(statement["Resource"])


def conditions(statement: Place, *keys: str) -> list[Place]:
    """Return what a statement demands of these condition keys, one place for each that it names.

    A key may end in ``*``. IAM reads keys in any case.
    """
    asked = statement["Condition"]
    if not asked.is_known:
        return [asked]
    operators = [asked[name] for name in asked.names() if name in DEMANDING]
    return [found for operator in operators for found in _of_keys(operator, keys)]


def denies_everybody(statement: Place, *wanted: str) -> Verdict:
    """Pass where a statement denies everybody one of these actions, as they are written."""
    path = statement["Action"].path
    return all_of(
        statement["Effect"].is_("Deny"),
        one_of(principals(statement), lambda each: each.is_("*"), path, "must be everybody's"),
        one_of(actions(statement), lambda each: each.is_one_of(wanted), path, "must be denied"),
    )


def grants(statement: Place, *wanted: str) -> Verdict:
    """Pass where a statement's actions hold one of these, by name or by pattern.

    ``NotAction`` holds whatever it does not name.
    """
    return any_of(*(_grants(statement, action) for action in wanted))


def names_one(arn: Place, wanted: str) -> Verdict:
    """Pass where an ARN or a name is that of one thing, without a wildcard."""
    if is_own(arn):
        return PASS
    return arn.satisfies(
        lambda value: isinstance(value, str) and value != "" and not set(value) & set("*?"), wanted
    )


def names_some(arn: Place, wanted: str) -> Verdict:
    """Pass where an ARN says something of the resource: not ``*``, nor ``arn:aws:s3:::*``."""
    if OWN_ARN.match(arn.text):
        return PASS
    return arn.satisfies(
        lambda value: isinstance(value, str) and not set(value.split(":", 5)[-1]) <= set("*?/:"),
        wanted,
    )


def names_principals(statement: Place) -> Verdict:
    """Pass where a statement says who, and never everybody; ``NotPrincipal`` says who not."""
    wanted = "must name a principal, without a wildcard"
    named = every(principals(statement), lambda each: names_one(each, wanted))
    return all_of(statement["Principal"].given(), named)


def kept_to_account(statement: Place, *keys: str) -> Verdict:
    """Pass where at least one of these condition keys must hold an account that is named."""
    wanted = f"must ask for the account by {' or '.join(keys)}"
    found = some(conditions(statement, *keys), lambda key: every(values(key), _names_account))
    path = statement["Condition"].path
    return fail(path, wanted) if found.kind is Kind.NOT_APPLICABLE else wanting(found, path, wanted)


def _names_account(value: Place) -> Verdict:
    if is_own(value):
        return PASS
    return value.satisfies(
        lambda text: isinstance(text, str) and ACCOUNT.fullmatch(text) is not None,
        "must name an account",
    )


def _of_keys(operator: Place, keys: tuple[str, ...]) -> list[Place]:
    if not operator.is_known:
        return [operator]
    return [operator[name] for name in operator.names() if any(_fits(name, key) for key in keys)]


def _grants(statement: Place, action: str) -> Verdict:
    listed = some(actions(statement), lambda each: _covers(each, action))
    others = statement["NotAction"]
    excepted = some(others.items(), lambda each: _covers(each, action))
    return any_of(listed, opposite(excepted, others.path, f"must not name {action}"))


def _covers(pattern: Place, action: str) -> Verdict:
    return pattern.satisfies(
        lambda value: isinstance(value, str) and _fits(action, value), f"must be {action}"
    )


def _fits(name: str, pattern: str) -> bool:
    """Tell whether a name fits a pattern as IAM has them: ``*`` and ``?``, in any case."""
    return fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _unless_denied(statement: Place, check: Callable[[Place], Verdict]) -> Verdict:
    effect = statement["Effect"]
    return where(opposite(effect.is_("Deny"), effect.path, "must be Allow"), check(statement))
