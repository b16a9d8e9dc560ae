"""A migration that fails stops a deploy, and a killed one goes on; test_story.py has the others."""

import json
import os
import signal
import subprocess
import time
from typing import Any

from sandbox import processes
from sandbox.session import Session
from tests.support.crash import left_behind
from tests.support.git import git
from tests.support.project import Project

FILE = "Pulumi.staging.yaml"
LONGEST_SECONDS = 900
"""Of a command that brings the engine up to four times."""


def image(letters: str) -> str:
    return f"222222222222.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{letters * 32}"


def operations(project: Project, *words: str, code: int = 0) -> Any:
    """Run a command in the sandbox; return its answer."""
    done = subprocess.run(
        project.command(*words, "--sandbox", "--json", module="operations"),
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_broken_off_deploy_leaves_what_the_next_one_needs(up: Project) -> None:
    project = up
    (project.root / ".gitignore").write_text(".sandbox/\n.plans/\n__pycache__/\n")
    git(project.root, "init", "--quiet")
    git(project.root, "add", "--all")
    git(project.root, "commit", "--quiet", "--message", "All of it")
    file = project.root / "steps.yaml"
    file.write_text("migrations: [{id: first, reversible: false}]\n")
    steps = ["--migrations", str(file)]
    with project.session() as session:
        a_migration_that_fails_stops_it(project, session)
        a_killed_deploy_goes_on(project, session, steps)
    assert left_behind(project.root) == []


def a_migration_that_fails_stops_it(project: Project, session: Session) -> None:
    text = (project.root / FILE).read_text()
    session.tell("faults", [{"kind": "exit", "operation": "ecs.task"}])
    before = project.images(session, "staging")
    words = ["--image", image("cc"), "--version", "1.3.0", "--yes"]
    told = operations(project, "deploy", "staging", *words, code=1)
    assert "the migration ended with exit code 1" in told["why"]
    assert project.images(session, "staging") == before
    assert (project.root / FILE).read_text() == text


def a_killed_deploy_goes_on(project: Project, session: Session, steps: list[str]) -> None:
    """Kill it and its engine while ECS is asked to update a service."""
    slow = {"kind": "slow", "operation": "ecs.update_service", "seconds": 20, "times": 1}
    session.tell("faults", [slow])
    words = ["--image", image("dd"), "--version", "1.4.0", "--yes", "--sandbox"]
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
    told = operations(project, "deploy", "staging", "--yes", *steps)
    assert told["outcome"] == "verified"
    assert project.images(session, "staging") == {image("dd").partition("@")[2]}
    assert project.changes("staging") == {}
