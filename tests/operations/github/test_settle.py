"""The repository is brought to what the files say, and whatever differs from them is told."""

import copy
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from operations.command import main
from operations.github import files
from tests.operations.github.server import TOKEN, GitHub, RefusedError
from tests.settings.workspace import ROOT

pytestmark = pytest.mark.slow


def run(*words: str) -> int:
    return main(["github", *words, "--root", str(ROOT)])


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture(name="settled")
def _settled(github: GitHub, capsys: pytest.CaptureFixture[str]) -> GitHub:
    assert run("apply", "--yes") == 0
    capsys.readouterr()
    github.asked.clear()
    return github


def test_an_empty_repository_gets_everything_and_a_second_run_changes_nothing(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check") == 1
    assert run("apply", "--yes") == 0
    wanted = files.load(ROOT)
    assert sorted(each["name"] for each in github.rulesets.values()) == ["main", "tags"]
    assert set(github.environments) == {each.name for each in wanted.environments}
    assert [each["name"] for each in github.branches["production"]] == ["main"]
    assert set(github.labels) == {label.name for label in wanted.labels}
    capsys.readouterr()
    github.asked.clear()

    assert run("apply", "--yes") == 0
    assert run("check") == 0
    assert github.asked == []
    assert "the repository is as the files say" in capsys.readouterr().out


def test_production_waits_for_another_person_of_the_team(settled: GitHub) -> None:
    rules = {rule["type"]: rule for rule in settled.environments["production"]["protection_rules"]}
    review = rules["required_reviewers"]
    assert review["prevent_self_review"] is True
    assert [each["reviewer"]["slug"] for each in review["reviewers"]] == ["platform"]
    assert settled.environments["production"]["can_admins_bypass"] is False


def test_a_diff_changes_nothing_and_a_dry_run_neither(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("diff", "--json") == 0
    diff = told(capsys)
    assert run("apply", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == diff
    assert diff["settled"] is False
    assert {each["action"] for each in diff["changes"]} == {"create"}
    assert github.asked == []


def _ruleset(github: GitHub) -> dict[str, Any]:
    return next(each for each in github.rulesets.values() if each["name"] == "main")


def _parameters(github: GitHub, type_: str) -> dict[str, Any]:
    rules = _ruleset(github)["rules"]
    parameters: dict[str, Any] = next(r for r in rules if r["type"] == type_)["parameters"]
    return parameters


def _drop_rule(github: GitHub) -> None:
    _ruleset(github)["rules"] = [
        rule for rule in _ruleset(github)["rules"] if rule["type"] != "non_fast_forward"
    ]


def _rules(github: GitHub, name: str) -> dict[str, dict[str, Any]]:
    return {rule["type"]: rule for rule in github.environments[name]["protection_rules"]}


DRIFTS: dict[str, tuple[Callable[[GitHub], object], str]] = {
    "off": (lambda g: _ruleset(g).update(enforcement="disabled"), "enforcement"),
    "bypass": (
        lambda g: _ruleset(g)["bypass_actors"].append(
            {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
        ),
        "bypass_actors",
    ),
    "elsewhere": (
        lambda g: _ruleset(g)["conditions"]["ref_name"].update(include=["refs/heads/other"]),
        "conditions.ref_name.include",
    ),
    "excluded": (
        lambda g: _ruleset(g)["conditions"]["ref_name"].update(exclude=["refs/heads/main"]),
        "conditions.ref_name.exclude",
    ),
    "reviews": (
        lambda g: _parameters(g, "pull_request").update(required_approving_review_count=0),
        "rules.pull_request.required_approving_review_count",
    ),
    "owners": (
        lambda g: _parameters(g, "pull_request").update(require_code_owner_review=False),
        "rules.pull_request.require_code_owner_review",
    ),
    "a check less": (
        lambda g: _parameters(g, "required_status_checks")["required_status_checks"].pop(),
        "rules.required_status_checks.required_status_checks",
    ),
    "a check by anyone": (
        lambda g: _parameters(g, "required_status_checks")["required_status_checks"][0].pop(
            "integration_id"
        ),
        "rules.required_status_checks.required_status_checks",
    ),
    "a rule less": (_drop_rule, "rules.non_fast_forward"),
    "a rule more": (
        lambda g: _ruleset(g)["rules"].append({"type": "creation"}),
        "rules.creation",
    ),
    "no reviewer": (
        lambda g: g.environments["production"].update(protection_rules=[]),
        "reviewers",
    ),
    "another reviewer": (
        lambda g: _rules(g, "production")["required_reviewers"]["reviewers"].append(
            {"type": "User", "reviewer": {"id": 72, "login": "octo"}}
        ),
        "reviewers",
    ),
    "self review": (
        lambda g: _rules(g, "production")["required_reviewers"].update(prevent_self_review=False),
        "prevent_self_review",
    ),
    "administrators": (
        lambda g: g.environments["production"].update(can_admins_bypass=True),
        "can_admins_bypass",
    ),
    "another branch": (
        lambda g: g.branches["staging"].append({"id": 900, "name": "*", "type": "branch"}),
        "branches",
    ),
    "a tag of that name": (
        lambda g: g.branches["staging"][0].update(type="tag"),
        "branches",
    ),
    "every branch": (
        lambda g: g.environments["staging"].update(deployment_branch_policy=None),
        "deployment_branch_policy",
    ),
    "waits": (
        lambda g: g.environments["staging"]["protection_rules"].append(
            {"id": 1, "type": "wait_timer", "wait_timer": 30}
        ),
        "wait_timer",
    ),
    "colour": (lambda g: g.labels["nightly"].update(color="000000"), "color"),
    "description": (lambda g: g.labels["nightly"].update(description=None), "description"),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_whatever_differs_is_told_and_mended(
    settled: GitHub, drift: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.deepcopy([settled.rulesets, settled.labels])
    change, path = DRIFTS[drift]
    change(settled)

    assert run("check", "--json") == 1
    (found,) = told(capsys)["changes"]
    assert path in [each["path"] for each in found["differences"]]
    assert found["action"] == "change"
    assert run("apply", "--yes") == 0
    assert run("check") == 0
    assert [settled.rulesets, settled.labels] == before


def test_what_no_file_has_is_told_and_stays(
    settled: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    main_ruleset = _ruleset(settled)
    settled.rulesets[500] = {**main_ruleset, "id": 500, "name": "theirs"}
    settled.environments["old"] = {"name": "old", "protection_rules": []}
    settled.labels["bug"] = {"name": "bug", "color": "ff0000", "description": ""}

    assert run("apply", "--yes", "--json") == 0
    assert told(capsys)["foreign"] == ["ruleset theirs", "environment old", "label bug"]
    assert settled.asked == []


def test_only_prune_deletes_and_never_an_environment(
    settled: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    settled.rulesets[500] = {**_ruleset(settled), "id": 500, "name": "theirs"}
    settled.environments["old"] = {"name": "old", "protection_rules": []}
    settled.labels["good first issue"] = {"name": "good first issue", "color": "ff0000",
                                          "description": ""}  # fmt: skip

    assert run("check", "--prune", "--json") == 1
    assert told(capsys)["foreign"] == ["environment old"]
    assert run("apply", "--prune", "--yes") == 0
    assert settled.asked == ["DELETE /rulesets/500", "DELETE /labels/good%20first%20issue"]
    assert "old" in settled.environments


def test_an_organizations_ruleset_of_the_same_name_is_not_taken_for_ours(github: GitHub) -> None:
    assert run("apply", "--yes") == 0
    assert "POST /rulesets" in github.asked
    assert not [each for each in github.asked if "999" in each]


def test_more_than_a_page_is_read(settled: GitHub) -> None:
    for number in range(150):
        settled.labels[f"a{number}"] = {"name": f"a{number}", "color": "ff0000", "description": ""}
    settled.labels = dict(sorted(settled.labels.items()))

    assert run("check") == 0


def test_a_label_differs_by_case_alone_and_is_renamed(settled: GitHub) -> None:
    settled.labels["nightly"]["name"] = "Nightly"

    assert run("apply", "--yes") == 0
    assert settled.asked == ["PATCH /labels/Nightly"]
    assert settled.labels["nightly"]["name"] == "nightly"


def test_a_token_that_is_not_shown_who_may_bypass_is_no_proof(
    settled: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    del _ruleset(settled)["bypass_actors"]

    assert run("check") == 1
    assert "bypass_actors: (not shown to this token) -> []" in capsys.readouterr().out


def test_what_github_does_not_take_over_fails_in_the_end(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    github.ignores_bypass = True

    assert run("apply", "--yes") == 1
    assert "still not as wanted: environment production" in capsys.readouterr().out


def test_one_refusal_does_not_keep_the_rest_from_being_done(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [{"resource": "Ruleset", "field": "rules", "code": "invalid", "message": "no plan"}]
    github.refuse = lambda method, path: (
        RefusedError(422, "Validation Failed", errors)
        if method == "POST" and path.endswith("/rulesets")
        else None
    )

    assert run("apply", "--yes") == 1
    said = capsys.readouterr()
    assert (
        "ruleset main: GitHub: POST /repos/example/storefront-infrastructure/rulesets: 422: "
        "Validation Failed; Ruleset rules invalid no plan\n" in said.err
    )
    assert set(github.environments) == {"staging", "production", "data-review"}


def test_an_answer_that_is_an_error_fails_though_it_was_done(
    settled: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    label = settled.labels.pop("nightly")

    def done_and_lost(method: str, path: str) -> RefusedError | None:
        if method == "POST" and path.endswith("/labels"):
            settled.labels["nightly"] = label
            return RefusedError(502, "Bad Gateway")
        return None

    settled.refuse = done_and_lost
    assert run("apply", "--yes") == 1
    assert "label nightly: GitHub: POST" in capsys.readouterr().err


def test_a_reviewer_that_does_not_exist_is_named(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    github.teams.clear()

    assert run("apply", "--yes") == 1
    assert "environment production: GitHub: GET /orgs/example/teams/platform: 404" in (
        capsys.readouterr().err
    )
    assert "production" not in github.environments


@pytest.mark.parametrize(
    ("owners", "line"),
    [
        (
            [{"path": "CODEOWNERS", "line": 3, "kind": "Unknown owner"}],
            "CODEOWNERS:3: Unknown owner",
        ),
        (None, "there is none on the default branch"),
    ],
)
def test_owners_that_github_does_not_know_fail_the_check(
    settled: GitHub,
    owners: list[dict[str, Any]] | None,
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settled.owners = owners

    assert run("check") == 1
    assert line in capsys.readouterr().out


def test_nobody_is_asked_where_nobody_can_answer(
    github: GitHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("main"))

    assert run("apply") == 2
    assert capsys.readouterr().err == (
        "github: nobody can be asked here; give --yes or --dry-run\n"
    )
    assert github.asked == []


def test_the_token_is_in_nothing_that_is_said(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    github.refuse = lambda *_: RefusedError(422, f"the token {TOKEN} is wrong")

    assert run("check") == 2
    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err
    assert "(token)" in said.err
