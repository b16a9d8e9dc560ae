"""AWS is told to trust exactly the jobs that need a role, by the subject that GitHub gives them."""

import json
from typing import Any

import pytest

from operations.command import main
from tests.operations.github.server import GitHub
from tests.settings.workspace import ROOT

pytestmark = pytest.mark.slow
PREFIX = "repo:example@123456/storefront-infrastructure@456789"


@pytest.mark.usefixtures("github")
def test_a_deployers_subject_is_its_stacks_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["github", "subjects", "--json", "--root", str(ROOT)]) == 0
    found = json.loads(capsys.readouterr().out)["subjects"]
    assert [(each["role"], each["stack"], each["subject"]) for each in found] == [
        ("preview", "any", f"{PREFIX}:pull_request"),
        ("preview", "any", f"{PREFIX}:ref:refs/heads/main"),
        ("deployer", "staging", f"{PREFIX}:environment:staging"),
        ("deployer", "production", f"{PREFIX}:environment:production"),
    ]


def test_a_repository_of_names_alone_is_told_as_it_is(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    github.subject["sub_claim_prefix"] = "repo:example/storefront-infrastructure"
    assert main(["github", "subjects", "--root", str(ROOT)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["role", "stack", "subject"]
    assert lines[1].split()[2] == "repo:example/storefront-infrastructure:pull_request"


@pytest.mark.parametrize(
    "told",
    [
        {"use_default": False, "include_claim_keys": ["repo"], "sub_claim_prefix": PREFIX},
        {"use_default": True},
        {"use_default": True, "sub_claim_prefix": "repo:*"},
    ],
)
def test_subjects_of_another_form_are_refused(
    github: GitHub, told: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    github.subject = told
    assert main(["github", "subjects", "--root", str(ROOT)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
