"""Trials of the rule for the most that a role can do."""

from policies.graph import Resource
from policies.rules import boundary as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, added, all_changes, linked, put, unknown, without

BOUNDARY = "arn:aws:iam::222222222222:policy/boundary"
OWN_POLICY = Resource(rules.POLICY, "own")

OF_THE_STACK = all_changes(added(OWN_POLICY), linked({"permissionsBoundary": [OWN_POLICY.key]}))

TRIALS = [
    Trial(
        rules.within_boundary,
        good=[Resource(rules.ROLE, "role", properties={"permissionsBoundary": BOUNDARY})],
        wrong=[
            put("permissionsBoundary", ""),
            put("permissionsBoundary", "boundary"),
            put("permissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess"),
            put("permissionsBoundary", "arn:aws:iam::222222222222:role/boundary"),
            put("permissionsBoundary", "arn:aws:iam::222222222222:policy/"),
            put("permissionsBoundary", [BOUNDARY]),
            OF_THE_STACK,
            all_changes(unknown("permissionsBoundary"), OF_THE_STACK),
        ],
        absent=(without("permissionsBoundary"), Kind.FAIL),
        unknown=(unknown("permissionsBoundary"), Kind.UNKNOWN),
        nested=[
            (all_changes(added(OWN_POLICY), linked({"name": [OWN_POLICY.key]})), Kind.PASS),
            (put("permissionsBoundary", "arn:aws-cn:iam::222222222222:policy/a/b"), Kind.PASS),
        ],
    ),
]
