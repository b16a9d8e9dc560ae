"""Trials of the rules for what must not be lost."""

from dataclasses import replace

from policies.graph import Resource
from policies.place import UNKNOWN
from policies.rules import protection as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Change, Stack, Trial, put, unknown, without


def options(**given: object) -> Change:
    """Return the change that gives the first resource other options."""

    def change(stack: Stack) -> Stack:
        return [replace(stack[0], options=given), *stack[1:]]

    return change


TRIALS = [
    Trial(
        rules.protected,
        good=[Resource(rules.BUCKET, "bucket", options={"protect": True, "provider": "primary"})],
        wrong=[options(protect=False), options(protect="true"), options(provider="primary")],
        absent=(options(), Kind.FAIL),
        unknown=(options(protect=UNKNOWN), Kind.UNKNOWN),
        reference=True,
    ),
    Trial(
        rules.kept_with_content,
        good=[Resource(rules.VAULT, "vault", properties={"forceDestroy": False})],
        wrong=[put("forceDestroy", True)],
        absent=(without("forceDestroy"), Kind.PASS),
        unknown=(unknown("forceDestroy"), Kind.UNKNOWN),
        nested=[(put("forceDelete", True), Kind.PASS)],
        reference=True,
    ),
]
