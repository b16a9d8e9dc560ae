"""The workflows: pinned, with least rights, of commands that exist; each rule finds its break."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from operations.github import linters
from tests.support.workflows import ROOT, loaded, problems, spelled

PULL, STAGING, PROMOTE = (
    "workflows/pull-request.yml",
    "workflows/deploy-staging.yml",
    "workflows/promote-production.yml",
)
NIGHTLY, ROLLBACK, SETUP = (
    "workflows/nightly.yml",
    "workflows/rollback.yml",
    "actions/setup/action.yml",
)


@pytest.fixture(name="github")
def _github(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    return tmp_path / ".github"


def test_every_rule_holds_for_every_workflow() -> None:
    assert problems(ROOT / ".github") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (PULL, "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "is not pinned as"),
        (PULL, "# v7.0.1", "# v7.0.0", "is not pinned as actions.yaml says"),
        (PULL, "./.github/actions/setup", "./.github/actions/set-up", "there is no such action"),
        (PULL, "uses: ./.github/actions/setup", "uses: docker://alpine", "is not pinned"),
        ("actions.yaml", "pulumi/actions:", "pulumi/others:", "nothing uses it"),
        (SETUP, "3.259.0", "3.260.0", "the engine is not the one that the sandbox"),
        (STAGING, "  push:", "  pull_request_target:", "on pull_request_target is not"),
        (STAGING, "permissions: {}", "permissions: {contents: read}", "permissions must be {}"),
        (STAGING, "permissions: {}\n", "", "permissions must be {}"),
        (STAGING, "  group: deploy-staging\n", "", "must say what it never runs beside"),
        (STAGING, "group: stack-staging", "group: mine", "must be the only one at its stack"),
        (ROLLBACK, "group: stack-${{", "group: s-${{", "must be the only one at its stack"),
        (PROMOTE, "group: stack-production", "group: x", "must be the only one at its stack"),
        (PULL, "runs-on: ubuntu-24.04", "runs-on: ${{ vars.DEPLOY_RUNNER || 'ubuntu-24.04' }}",
         "must run on a machine that knows nobody"),
        (STAGING, "in-progress: false", "in-progress: true", "must not be cancelled"),
        (STAGING, "    timeout-minutes: 120\n", "", "must have a timeout"),
        (STAGING, "ubuntu-24.04", "ubuntu-latest", "must run on one of"),
        (STAGING, "      contents: read\n", "", "must have permissions of its own"),
        (STAGING, "contents: read", "contents: write", "must have permissions of its own"),
        (PULL, "      security-events: write", "      actions: write", "may not write actions"),
        (STAGING, "id-token: write # for staging", "actions: read #", "must have id-token"),
        (PULL, "pull-requests: write", "id-token: write", "where it signs in, and only there"),
        (STAGING, "    environment: staging\n", "", "takes role deployer in environment (none)"),
        (PULL, "role: preview", "role: deployer", "takes role deployer in environment (none)"),
        (STAGING, "stack: staging", "stack: production", "takes a role of production"),
        (NIGHTLY, "UNDERSTUDY_PROVIDER_ROLE: understudy-preview", "OTHER: x",
         "must take understudy-preview"),
        (PROMOTE, "UNDERSTUDY_PROVIDER_ROLE: understudy-preview", "OTHER: x",
         "must take understudy-preview"),
        (PULL, "UNDERSTUDY_PROVIDER_ROLE: understudy-preview", "OTHER: x",
         "must take understudy-preview"),
        (PULL, "UNDERSTUDY_PROVIDER_ROLE: understudy-preview",
         "UNDERSTUDY_PROVIDER_ROLE: understudy-deployer", "must take understudy-preview"),
        (STAGING, "    environment: staging\n",
         "    environment: staging\n    env: {UNDERSTUDY_PROVIDER_ROLE: understudy-preview}\n",
         "must take their own roles"),
        (NIGHTLY, "if: vars.DEPLOYS_TO_AWS == 'true'\n", "if: always()\n", "must ask whether"),
        (STAGING, "persist-credentials: false", "persist-credentials: true", "must check out with"),
        (PROMOTE, "\"$VERSION\" --for", "\"${{ inputs.version }}\" --for", "must hand values on"),
        (STAGING, "${{ github.token }}", "${{ secrets.TOKEN }}", "there are no secrets"),
        (STAGING, "      - id: deploy\n", "      - id: deploy\n        continue-on-error: true\n",
         "must fail where a step fails"),
        (STAGING, "github issue --title", "github issues --title", "invalid choice: 'issues'"),
        (PULL, "plan staging staging-plan.json", "plan staging", "are required: FILE"),
        (PULL, "make check", "make chekc", "No rule to make target"),
        (PULL, "make check", "make check && true", "must be one command"),
        (PULL, "make check", "curl https://example.com", "is no command of this project"),
        (NIGHTLY, "--format markdown", "--format mark", "invalid choice: 'mark'"),
        (NIGHTLY, "pulumi stack export", "pulumi stack rm", "is no command of this project"),
        (NIGHTLY, "backup verify", "backup verfy", "invalid choice: 'verfy'"),
        (NIGHTLY, "operations drift", "operations drfit", "invalid choice: 'drfit'"),
        (STAGING, "environment: staging", "environment: stage", "is not in environments.yaml"),
        ("environments.yaml", "name: data-review", "name: data-reviews", "no job uses it"),
        (STAGING, "--label delivery", "--label deliveries", "is not in labels.yaml"),
        (PULL, "name: parity", "name: parities", "check parities: is required and no job, or"),
        ("rulesets/main.json", '"context": "tests"', '"context": "test"', "test: is required"),
        (PULL, "name: tests\n", "name: tests\n    needs: [check]\n", "may not wait for"),
        (PULL, "branches: [main]", "branches: [main]\n    paths: [a]", "must run for every"),
    ],
)  # fmt: skip
def test_a_break_is_found(github: Path, file: str, old: str, new: str, words: str) -> None:
    text = (github / file).read_text()
    assert old in text
    (github / file).write_text(text.replace(old, new))

    assert [line for line in problems(github) if words in line]


def test_an_option_that_may_be_left_out_is_tried_both_ways() -> None:
    (shown,) = [
        step["run"]
        for step in loaded(ROOT / ".github" / ROLLBACK)["jobs"]["rollback"]["steps"]
        if step.get("run", "").endswith("--dry-run")
    ]
    without, with_release = sorted(spelled(shown), key=len)
    assert [word for word in with_release if word not in without] == ["--to", "1.0.0"]


def test_a_fork_is_previewed_in_the_sandbox_and_gets_no_identity() -> None:
    jobs = loaded(ROOT / ".github" / PULL)["jobs"]
    sandbox = jobs["preview-sandbox"]
    assert sandbox["permissions"] == {"contents": "read"}
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    for stack in ("staging", "production"):
        assert jobs[f"preview-{stack}"]["if"] == f"vars.DEPLOYS_TO_AWS == 'true' && {own}"
    assert sandbox["if"] == f"vars.DEPLOYS_TO_AWS != 'true' || {own.replace('==', '!=')}"
    # The same stacks, so that nothing is merged that one of both ways has not seen.
    runs = " ".join(step.get("run", "") for step in sandbox["steps"])
    assert "gate staging --sandbox" in runs
    assert "gate production --sandbox" in runs


def test_production_is_updated_only_to_the_plan_that_was_approved() -> None:
    jobs = loaded(ROOT / ".github" / PROMOTE)["jobs"]
    plan, deploy = jobs["plan"], jobs["deploy"]
    assert deploy["needs"] == ["release", "plan"]
    assert deploy["environment"] == "production"
    commit = "${{ needs.release.outputs.commit }}"
    for job in (plan, deploy):
        (checkout,) = [step for step in job["steps"] if "checkout@" in step.get("uses", "")]
        assert checkout["with"]["ref"] == commit
    (made,) = [step["run"] for step in plan["steps"] if "--plan-only" in step.get("run", "")]
    (done,) = [step["run"] for step in deploy["steps"] if "--plan " in step.get("run", "")]
    assert made.endswith("--plan-only production-plan.json")
    assert "--plan production-plan.json --yes --confirm production" in done


def test_a_rollback_only_shows_what_it_would_do_unless_it_is_told_otherwise() -> None:
    workflow = loaded(ROOT / ".github" / ROLLBACK)
    assert workflow["on"]["workflow_dispatch"]["inputs"]["dry-run"]["default"] == "true"
    for step in workflow["jobs"]["rollback"]["steps"]:
        if "--yes" in step.get("run", ""):
            assert step["if"] == "${{ !inputs.dry-run }}"


def test_every_failure_on_a_schedule_opens_an_issue() -> None:
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        workflow = loaded(path)
        if "schedule" in workflow["on"]:
            jobs = workflow["jobs"]
            assert set(jobs["tell"]["needs"]) == jobs.keys() - {"tell"}
            assert jobs["tell"]["if"] == "${{ failure() }}"


@pytest.mark.slow
class TestLinters:
    """The real linters, which are fetched once."""

    def test_they_find_nothing(self) -> None:
        command = [sys.executable, "-m", "operations", "github", "lint"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            # zizmor, the schema, actionlint: each alone finds one of these.
            ("        with:\n          persist-credentials: false\n", ""),
            ("timeout-minutes: 15", "timeout-mins: 15"),
            ("vars.CODE_SCANNING", "varz.CODE_SCANNING"),
        ],
    )
    def test_each_finds_its_break(self, tmp_path: Path, old: str, new: str) -> None:
        shutil.copytree(ROOT / ".github", tmp_path / ".github")
        shutil.copy(ROOT / linters.REQUIREMENTS, tmp_path)
        broken = tmp_path / ".github" / PULL
        text = broken.read_text()
        assert old in text
        broken.write_text(text.replace(old, new))

        assert linters.run(tmp_path, print) == 1
