"""The recorded list of what the roles ask of AWS is what they ask; their policies lint clean."""

import json

from tests.rights import life
from tests.rights.linter import findings
from tests.support.project import Project


def test_a_first_update_asks_for_what_is_recorded_and_nothing_else(
    first_update: set[life.Call],
) -> None:
    recorded = {call for call in life.read() if call.part == life.FIRST}
    anew = "make it anew with `python -m tests.rights.life`"
    assert sorted(map(str, first_update - recorded)) == [], anew
    assert sorted(map(str, recorded - first_update)) == [], anew


def test_the_policies_of_the_programs_roles_lint_clean(held: Project) -> None:
    policies = [
        (stack, each["urn"], each["outputs"]["policy"])
        for stack in life.STACKS
        for each in held.resources(stack)
        if each["type"] == "aws:iam/rolePolicy:RolePolicy"
    ]
    assert len(policies) > len(life.STACKS)
    found = {
        f"{stack} {urn}: {each}"
        for stack, urn, policy in policies
        for each in findings(json.loads(policy))
    }
    assert found == set()
