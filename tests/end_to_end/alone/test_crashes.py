"""An update that is killed in the middle is taken up again by one command."""

import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.blueprint.environments import environment
from tests.support.crash import kill, left_behind, start
from tests.support.inventory import held, recorded
from tests.support.project import Project, keys_of

pytestmark = pytest.mark.usefixtures("own_plugins")

SLOW_SECONDS = 10.0
FLOW_LOG = "network-flow-logs-all-traffic"
SCALE = "config/understudy:scale"


@pytest.fixture
def project(project: Project) -> Project:
    """Return a project whose engine saves the state after every step: here it is killed."""
    project.checkpoints = True
    return project


@pytest.fixture
def up(up: Project) -> Project:
    """Return one in which both stacks are up."""
    up.checkpoints = True
    return up


def slow(operation: str) -> dict[str, Any]:
    """Return the fault that lets AWS answer late, once, after it has done what was asked."""
    return {"kind": "slow", "operation": operation, "times": 1, "seconds": SLOW_SECONDS}


def assert_as_without_the_crash(project: Project) -> None:
    described = {
        node.key for node in environment("staging").nodes if not node.type.startswith("pulumi:")
    }
    identity = yaml.safe_load((project.root / "Pulumi.staging.yaml").read_text())["config"]
    region = identity["understudy:identity"]["region"]
    with project.session() as session:
        resources = project.resources("staging")
        assert keys_of(resources) == described
        assert project.changes("staging") == {}
        living = held(lambda service: project.boto3(session, "staging", service))
    assert living == recorded(resources, region)


def crash_in_flight(project: Project, operation: str, victim: str) -> None:
    """Kill an update that has created something while its engine still waits for the answer."""
    with project.session() as session:
        session.tell("faults", [slow(operation)])
        process = start(project, "staging")
        deadline = time.monotonic() + 120
        while session.tell("status")["faults"] and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        assert kill(project, process, victim)


def test_what_a_killed_first_update_left_is_adopted_not_created_again(project: Project) -> None:
    crash_in_flight(project, "ec2.create_vpc", "engine")
    assert_recovered(project, "network-vpc")


def test_what_was_left_where_the_command_was_killed_too_is_adopted(up: Project) -> None:
    # With what depends on it: the deletion guard depends on everything.
    target = ("--target", f"**::{FLOW_LOG}", "--target-dependents")
    done = up.pulumi("destroy", "--stack", "staging", "--yes", "--skip-preview", *target)
    assert done.returncode == 0, done.stdout + done.stderr
    crash_in_flight(up, "ec2.create_flow_logs", "tree")
    assert_recovered(up, FLOW_LOG)


def assert_recovered(project: Project, name: str) -> None:
    assert left_behind(project.root) == []
    pending = project.recorded("staging")["pending_operations"]
    assert name in {op["resource"]["urn"].rpartition("::")[2] for op in pending}
    # Of such a file that is cut off the engine reads no stack.
    assert list((project.root / ".sandbox" / "state").rglob("*.attrs")) == []
    with project.session():
        told = project.ran("recover", "staging")
        assert re.search(r"staging: [1-9]\d* adopted", told), told
        assert_as_without_the_crash(project)


def test_a_command_that_is_told_to_end_finishes_what_is_under_way(project: Project) -> None:
    with project.session():
        command = begun(project)
        wait_for_a_resource(project)
        command.send_signal(signal.SIGINT)
        said = command.communicate(timeout=60)[1]
        left = project.recorded("staging")
    assert command.returncode == 130
    assert "finishing what is under way" in said
    assert "interrupted: run `make recover` if an update was under way" in said
    assert locks(project) == []
    assert not left.get("pending_operations")
    assert left["resources"]


def test_an_update_bars_a_second_and_goes_on_with_its_aws_when_its_command_is_killed(
    up: Project,
) -> None:
    up.edit("Pulumi.staging.yaml", f"{SCALE}/database/instanceClass", "db.t4g.large")
    with up.session() as session:
        session.tell("faults", [slow("rds.modify_db_instance")])
        command = begun(up)
        second = up.run("up", "staging")
        assert second.returncode != 0
        assert "lock" in second.stderr
        command.kill()
        command.communicate()
        assert locks(up) != []
    deadline = time.monotonic() + 120
    while locks(up) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left_behind(up.root) == []
    with up.session() as session:
        rds = up.boto3(session, "staging", "rds")
        (instance,) = rds.describe_db_instances()["DBInstances"]
    assert instance["DBInstanceClass"] == "db.t4g.large"
    assert_as_without_the_crash(up)


def begun(project: Project) -> "subprocess.Popen[str]":
    """Start an update and return its command once the engine holds the stack."""
    command = subprocess.Popen(
        project.command("up", "staging"),
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not locks(project) and time.monotonic() < deadline:
        time.sleep(0.05)
    return command


def wait_for_a_resource(project: Project) -> None:
    """Wait until the engine has said of something that it is made."""
    logs = project.root / ".sandbox" / "logs"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any("resOutputsEvent" in path.read_text() for path in logs.glob("staging-up-*.events")):
            return
        time.sleep(0.05)


def locks(project: Project) -> list[Path]:
    return list((project.root / ".sandbox" / "state" / ".pulumi" / "locks").rglob("*.json"))
