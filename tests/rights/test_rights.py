"""What the roles of ``bootstrap/`` may do is what the program does, no less and no more."""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.blueprint.environments import STACKS, settings_of
from tests.rights.actions import EXCEPTIONS, actions_of
from tests.rights.life import read
from tests.support.templates import listed, statements
from tests.test_bootstrap import parameters, template

DECLARED: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("declared.yaml").read_text()
)
TEMPLATES = ("deployer", "archive", "parent-zone")
READS = ("Describe", "Get", "List")
RELEASED = {"DeletesArchive": "yes", "EmptiesBuckets": "yes"}
"""The recorded life ends with both environments released from protection and destroyed."""


def role_arn(name: str, stack: str) -> str:
    identity = settings_of(stack).identity
    account, role = {
        "deployer": (identity.account, identity.deployer_role),
        "archive": (identity.archive_account, identity.archive_role),
        "parent-zone": (identity.dns.parent_account, identity.dns.delegation_role),
    }[name]
    return f"arn:aws:iam::{account}:role/{role}"


def of_the_sandbox() -> set[str]:
    return {request for entry in DECLARED["ofTheSandbox"] for request in entry["requests"]}


@cache
def called(name: str, stack: str) -> frozenset[str]:
    """Return the actions that a stack's role has asked for."""
    arn = role_arn(name, stack)
    requests = {call.request for call in read() if call.role == arn} - of_the_sandbox()
    return frozenset(action for request in requests for action in actions_of(request))


@cache
def allowed(name: str, stack: str) -> frozenset[str]:
    """Return what a stack's role may do, patterns as they are written."""
    given = {**parameters(stack), **RELEASED}
    return frozenset(
        action
        for statement in statements(template(name), given)
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    )


def declared(name: str) -> list[str]:
    return [action for entry in DECLARED[name] for action in entry["actions"]]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_role_may_do_all_that_the_program_does_with_it(name: str, stack: str) -> None:
    assert called(name, stack)
    assert [
        action
        for action in sorted(called(name, stack))
        if not any(fnmatchcase(action, pattern) for pattern in allowed(name, stack))
    ] == []


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_what_the_program_does_is_not_denied_everywhere(name: str, stack: str) -> None:
    given = {**parameters(stack), **RELEASED}
    never = [
        pattern
        for statement in statements(template(name), given)
        if statement["Effect"] == "Deny"
        and statement["Resource"] == "*"
        and "Condition" not in statement
        for pattern in listed(statement["Action"])
    ]
    assert [
        action
        for action in sorted(called(name, stack))
        if any(fnmatchcase(action, pattern) for pattern in never)
    ] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_role_may_do_and_does_not_is_declared_with_a_reason(name: str) -> None:
    done = called(name, "production") | called(name, "staging")
    may = allowed(name, "production") | allowed(name, "staging")
    unused = {p for p in may if not any(fnmatchcase(action, p) for action in done)}
    given = declared(name)
    assert sorted(unused - set(given)) == [], "not declared"
    assert sorted(set(given) - unused) == [], "declared, and called or not allowed at all"
    assert len(given) == len(set(given)), "declared twice"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_role_is_given_patterns_only_of_what_reads(name: str) -> None:
    patterns = {
        action for stack in STACKS for action in allowed(name, stack) if set(action) & set("*?")
    }
    verbs = {f"{verb}*" for verb in READS}
    assert [each for each in sorted(patterns) if each.partition(":")[2] not in verbs] == []


def test_every_entry_says_why() -> None:
    for entries in DECLARED.values():
        for entry in entries:
            assert entry["why"].endswith("."), entry
    asked = {call.request for call in read()}
    assert sorted(of_the_sandbox() - asked) == [], "the sandbox asks no such thing"


def test_requests_have_the_names_that_iam_gives_their_actions() -> None:
    assert actions_of("rds.create_db_instance") == ("rds:CreateDBInstance",)
    assert actions_of("elbv2.create_rule") == ("elasticloadbalancing:CreateRule",)
    assert actions_of("stepfunctions.create_state_machine") == ("states:CreateStateMachine",)
    assert actions_of("cloudwatch.put_metric_alarm") == ("cloudwatch:PutMetricAlarm",)
    assert actions_of("s3.head_bucket") == ("s3:ListBucket",)
    with pytest.raises(KeyError):
        actions_of("rds.invent_db_instance")


def test_no_exception_is_one_in_name_only() -> None:
    for request, actions in EXCEPTIONS.items():
        service, _, method = request.partition(".")
        usual = f"{service}:{''.join(word.capitalize() for word in method.split('_'))}"
        assert actions != (usual,), request
