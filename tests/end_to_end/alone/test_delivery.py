"""A release goes through staging to production, bad ones come back, and a killed deploy goes on."""

import json
import os
import signal
import subprocess
import time
from typing import Any

from sandbox import processes
from sandbox.session import Session
from tests.support.project import Project

FILE = "Pulumi.staging.yaml"
LONGEST_SECONDS = 900
"""Of a command that brings the engine up to four times."""


def image(stack: str, letters: str) -> str:
    account = {"staging": "222222222222", "production": "111111111111"}[stack]
    return f"{account}.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{letters * 32}"


def digest(letters: str) -> set[str]:
    return {f"sha256:{letters * 32}"}


def git(project: Project, *words: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *who, *words], cwd=project.root, check=True, capture_output=True)  # noqa: S607  (the one on the PATH)


def operations(project: Project, *words: str, code: int = 0) -> tuple[Any, str]:
    """Run a command in the sandbox; return its answer in JSON and what it says beside it."""
    done = subprocess.run(
        project.command(*words, "--sandbox", "--json", module="operations"),
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


def deploy(
    project: Project, stack: str, letters: str, version: str, *more: str, code: int = 0
) -> tuple[Any, str]:
    agreed = ["--confirm", stack] if stack == "production" else ["--yes"]
    which = ["--image", image(stack, letters), "--version", version]
    return operations(project, "deploy", stack, *which, *agreed, *more, code=code)


def outcomes(project: Project, stack: str) -> list[tuple[str, str]]:
    """Return what deployments came to, without what they were on the way."""
    records = operations(project, "releases", "list", stack)[0]["records"]
    told = [(each["version"], each["outcome"]) for each in records]
    return [each for each in told if each[1] not in {"begun", "deployed"}]


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
    file = project.root / "steps.yaml"
    file.write_text("migrations: [{id: first, reversible: false}]\n")
    steps = ["--migrations", str(file)]
    with project.session() as session:
        project.ran("up", "staging")
        said = deploy(project, "staging", "aa", "1.1.0", *steps)[1]
        assert "migration: ended with exit code 0" in said
        assert images(project, session, "staging") == digest("aa")
        assert project.changes("staging") == {}

        what_ecs_takes_back_behind_pulumis_back_comes_back(project, session, steps)
        a_migration_that_fails_stops_it(project, session)
        a_killed_deploy_goes_on(project, session, steps)
        production_takes_what_staging_verified(project, session)


def what_ecs_takes_back_behind_pulumis_back_comes_back(
    project: Project, session: Session, steps: list[str]
) -> None:
    unnoticed = {"kind": "unnoticed", "operation": "ecs.deployment", "resource": "web-service"}
    session.tell("faults", [unnoticed])
    told = deploy(project, "staging", "bb", "1.2.0", *steps, "--minutes", "0", code=1)[0]
    failed = {each["what"] for each in told["lines"] if each["verdict"] == "fail"}
    assert failed == {"web: deployment", "web: images"}
    assert told["rollback"]["outcome"] == "rolled-back"
    assert images(project, session, "staging") == digest("aa")
    assert project.changes("staging") == {}
    assert outcomes(project, "staging") == [
        ("1.1.0", "verified"), ("1.2.0", "failed"), ("1.1.0", "rolled-back"),
    ]  # fmt: skip


def a_migration_that_fails_stops_it(project: Project, session: Session) -> None:
    text = (project.root / FILE).read_text()
    session.tell("faults", [{"kind": "exit", "operation": "ecs.task"}])
    told = deploy(project, "staging", "cc", "1.3.0", code=1)[0]
    assert "the migration ended with exit code 1" in told["why"]
    assert images(project, session, "staging") == digest("aa")
    assert (project.root / FILE).read_text() == text


def a_killed_deploy_goes_on(project: Project, session: Session, steps: list[str]) -> None:
    """Kill it and its engine while ECS is asked to update a service."""
    slow = {"kind": "slow", "operation": "ecs.update_service", "seconds": 20, "times": 1}
    session.tell("faults", [slow])
    words = ["--image", image("staging", "dd"), "--version", "1.4.0", "--yes", "--sandbox"]
    process = subprocess.Popen(
        project.command("deploy", "staging", *words, *steps, module="operations"),
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + LONGEST_SECONDS
    while session.tell("status")["faults"]:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    (engine,) = processes.engines_of(session.folder).values()
    for pid in (process.pid, engine):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    told = operations(project, "deploy", "staging", "--yes", *steps)[0]
    assert told["outcome"] == "verified"
    assert images(project, session, "staging") == digest("dd")
    assert project.changes("staging") == {}


def production_takes_what_staging_verified(project: Project, session: Session) -> None:
    # The first production runs what the project's own file vouches for.
    project.ran("up", "production")
    told = deploy(project, "production", "99", "9.9.9", code=1)[0]
    assert told["outcome"] == "unchanged"
    promotion = ["deploy", "production", "--from", "staging", "--confirm", "production"]
    told = operations(project, *promotion)[0]
    assert told["outcome"] == "verified"
    assert {told["digest"]} == images(project, session, "production") == digest("dd")
    assert outcomes(project, "production") == [("1.4.0", "verified")]
