"""Mistakes in the files are told before GitHub is asked, one line each."""

import shutil
from pathlib import Path

import pytest
import yaml

from operations.errors import OperationError
from operations.github import files
from tests.settings.workspace import ROOT

MAIN, ENVIRONMENTS, LABELS = files.RULESETS + "/main.json", files.ENVIRONMENTS, files.LABELS


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    return tmp_path


def test_the_committed_files_are_taken() -> None:
    found = files.load(ROOT)
    assert {ruleset.name for ruleset in found.rulesets} == {"main", "tags"}
    assert {ruleset.enforcement for ruleset in found.rulesets} == {"active"}
    assert [each.bypass_actors for each in found.rulesets] == [[], []]


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        (MAIN, '"active"', '"on"', "enforcement: input should be 'active', 'evaluate' or"),
        (MAIN, '"enforcement"', '"enforced"', "enforced: is no key of this file"),
        (MAIN, "~DEFAULT_BRANCH", "main", "conditions.ref_name.include[0]: string should match"),
        (MAIN, '"deletion"', '"non_fast_forward"', "rules: type 'non_fast_forward' stands twice"),
        (MAIN, '"deletion"', '"deleting"', "rules[0]: input tag 'deleting' found using 'type'"),
        (MAIN, '"target": "branch",', "", "target: is missing"),
        (MAIN, '"name": "main"', '"name": "main", "name": "x"', "can't be read: key 'name' stands"),
        (MAIN, ', "integration_id": 15368}', "}", "integration_id: is missing"),
        (MAIN, '"name": "main"', '"name": "tags"', "name 'tags' stands in two files"),
        (MAIN, "{", "", "can't be read: "),
        (ENVIRONMENTS, "waitMinutes: 0", "waitMinutes: 43201", "waitMinutes: input should be less"),
        (ENVIRONMENTS, "branches: [main]", "branches: []", "branches: list should have at least 1"),
        (ENVIRONMENTS, "{team: platform}", "{}", "reviewers[0]: must name a team or a user, one"),
        (ENVIRONMENTS, "[{team: platform}]", "[]", "preventSelfReview needs reviewers"),
        (ENVIRONMENTS, "name: production", "name: staging", "name 'staging' stands twice"),
        (LABELS, "color: b60205", "color: red", "labels[0].color: string should match"),
        (LABELS, "name: delivery", "name: Nightly", "labels: name 'nightly' stands twice"),
    ],
)
def test_a_mistake_is_told_by_file_and_key(
    root: Path, file: str, old: str, new: str, line: str
) -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))

    with pytest.raises(OperationError) as refused:
        files.load(root)
    first = str(refused.value).splitlines()[0]
    assert first.startswith((f"{file}: ", f"{files.RULESETS}: "))
    assert line in str(refused.value)


def test_no_ruleset_at_all_is_refused(root: Path) -> None:
    shutil.rmtree(root / files.RULESETS)
    with pytest.raises(OperationError, match="must hold a ruleset or more, got none"):
        files.load(root)


def test_every_owner_of_a_path_is_of_the_organization() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text().splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    owner = project["config"]["shape"]["default"]["repository"].partition("/")[0]
    assert rules[0][0] == "*"
    for _, *owners in rules:
        assert owners
        assert all(each.startswith(f"@{owner}/") for each in owners)
