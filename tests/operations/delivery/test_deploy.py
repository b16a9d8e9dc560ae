"""A release goes out in order, is recorded for what it came to, and a bad one comes back."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.errors import OperationError
from operations.releases.merge import known_releases
from tests.operations.delivery.stack import SECRET, Stack
from tests.support.cloud import tell

pytestmark = pytest.mark.moto

STEPS = "migrations: [{id: first, reversible: false}]\n"
MORE = "migrations: [{id: first, reversible: false}, {id: index, reversible: true}]\n"
DROPS = "migrations: [{id: first, reversible: false}, {id: drop, reversible: false}]\n"


def steps(stack: Stack, text: str = STEPS) -> list[str]:
    """Return the option that names a release's schema."""
    file = stack.root / "bin" / "steps.yaml"
    file.write_text(text)
    return ["--migrations", str(file)]


def first(stack: Stack) -> None:
    """Deploy a first release that runs well."""
    code, told, err = stack.deploy(1, "1.1.0", *steps(stack))
    assert code == 0, (told, err)


def test_a_release_is_judged_migrated_updated_looked_at_and_recorded(stack: Stack) -> None:
    code, told, err = stack.deploy(1, "1.1.0", *steps(stack))

    assert code == 0, (told, err)
    assert told["outcome"] == "verified"
    assert {each["verdict"] for each in told["lines"]} == {"pass"}
    assert stack.asked() == ["preview", "up"]
    assert "migration: ended with exit code 0" in err
    assert stack.running() == {stack.images[1]}
    assert stack.says() == (stack.images[1], "1.1.0")
    records = stack.records()
    assert [each.outcome for each in records] == ["begun", "deployed", "verified"]
    last = records[-1]
    assert last.commit == stack.git("rev-parse", "HEAD")
    assert last.digest == stack.images[1].partition("@")[2]
    assert [step.id for step in last.migrations or ()] == ["first"]
    assert last.began
    assert last.migrated
    assert last.began <= last.migrated <= last.time
    assert str(last.by).startswith("arn:aws:sts::222222222222:assumed-role/deployer/")
    assert len(str(last.plan)) == 64
    assert [each.version for each in known_releases(stack.root, sandbox=False)][-1] == "1.1.0"
    assert not (stack.root / ".plans").exists()


def test_the_migrations_own_definition_is_taken_back(stack: Stack) -> None:
    before = stack.read("outputs.json")["migrationRun"]["taskDefinition"]
    first(stack)
    ecs = stack.cloud.boto3("ecs")
    shown = ecs.list_tasks(cluster=stack.cluster, desiredStatus="STOPPED")["taskArns"]
    (task,) = ecs.describe_tasks(cluster=stack.cluster, tasks=shown)["tasks"]
    ran = ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    assert ran["status"] == "INACTIVE"
    assert ran["containerDefinitions"][0]["image"] == stack.images[1]
    assert ran["containerDefinitions"][0]["secrets"]
    assert task["taskDefinitionArn"] != before


def test_the_same_release_again_migrates_nothing(stack: Stack) -> None:
    first(stack)
    code, out, err = stack.said("deploy", "staging", "--yes", "--minutes", "0")
    assert code == 0, err
    assert "migration" not in err
    assert "1.1.0: verified" in out
    assert stack.ended() == [("1.1.0", "verified"), ("1.1.0", "verified")]


def test_a_release_with_the_same_schema_migrates_nothing(stack: Stack) -> None:
    first(stack)
    code, _, err = stack.deploy(2, "1.2.0", *steps(stack))
    assert code == 0
    assert "migration" not in err
    assert stack.records()[-1].migrated is None


def test_a_dry_run_changes_nothing(stack: Stack) -> None:
    before = (stack.root / "Pulumi.staging.yaml").read_text()
    code, told, err = stack.deploy(1, "1.1.0", "--dry-run")
    assert (code, told["outcome"]) == (0, "unchanged")
    assert "1.0.0 -> 1.1.0" in err
    assert "migrates, then updates" in err
    assert (stack.asked(), stack.records()) == (["preview"], [])
    assert (stack.root / "Pulumi.staging.yaml").read_text() == before


def test_what_a_policy_forbids_leaves_all_as_it_was(stack: Stack) -> None:
    before = (stack.root / "Pulumi.staging.yaml").read_text()
    stack.turn(forbidden=True)
    code, told, _ = stack.deploy(1, "1.1.0")
    assert (code, told["outcome"]) == (1, "unchanged")
    assert "a policy forbids it" in told["why"]
    assert stack.records() == []
    assert (stack.root / "Pulumi.staging.yaml").read_text() == before
    assert stack.running() == {stack.images[0]}


def test_what_ecs_takes_back_fails_and_goes_back_to_the_last_good_release(stack: Stack) -> None:
    first(stack)
    stack.turn(taken_back=stack.images[2])
    code, told, _ = stack.deploy(2, "1.2.0", *steps(stack))

    assert (code, told["outcome"]) == (1, "failed")
    failed = [each["what"] for each in told["lines"] if each["verdict"] != "pass"]
    assert "web: deployment" in failed
    assert "worker: images" in failed
    assert told["rollback"]["outcome"] == "rolled-back"
    assert {each["verdict"] for each in told["rollback"]["lines"]} == {"pass"}
    assert stack.running() == {stack.images[1]}
    assert stack.says() == (stack.images[1], "1.1.0")
    assert stack.ended() == [
        ("1.1.0", "verified"), ("1.2.0", "failed"), ("1.1.0", "rolled-back"),
    ]  # fmt: skip
    assert stack.records()[-1].rollback_of == stack.images[2].partition("@")[2]


def test_an_update_that_fails_goes_back_too_unless_it_is_told_not_to(stack: Stack) -> None:
    first(stack)
    stack.turn(broken=True)
    code, told, _ = stack.deploy(2, "1.2.0", "--no-rollback")
    assert (code, told["outcome"]) == (1, "failed")
    assert "rollback" not in told
    assert stack.says()[1] == "1.2.0"
    _, told, err = stack.deploy(2, "1.2.0")
    # Nobody has said which schema the release has.
    assert told["rollback"]["outcome"] == "unchanged"
    assert "not rolled back: 1.1.0: refused: the migrations of" in err


def test_across_an_irreversible_migration_it_stays_and_says_how_to_restore(stack: Stack) -> None:
    first(stack)
    stack.turn(taken_back=stack.images[2])
    code, told, err = stack.deploy(2, "1.2.0", *steps(stack, DROPS))
    assert (code, told["outcome"]) == (1, "failed")
    assert "drop can't be undone" in told["rollback"]["why"]
    migrated = stack.records()[-1].migrated
    assert migrated is not None
    assert "python -m operations backup restore staging --to-time 20" in err
    assert stack.says()[1] == "1.2.0"
    assert stack.ended()[-1] == ("1.2.0", "failed")


def test_steps_that_can_be_undone_are_undone_by_a_person_first(stack: Stack) -> None:
    first(stack)
    assert stack.deploy(2, "1.2.0", *steps(stack, MORE))[0] == 0
    code, told, _ = stack.rollback()
    assert (code, told["outcome"]) == (1, "refused")
    assert "undo first, in this order: index" in told["why"]
    command = told["why"].rpartition("then: python -m operations ")[2].split()
    assert command == ["rollback", "staging", "--to", "1.1.0", "--undone"]
    assert stack.running() == {stack.images[2]}
    code, told, err = stack.rollback(*command[2:])
    assert (code, told["outcome"]) == (0, "rolled-back"), err
    assert stack.running() == {stack.images[1]}
    assert "migration" not in err


@pytest.fixture(name="bad")
def _bad(stack: Stack) -> Any:
    tell(stack.cloud, "faults", [{"kind": "exit", "operation": "ecs.task"}])
    yield
    tell(stack.cloud, "faults", [])


@pytest.mark.usefixtures("bad")
def test_a_migration_that_fails_stops_before_the_services(stack: Stack) -> None:
    before = (stack.root / "Pulumi.staging.yaml").read_text()
    code, told, err = stack.deploy(1, "1.1.0", *steps(stack))
    assert (code, told["outcome"]) == (1, "failed")
    assert told["why"] == (
        "the migration ended with exit code 1: Essential container in task exited; "
        "the services are as they were"
    )
    assert stack.asked() == ["preview"]
    assert stack.running() == {stack.images[0]}
    assert (stack.root / "Pulumi.staging.yaml").read_text() == before
    assert SECRET not in err
    # What it did to the schema nobody knows: the next deploy migrates again.
    code, _, err = stack.deploy(1, "1.1.0", *steps(stack))
    assert code == 0
    assert "migration: ended with exit code 0" in err


def test_another_update_that_holds_the_stack_is_left_alone(stack: Stack) -> None:
    stack.turn(locked="elsewhere (pid 1)")
    before = (stack.root / "Pulumi.staging.yaml").read_text()
    code, told, _ = stack.deploy(1, "1.1.0")
    assert (code, told["outcome"]) == (1, "failed")
    assert "another update holds the stack" in told["why"]
    assert "me@elsewhere (pid 1)" in told["why"]
    assert stack.asked() == ["preview", "up"]
    assert (stack.root / "Pulumi.staging.yaml").read_text() == before


def test_a_lock_of_a_dead_process_of_this_machine_is_taken_away(stack: Stack) -> None:
    import socket

    stack.turn(locked=f"{socket.gethostname()} (pid {2**22 + 1})")
    code, told, err = stack.deploy(1, "1.1.0")
    assert (code, told["outcome"]) == (0, "verified"), err
    assert stack.asked() == ["preview", "up", "cancel", "up"]


def test_operations_left_pending_are_for_a_person(stack: Stack) -> None:
    pending = {"type": "creating", "resource": {"urn": "urn:pulumi:s::p::t::web-service"}}
    stack.write("state.json", {"pending_operations": [pending]})
    code, told, err = stack.deploy(1, "1.1.0")
    assert (code, told) == (2, {})
    assert err == (
        "staging: an update was broken off while it changed web-service: "
        'see "After a crash" in the README first\n'
    )


def test_a_plan_is_reviewed_and_then_applied_as_it_is(stack: Stack) -> None:
    first(stack)
    stack.commit()
    before = (stack.root / "Pulumi.staging.yaml").read_text()
    file = stack.root / "bin" / "reviewed.json"
    code, told, err = stack.deploy(2, "1.2.0", "--plan-only", str(file))
    assert (code, told) == (0, {}), err
    assert (stack.root / "Pulumi.staging.yaml").read_text() == before
    assert file.stat().st_mode & 0o777 == 0o600
    stack.turn(forbidden=True)  # Nothing is previewed any more.
    words = ["deploy", "staging", "--plan", str(file), "--yes", "--minutes", "0"]
    code, out, err = stack.said(*words)
    assert code == 0, err
    assert "1.2.0: verified" in out
    assert stack.running() == {stack.images[2]}
    code, _, err = stack.said(*words)
    assert code == 2
    assert "--plan: is of the state" in err


def test_the_steps_of_the_stack_files_release_lie_beside_it(stack: Stack) -> None:
    (stack.root / "migrations.yaml").write_text("migrations: [{id: first, reversible: false}]\n")
    file = stack.root / "Pulumi.staging.yaml"
    file.write_text(file.read_text().replace(stack.images[0], stack.images[1]))
    stack.commit()
    code, _, err = stack.said("deploy", "staging", "--yes", "--minutes", "0")
    assert code == 0, err
    assert [step.id for step in stack.records()[-1].migrations or ()] == ["first"]
    # They are of that release alone.
    assert stack.deploy(2, "1.2.0")[0] == 0
    assert stack.records()[-1].migrations is None


def test_a_plan_by_a_role_that_only_reads_is_made_again_and_must_say_the_same(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(stack)
    stack.commit()
    file = stack.root / "bin" / "reviewed.json"
    monkeypatch.setenv("UNDERSTUDY_PROVIDER_ROLE", "understudy-preview")
    assert stack.deploy(2, "1.2.0", "--plan-only", str(file))[0] == 0
    words = ["deploy", "staging", "--plan", str(file), "--yes", "--minutes", "0"]
    code, _, err = stack.said(*words)
    assert (code, err.count("\n")) == (2, 1)
    assert "UNDERSTUDY_PROVIDER_ROLE: must not be set where something is changed" in err
    monkeypatch.delenv("UNDERSTUDY_PROVIDER_ROLE")
    reviewed = json.loads(file.read_text())
    assert reviewed["role"] == "understudy-preview"
    before, ran = stack.records(), stack.running()
    plan = reviewed["plan"].replace("storefront@", "storefront-other@")
    assert plan != reviewed["plan"]
    file.write_text(json.dumps({**reviewed, "plan": plan}))
    code, out, err = stack.said(*words)
    assert code == 1
    assert "not what would be done now to migration-task-definition" in out + err
    assert (stack.records(), stack.running()) == (before, ran)

    file.write_text(json.dumps(reviewed))
    code, out, err = stack.said(*words)
    assert code == 0, err
    assert stack.asked()[-2:] == ["preview", "up"]
    assert stack.running() == {stack.images[2]}


def test_a_plan_of_another_commit_is_refused(stack: Stack) -> None:
    file = stack.root / "bin" / "reviewed.json"
    assert stack.deploy(1, "1.1.0", "--plan-only", str(file))[0] == 0
    stack.commit()
    (stack.root / "more").write_text("more")
    stack.commit()
    code, _, err = stack.said("deploy", "staging", "--plan", str(file), "--yes")
    assert (code, err.count("\n")) == (2, 1)
    assert "--plan: is of the commit" in err
    assert stack.asked() == ["preview"]
    file.write_text("{}")
    code, _, err = stack.said("deploy", "staging", "--plan", str(file), "--yes")
    assert (code, err.count("\n")) == (2, 1)
    assert "is not what --plan-only writes" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--image", "x@sha256:1"], "--image: is given with --version, and only then"),
        (["--version", "1"], "--image: is given with --version, and only then"),
        (["--plan", "x", "--dry-run"], "it takes no --dry-run"),
        (["--plan-only", "x", "--dry-run"], "is not given with --plan or --dry-run"),
        (["--plan", "no-such-file", "--yes"], "no-such-file: can't be read"),
        (["--from", "demo", "--yes"], "--from: no release is recorded as tested in demo"),
        (["--migrations", "no-such-file", "--yes"], "no-such-file: there is no such file"),
        ([], "deploy: nobody can be asked here; give --yes or --dry-run"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    stack: Stack, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    code, _, err = stack.said("deploy", "staging", *words)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    assert stack.asked() == []


def test_an_image_that_the_registry_lacks_is_refused(stack: Stack) -> None:
    missing = f"{stack.images[0].partition('@')[0]}@sha256:{'0' * 64}"
    words = ["--image", missing, "--version", "1.1.0", "--yes"]
    code, _, err = stack.said("deploy", "staging", *words)
    assert code == 2
    assert "is not in the registry; push it there first" in err


def test_files_that_differ_from_the_commit_are_refused(stack: Stack) -> None:
    file = stack.root / "Pulumi.yaml"
    file.write_text(file.read_text().replace("retentionDays: 365", "retentionDays: 400"))
    code, _, err = stack.deploy(1, "1.1.0")
    assert code == 2
    assert "Pulumi.yaml: differ from the commit" in err
    assert stack.asked() == []


def test_a_deploy_that_is_killed_is_gone_on_with(stack: Stack) -> None:
    import subprocess
    import sys

    first(stack)
    stack.turn(killed=True)
    words = ["--image", stack.images[2], "--version", "1.2.0", "--yes", *steps(stack)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "operations",
            "deploy",
            "staging",
            *words,
            "--root",
            str(stack.root),
        ],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9
    assert stack.records()[-1].outcome == "begun"
    stack.turn(killed=False)
    code, out, err = stack.said("deploy", "staging", "--yes", "--minutes", "0", *steps(stack))
    assert code == 0, err
    assert "1.2.0: verified" in out
    assert stack.running() == {stack.images[2]}
    assert [each.outcome for each in stack.records()][3:] == [
        "begun", "begun", "deployed", "verified",
    ]  # fmt: skip


def test_a_deploy_that_was_killed_can_be_rolled_back(stack: Stack) -> None:
    first(stack)
    stack.deploy(2, "1.2.0", *steps(stack))
    records = stack.records()
    begun = records[-1].model_copy(
        update={
            "outcome": "begun",
            "verdict": "failed",
            "time": records[-1].time.replace(year=2100),
        }
    )
    stack.ledger.append(begun)
    code, told, err = stack.rollback()
    assert (code, told["outcome"]) == (0, "rolled-back"), err
    assert stack.running() == {stack.images[1]}


def test_production_takes_what_staging_tested_at_the_same_project(stack: Stack) -> None:
    from operations.delivery.deploy import newest_of
    from operations.delivery.project import refuse_other_project

    first(stack)
    assert newest_of(known_releases(stack.root, sandbox=False), "staging").version == "1.0.0"
    code, out, err = stack.said("releases", "record", "staging", "--verdict", "passed")
    assert (code, "is recorded as tested" in out) == (0, True), err
    commit = stack.commit()  # The records are committed, as the workflows do.
    newest = newest_of(known_releases(stack.root, sandbox=False), "staging")
    assert newest.version == "1.1.0"
    assert newest.commit != commit
    refuse_other_project(stack.root, newest.commit, newest.version)
    file = stack.root / "Pulumi.production.yaml"
    file.write_text(file.read_text().replace("storageGib: 500", "storageGib: 501"))
    stack.commit()
    with pytest.raises(OperationError, match=r"differ Pulumi\.production\.yaml: check that commit"):
        refuse_other_project(stack.root, newest.commit, newest.version)
    with pytest.raises(OperationError, match="git diff: "):
        refuse_other_project(stack.root, "0" * 40, newest.version)


def test_records_can_be_listed_pulled_and_written_by_hand(stack: Stack) -> None:
    first(stack)
    code, out, _ = stack.said("releases", "list", "staging")
    assert code == 0
    assert [line.split()[1:3] for line in out.splitlines()[1:]] == [
        ["1.1.0", "begun"], ["1.1.0", "deployed"], ["1.1.0", "verified"],
    ]  # fmt: skip
    code, out, err = stack.said("releases", "record", "staging", "--verdict", "failed")
    assert code == 0, err
    assert "is recorded as failed" in out
    assert [step.id for step in stack.records()[-1].migrations or ()] == ["first"]
    assert stack.said("releases", "pull", "staging")[1] == "staging: 0 new of 4 records\n"
    code, out, _ = stack.said("releases", "list", "staging", "--json")
    assert json.loads(out)["records"][-1]["outcome"] == "failed"


def test_tests_are_of_the_deployment_that_they_judge(stack: Stack) -> None:
    first(stack)
    for verdict, outcome, tested in (
        ("failed", "failed", False), ("passed", "verified", True),
    ):  # fmt: skip
        assert stack.said("releases", "record", "staging", "--verdict", verdict)[0] == 0
        last = stack.records()[-1]
        assert (last.outcome, last.tested) == (outcome, tested)
        assert last.began == stack.records()[0].began
    stack.deploy(2, "1.2.0", "--migrations", str(stack.root / "bin" / "steps.yaml"))
    code, _, err = stack.rollback()
    assert code == 0, err
    assert stack.said("releases", "record", "staging", "--verdict", "passed")[0] == 0
    back = stack.records()[-1]
    assert (back.outcome, back.tested) == ("rolled-back", True)
    assert back.rollback_of == stack.images[2].partition("@")[2]


def test_what_has_not_ended_is_not_recorded_as_tested(stack: Stack) -> None:
    first(stack)
    last = stack.records()[-1]
    begun = {"outcome": "begun", "verdict": "failed", "time": last.time.replace(year=2100)}
    stack.ledger.append(last.model_copy(update=begun))
    code, _, err = stack.said("releases", "record", "staging", "--verdict", "passed")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "the last deployment, of 1.1.0, has not come to an end" in err
    assert stack.records()[-1].outcome == "begun"


def test_a_lost_ledger_is_made_again(stack: Stack) -> None:
    import shutil

    first(stack)
    shutil.rmtree(stack.root / "bin" / "backend")
    code, out, err = stack.said("releases", "rebuild", "staging", "--dry-run")
    assert (code, stack.records()) == (0, [])
    code, out, err = stack.said("releases", "rebuild", "staging")
    assert code == 0
    assert "2 written; by whom, by which plan and how long, nobody knows" in out
    assert stack.ended()[-1] == ("1.1.0", "verified")
    assert err == ""
    stack.write("outputs.json", {**stack.read("outputs.json"), "releaseImage": stack.images[2]})
    err = stack.said("releases", "rebuild", "staging")[2]
    assert "runs, and nothing says what became of it" in err
