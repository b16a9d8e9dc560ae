"""The rule for the most that a role can do."""

import re

from policies.graph import Graph, Resource
from policies.rule import Severity, rule
from policies.verdict import Verdict, fail

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"

OF_AN_ACCOUNT = re.compile(r"arn:[^:]*:iam::\d{12}:policy/.+")


@rule(
    "iam-role-within-boundary",
    ROLE,
    severity=Severity.HIGH,
    why="Whoever may change the program could give a role, and so themselves, every right.",
    fix="Set permissionsBoundary to a policy that is made before the program and out of its reach.",
)
def within_boundary(role: Resource, graph: Graph) -> Verdict:
    """A role carries a boundary that no update of the stack can change."""
    boundary = role["permissionsBoundary"]
    if graph.linked(role, "permissionsBoundary", POLICY):
        return fail(boundary.path, "must not be a policy of this stack")
    return boundary.satisfies(
        lambda value: isinstance(value, str) and OF_AN_ACCOUNT.fullmatch(value) is not None,
        "must be a policy of the account, none of AWS's own",
    )
