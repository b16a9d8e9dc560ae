"""Rules for who may take on a role."""

import re

from policies.documents import (
    allowing,
    is_own,
    kept_to_account,
    names_principals,
    principals,
    services,
)
from policies.graph import Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, where

ROLE = "aws:iam/role:Role"

WHOLE_ACCOUNT = re.compile(r"\d{12}|arn:[^:]*:iam::\d{12}:root")

WITHOUT_SOURCE = ("cloudtrail.amazonaws.com",)
"""Services that do not say for whom they take on a role (AWS CloudTrail User Guide, "Role policy
document for CloudTrail to use CloudWatch Logs for monitoring")."""


@rule(
    "iam-role-trusts-named-principals",
    ROLE,
    severity=Severity.HIGH,
    why="Where everybody or a whole account is trusted, the role's rights are anybody's.",
    fix="Name a service or a role under Principal of assumeRolePolicy.",
    controls=["CKV_AWS_60", "CKV_AWS_61"],
)
def trusts_named_principals(role: Resource, _: Graph) -> Verdict:
    """A role is taken on by services and roles that are named, never by a whole account."""
    return allowing(
        role["assumeRolePolicy"],
        lambda statement: all_of(
            names_principals(statement), every(principals(statement), _is_no_account)
        ),
    )


def _is_no_account(principal: Place) -> Verdict:
    if is_own(principal):
        return PASS
    return principal.satisfies(
        lambda value: isinstance(value, str) and WHOLE_ACCOUNT.fullmatch(value) is None,
        "must not be a whole account",
    )


@rule(
    "iam-role-trusts-services-for-own-account",
    ROLE,
    severity=Severity.MEDIUM,
    why="A service acts for everybody: a stranger could have it take on the role for them.",
    fix="Ask for aws:SourceAccount or aws:SourceArn in assumeRolePolicy.",
)
def trusts_services_for_own_account(role: Resource, _: Graph) -> Verdict:
    """A service takes on a role only for a named account, where it says for whom it acts."""
    return allowing(role["assumeRolePolicy"], _for_account)


def _for_account(statement: Place) -> Verdict:
    asked = some(
        services(statement),
        lambda service: service.satisfies(
            lambda name: name not in WITHOUT_SOURCE, "must be a service that says so"
        ),
    )
    return where(asked, kept_to_account(statement, "aws:SourceAccount", "aws:SourceArn"))
