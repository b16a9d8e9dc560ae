"""The schemas refuse what the settings refuse, except what JSON Schema has no words for."""

from typing import Any

import pytest

from tests.settings import (
    test_identity,
    test_keys,
    test_names,
    test_plain,
    test_postgres,
    test_scale,
    test_shape,
    test_stacks,
)
from tests.settings.schemas import underlined
from tests.settings.workspace import Workspace

MODULES: list[Any] = [
    test_identity,
    test_keys,
    test_names,
    test_postgres,
    test_scale,
    test_shape,
    test_stacks,
]

BETWEEN_KEYS = (
    "in order",
    "must be above",
    "must be at least a tenth more",
    "must be empty unless",
    "must be given with a source",
    "must be less than intervalSeconds",
    "must be unique",
    "must differ from",
    "must lie inside",
    "must name a variable that is perEnvironment",
    "must name one source",
    "must be empty where sharedWith",
    "must be more than the 7 days",
    "must not be above",
    "must not be below min",
    "must not be the application's",
    "must not overlap maintenanceWindow",
    "that may be set on RDS, got 'transaction_timeout'",
)
BETWEEN_FILES = (
    "does not stand in shape.variables",
    "is missing; shape.variables asks for it",
    "is not marked perEnvironment",
    "must be 1 or the number of zones",
    "must be Pulumi.production.yaml's",
    "must be a key in eu-west-1",
    "must be a key of Pulumi.production.yaml's",
    "must be an address like",
    "must be another account than its own",
    "must be another than the new database",
    "must be empty outside production",
    "must be empty unless Pulumi.production.yaml",
    "must be false outside production",
    "must be no environment's account",
    "must be the stack's name",
    "must begin with arn:aws:rds",
    "must come from the repository",
    "must be at most the number of zones",
    "must be shorter: with its path in shape.dependencies",
    "must have a port between",
    "must have room for",
    "must have the zones of",
    "must leave room for a release",
    "must neither be nor hold nor lie inside",
    "must not be less than production's",
    "must not be more than production's",
    "must not be open to the world",
    "must not overlap Pulumi.production.yaml's",
)
BEYOND_PATTERNS = (
    "did you mean 10.20.0.0/16?",  # bits of the host
    "must last at least",
    "got '2026-02-30T00:00:00Z'",
    "got 'Europe/Dublim'",  # the zones are those of the machine
    r"got 'a\n'",  # $ comes before a last line break in Python, not in an editor
)
UNSPEAKABLE = (*BETWEEN_KEYS, *BETWEEN_FILES, *BEYOND_PATTERNS)


def _cases() -> list[tuple[dict[str, Any], str]]:
    cases: list[tuple[dict[str, Any], str]] = []
    for module in MODULES:
        for case in (*module.REFUSED, *getattr(module, "TOGETHER", [])):
            *change, told = case
            changes = {change[0]: change[1]} if len(change) > 1 else change[0]
            cases.append((changes, told if isinstance(told, str) else "\n".join(told)))
    return cases


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return what is told of each refused case that the schemas let pass."""
    found = []
    for changes, told in _cases():
        workspace = Workspace(tmp_path_factory.mktemp("settings"))
        for key, value in changes.items():
            workspace.put(key, value)
        if not underlined(workspace):
            found.append(told)
    return found


@pytest.mark.slow
def test_what_is_refused_is_underlined_unless_there_are_no_words_for_it(unseen: list[str]) -> None:
    assert len(_cases()) > 200
    assert [told for told in unseen if not any(each in told for each in UNSPEAKABLE)] == []


@pytest.mark.slow
def test_nothing_is_called_unspeakable_that_is_underlined(unseen: list[str]) -> None:
    assert [each for each in UNSPEAKABLE if not any(each in told for told in unseen)] == []


def test_committed_settings_are_not_underlined(workspace: Workspace) -> None:
    assert underlined(workspace) == []


@pytest.mark.parametrize(("what", "value"), test_plain.CASES)
def test_secrets_in_plain_text_are_underlined(workspace: Workspace, what: str, value: str) -> None:
    workspace.put("shape.variables[7].value", value)

    assert len(underlined(workspace)) == 1, what


@pytest.mark.parametrize("value", ["cron(60 4 * * ? *)", "cron(0 24 * * ? *)", "rate(1 day)"])
def test_schedules_are_underlined(workspace: Workspace, value: str) -> None:
    workspace.put("shape.jobs[0].schedule", value)

    assert underlined(workspace)


@pytest.mark.parametrize(
    "value", ["cron(0/15 8-17 ? * MON-FRI *)", "cron(*/5 0,6,23 15W JAN,jul ? *)"]
)
def test_schedules_that_are_taken_are_not_underlined(workspace: Workspace, value: str) -> None:
    workspace.put("shape.jobs[0].schedule", value)

    assert workspace.lines() == []
    assert underlined(workspace) == []
