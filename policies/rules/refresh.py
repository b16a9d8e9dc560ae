"""Rules for what leaves an account, and for backups that have been proved."""

import re

from policies.documents import allowing, grants, resources
from policies.graph import Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import Verdict, all_of, fail, needed, where

POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
PLAN = "aws:backup/plan:Plan"
TESTS = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
TESTED = "aws:backup/restoreTestingSelection:RestoreTestingSelection"

SHARING = ("rds:ModifyDBSnapshotAttribute", "rds:ModifyDBClusterSnapshotAttribute")
SANITISED = re.compile(r"arn:[^:]*:rds:[^:]*:[^:]*:(cluster-)?snapshot:sanitised-.+", re.DOTALL)


@rule(
    "iam-policy-shares-sanitised-snapshots",
    POLICY,
    ROLE_POLICY,
    severity=Severity.HIGH,
    why="Who may share any snapshot gives everybody's data to another account in one request.",
    fix="Name snapshots that begin with sanitised- as the resource of ModifyDBSnapshotAttribute.",
)
def shares_sanitised_snapshots(policy: Resource, _: Graph) -> Verdict:
    """A policy that lets share snapshots names sanitised ones alone."""
    return allowing(
        policy["policy"],
        lambda statement: where(grants(statement, *SHARING), _sanitised(statement)),
    )


def _sanitised(statement: Place) -> Verdict:
    wanted = "must be sanitised snapshots"
    named = every(
        resources(statement),
        lambda each: each.satisfies(
            lambda arn: isinstance(arn, str) and SANITISED.fullmatch(arn) is not None, wanted
        ),
    )
    return all_of(statement["Resource"].given(), named)


@rule(
    "backup-plan-restores-tested",
    PLAN,
    severity=Severity.MEDIUM,
    why="A backup that was never restored may hold nothing that can be.",
    fix="Add a RestoreTestingPlan and a RestoreTestingSelection with a window for validation.",
    controls=["WA REL09-BP04"],
)
def restores_tested(_: Resource, graph: Graph) -> Verdict:
    """Restores are tried on a schedule, and there is time to look into what was restored."""
    tests = [
        selection
        for selection in graph.of(TESTED)
        if graph.linked(selection, "restoreTestingPlanName", TESTS)
    ]
    if not tests:
        return fail("", "needs a restore testing plan with a selection")
    found = some(tests, lambda each: each["validationWindowHours"].at_least(1))
    return needed(found, "", "needs a selection with validationWindowHours")
