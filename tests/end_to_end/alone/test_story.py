"""From a pull request with a fault to production and back, by the workflows as they stand."""

import re

import pytest

from operations.environment.catalogue import CHECKS
from tests.end_to_end.alone.story import ELSEWHERE, LEFT_OUT, UNSEEN, Team, team
from tests.operations.github.server import REPOSITORY
from tests.support.brought_up import BroughtUp
from tests.support.project import ROOT
from tests.support.runner.job import DOES
from tests.support.runner.workflow import JobDone, required
from tests.support.workflows import loaded

ENCRYPTED = "        storage_encrypted=True,\n"
FIRST = {"id": "0001_first", "reversible": False}
DROP = {"id": "0002_drop", "reversible": False}
NOT_TOLD = {"refresh-data.yml": "tests/operations/refresh/test_whole.py runs its commands"}
"""By workflow, why no run of it is in the story."""


def digest(letters: str) -> set[str]:
    return {f"sha256:{letters * 32}"}


def pull_request(told: Team, base: str, commit: str, *without: str) -> dict[str, JobDone]:
    head = {"repo": {"full_name": REPOSITORY}}
    event = {"pull_request": {"number": 7, "base": {"sha": base}, "head": head}}
    return told.workflows.run("pull-request.yml", commit, event=event, without=without)


def refused_by(done: dict[str, JobDone]) -> set[str]:
    """Return the checks that keep a pull request from being merged."""
    names = {
        body["name"]: key
        for key, body in loaded(ROOT / ".github/workflows/pull-request.yml")["jobs"].items()
    }
    return {
        name
        for name in required(ROOT / ".github")
        if names[name] in done and done[names[name]].result == "failure"
    }


def results(done: dict[str, JobDone]) -> dict[str, str]:
    return {name: each.result for name, each in done.items()}


def failed(done: JobDone) -> list[str]:
    return [name for name, outcome in done.ran() if outcome == "failure"]


def test_the_story(brought_up: BroughtUp, tmp_path_factory: pytest.TempPathFactory) -> None:
    with team(brought_up, tmp_path_factory.mktemp("story")) as told:
        a_pull_request_with_a_fault_is_refused_and_mended(told)
        what_is_merged_goes_to_staging_and_is_tested(told)
        production_gets_what_staging_has_tested(told)
        a_bad_release_goes_back_by_itself(told)
        what_was_not_tested_is_not_promoted(told)
        a_migration_that_cannot_be_undone_is_not_rolled_back(told)
        the_night_looks_at_all_of_it(told)
        the_metrics_show_it(told)


def a_pull_request_with_a_fault_is_refused_and_mended(told: Team) -> None:
    base = told.machine.git("rev-parse", "main")
    told.machine.git("switch", "--quiet", "--create", "release")
    told.release("aa", "1.1.0", FIRST)
    told.edit("components/database_instance.py", ENCRYPTED, "")
    faulty = told.commit("Release 1.1.0")
    done = pull_request(told, base, faulty, "preview-production")
    assert refused_by(done) == {"parity", "preview staging"}
    assert "rds-instance-storage-encrypted" in done["parity"].said()
    assert "rds-instance-storage-encrypted" in done["preview-staging"].said()
    (comment,) = told.github.comments[7]
    assert "rds-instance-storage-encrypted" in comment["body"]

    told.machine.git("checkout", "--quiet", "--force", "release")
    (told.project.root / "components/database_instance.py").write_text(
        told.machine.git("show", "main:components/database_instance.py") + "\n"
    )
    mended = told.commit("The database is encrypted")
    done = pull_request(told, base, mended)
    assert refused_by(done) == set(), {name: each.said()[-3000:] for name, each in done.items()}
    assert results(done) == {
        "parity": "success", "preview-staging": "success", "preview-production": "success",
        "preview-sandbox": "skipped", "comment": "success",
    }  # fmt: skip
    (comment,) = told.github.comments[7]
    assert "web-service" in comment["body"]
    assert "**production**: no resource changes." in comment["body"]
    assert "providers:aws" not in comment["body"]
    told.machine.git("checkout", "--quiet", "--force", "main")
    told.machine.git("merge", "--quiet", "--ff-only", "release")


def what_is_merged_goes_to_staging_and_is_tested(told: Team) -> None:
    done = told.workflows.run("deploy-staging.yml", "main")
    assert results(done) == {"deploy": "success", "tell": "skipped"}, done["deploy"].said()[-6000:]
    assert [name.split()[3] for name, _ in done["deploy"].ran() if "operations" in name] == [
        "validate", "deploy", "verify", "test-staging", "releases",
    ]  # fmt: skip
    assert "is recorded as tested" in done["deploy"].said()
    assert told.project.images(told.session, "staging") == digest("aa")


def production_gets_what_staging_has_tested(told: Team) -> None:
    done = told.workflows.run("promote-production.yml", "main", inputs={"version": "1.1.0"})
    said = {name: each.said()[-4000:] for name, each in done.items()}
    assert results(done) == {
        "release": "success", "plan": "success", "deploy": "success", "tell": "skipped",
    }, said  # fmt: skip
    assert "web-service" in done["plan"].said()
    assert "1.1.0: verified" in done["deploy"].said()
    assert told.project.images(told.session, "production") == digest("aa")


def a_bad_release_goes_back_by_itself(told: Team) -> None:
    told.machine.git("checkout", "--quiet", "--force", "main")
    told.release("bb", "1.2.0", FIRST)
    told.commit("Release 1.2.0")
    unnoticed = {"kind": "unnoticed", "operation": "ecs.deployment", "resource": "web-service"}
    told.session.tell("faults", [unnoticed])
    done = told.workflows.run("deploy-staging.yml", "main")
    assert results(done) == {"deploy": "failure", "tell": "success"}
    assert failed(done["deploy"]) == [".venv/bin/python -m operations deploy staging --yes"]
    assert "1.1.0: rolled-back" in done["deploy"].said()
    assert told.project.images(told.session, "staging") == digest("aa")
    assert [each["title"] for each in told.github.issues] == ["The deployment to staging failed"]


def what_was_not_tested_is_not_promoted(told: Team) -> None:
    done = told.workflows.run("promote-production.yml", "main", inputs={"version": "1.2.0"})
    assert results(done) == {
        "release": "failure", "plan": "skipped", "deploy": "skipped", "tell": "success",
    }  # fmt: skip
    assert "was not tested in a mirror, or failed since then" in done["release"].said()

    # The policies forbid it too, whichever command asks.
    image = f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{'bb' * 32}"
    words = ["--image", image, "--version", "1.2.0", "--confirm", "production", "--sandbox"]
    forbidden = told.project.run("deploy", "production", *words, module="operations")
    assert forbidden.returncode == 1
    assert "ecs-release-verified-in-mirror" in forbidden.stdout
    assert told.project.images(told.session, "production") == digest("aa")


def a_migration_that_cannot_be_undone_is_not_rolled_back(told: Team) -> None:
    told.machine.git("checkout", "--quiet", "--force", "main")
    told.release("cc", "1.3.0", FIRST, DROP)
    told.commit("Release 1.3.0")
    done = told.workflows.run("deploy-staging.yml", "main")
    assert results(done)["deploy"] == "success", done["deploy"].said()[-6000:]
    inputs = {"stack": "staging", "release": "", "dry-run": False}
    back = told.workflows.run("rollback.yml", "main", inputs=inputs)
    assert results(back) == {"rollback": "failure"}
    assert "0002_drop can't be undone" in back["rollback"].said()
    assert "backup restore" in back["rollback"].said()
    assert told.project.images(told.session, "staging") == digest("cc")


def the_night_looks_at_all_of_it(told: Team) -> None:
    done = told.workflows.run("nightly.yml", "main", matrix={"stack": "staging"})
    said = done["look"].said()
    ran = {name.split()[3]: outcome for name, outcome in done["look"].ran() if "-m op" in name}
    assert ran == {
        "drift": "success", "backup": "success", "audit": "failure", "health": "success",
    }, said[-6000:]  # fmt: skip
    assert "nothing drifted" in said
    assert "the values of secrets are left out: understudy-preview may not read them" in said
    # The sandbox's accounts have no watchmen, and its deployer trusts everybody.
    broken = re.findall(r"^fail  (\S+) \(", said, re.MULTILINE)
    assert broken
    assert [each for each in broken if not each.startswith("account-")] == []
    assert done["parity"].result == "success", done["parity"].said()[-4000:]
    assert done["tell"].result == "success"
    assert told.github.issues[-1]["title"] == "A nightly check failed"


def the_metrics_show_it(told: Team) -> None:
    file = told.project.root / ".reports" / "releases.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        told.project.ran("releases", "list", "staging", "--sandbox", "--json", module="operations")
    )
    shown = told.operations("metrics", "staging", "--releases", str(file))
    values = {each["name"]: each["value"] for each in shown["environments"]["staging"]}
    assert values["DeploymentSuccessRate"] == pytest.approx(200 / 3)
    assert values["ChangeFailureRate"] == pytest.approx(100 / 3)
    assert 0 < values["TimeToRestore"] < 3600
    assert values["LeadTime"] > 0
    assert values["DeploymentFrequency"] > 0


def test_each_workflow_is_in_the_story_or_it_is_said_why_not() -> None:
    told = {
        "pull-request.yml", "deploy-staging.yml", "promote-production.yml", "rollback.yml",
        "nightly.yml", *NOT_TOLD,
    }  # fmt: skip
    workflows = {path.name: loaded(path) for path in (ROOT / ".github/workflows").glob("*.yml")}
    assert workflows.keys() == told
    assert {(file, job) for file, job in ELSEWHERE if job not in workflows[file]["jobs"]} == set()
    steps = [
        str(step.get("uses") or step["run"])
        for workflow in workflows.values()
        for job in workflow["jobs"].values()
        for step in job["steps"]
    ] + [
        str(step.get("uses") or step["run"])
        for path in (ROOT / ".github/actions").glob("*/action.yml")
        for step in loaded(path)["runs"]["steps"]
    ]
    assert UNSEEN.keys() <= {check.id for check in CHECKS}
    for name in (*LEFT_OUT, *DOES):
        assert any(step.startswith(name) for step in steps), name
