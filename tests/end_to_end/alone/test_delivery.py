"""A release goes through staging to production, bad ones come back, and a killed deploy goes on."""

import json
import os
import signal
import subprocess
import time
from typing import Any

from sandbox.session import Session
from tests.support.project import Project

FILE = "Pulumi.staging.yaml"
STEPS = "migrations: [{id: first, reversible: false}]\n"
DROPS = "migrations: [{id: first, reversible: false}, {id: drop, reversible: false}]\n"


def image(stack: str, letters: str) -> str:
    account = {"staging": "222222222222", "production": "111111111111"}[stack]
    return f"{account}.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{letters * 32}"


def git(project: Project, *words: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *who, *words], cwd=project.root, check=True, capture_output=True)  # noqa: S607  (the one on the PATH)


def operations(project: Project, *words: str, code: int = 0) -> tuple[Any, str]:
    """Run a command in the sandbox; return its answer in JSON and what it says beside it."""
    done = project.run(*words, "--sandbox", "--json", module="operations")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


def deploy(
    project: Project, stack: str, letters: str, version: str, *more: str, code: int = 0
) -> tuple[Any, str]:
    agreed = ["--confirm", stack] if stack == "production" else ["--yes"]
    which = ["--image", image(stack, letters), "--version", version]
    return operations(project, "deploy", stack, *which, *agreed, *more, code=code)


def outcomes(project: Project, stack: str) -> list[tuple[str, str]]:
    records = operations(project, "releases", "list", stack)[0]["records"]
    return [(each["version"], each["outcome"]) for each in records]


def ended(project: Project, stack: str) -> list[tuple[str, str]]:
    """Return what deployments came to, without what they were on the way."""
    return [each for each in outcomes(project, stack) if each[1] not in {"begun", "deployed"}]


def images(project: Project, session: Session, stack: str) -> set[str]:
    """Return the images that the services' tasks run, as ECS shows them."""
    ecs = project.boto3(session, stack, "ecs")
    (cluster,) = ecs.list_clusters()["clusterArns"]
    arns = [
        arn
        for service in ("web-service", "worker-service")
        for name in ecs.list_services(cluster=cluster)["serviceArns"]
        if service in name
        for arn in ecs.list_tasks(cluster=cluster, serviceName=name)["taskArns"]
    ]
    assert arns
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    return {each["containers"][0]["imageDigest"] for each in tasks}


def test_releases_go_out_and_come_back(project: Project) -> None:
    (project.root / ".gitignore").write_text(".sandbox/\n.plans/\n__pycache__/\n")
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "All of it")
    first, drops = project.root / "first.yaml", project.root / "drops.yaml"
    first.write_text(STEPS)
    drops.write_text(DROPS)
    with project.session() as session:
        project.ran("up", "staging")
        said = deploy(project, "staging", "aa", "1.1.0", "--migrations", str(first))[1]
        assert "migration: ended with exit code 0" in said
        assert images(project, session, "staging") == {f"sha256:{'aa' * 32}"}
        assert project.changes("staging") == {}

        what_ecs_takes_back_behind_pulumis_back_is_noticed(project, session)
        a_migration_that_fails_stops_it(project, session)
        a_killed_deploy_goes_on(project, session)
        an_irreversible_migration_is_not_crossed(project, drops)
        production_takes_what_staging_verified(project, session)


def what_ecs_takes_back_behind_pulumis_back_is_noticed(project: Project, session: Session) -> None:
    unnoticed = {"kind": "unnoticed", "operation": "ecs.deployment", "resource": "web-service"}
    session.tell("faults", [unnoticed])
    told, said = deploy(project, "staging", "bb", "1.2.0", code=1, *("--minutes", "0"))
    failed = {each["what"] for each in told["lines"] if each["verdict"] == "fail"}
    assert {"web: deployment", "web: images"} <= failed
    assert "not rolled back" in said
    assert "the migrations of" in said
    project.ran("rollback", "staging", "--sandbox", "--help", module="operations")


def a_migration_that_fails_stops_it(project: Project, session: Session) -> None:
    before = images(project, session, "staging")
    text = (project.root / FILE).read_text()
    session.tell("faults", [{"kind": "exit", "operation": "ecs.task"}])
    told, said = deploy(project, "staging", "cc", "1.3.0", code=1)
    assert "the migration ended with exit code 1" in told["why"]
    assert images(project, session, "staging") == before
    assert (project.root / FILE).read_text() == text


def a_killed_deploy_goes_on(project: Project, session: Session) -> None:
    slow = {"kind": "slow", "operation": "ecs.update_service", "seconds": 20, "times": 1}
    session.tell("faults", [slow])
    words = ["--image", image("staging", "dd"), "--version", "1.4.0", "--yes", "--sandbox"]
    process = subprocess.Popen(
        project.command("deploy", "staging", *words, module="operations"),
        cwd=project.root,
        env={**os.environ, "UNDERSTUDY_CHECKPOINTS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 200
    while session.tell("status")["faults"] and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(1)
    told = operations(project, "deploy", "staging", "--yes")[0]
    assert told["outcome"] == "verified"
    assert images(project, session, "staging") == {f"sha256:{'dd' * 32}"}


def an_irreversible_migration_is_not_crossed(project: Project, drops: Any) -> None:
    told = deploy(project, "staging", "ee", "2.0.0", "--migrations", str(drops))[0]
    assert told["outcome"] == "verified"
    told = operations(project, "rollback", "staging", "--to", "1.1.0", "--yes", code=1)[0]
    assert told["outcome"] == "refused"
    assert "drop can't be undone" in told["why"]
    assert "python -m operations backup restore staging --to-time 20" in told["why"]


def production_takes_what_staging_verified(project: Project, session: Session) -> None:
    # The first production runs what the project's own file vouches for.
    project.ran("up", "production")
    told = deploy(project, "production", "99", "9.9.9", code=1)[0]
    assert told["outcome"] == "unchanged"
    told = operations(
        project, "deploy", "production", "--from", "staging", "--confirm", "production"
    )[0]
    assert told["outcome"] == "verified"
    assert told["digest"] == f"sha256:{'ee' * 32}"
    assert images(project, session, "production") == {f"sha256:{'ee' * 32}"}
    project.ran("verify", "production", "--sandbox", module="operations")
    assert ended(project, "production") == [("2.0.0", "verified")]
