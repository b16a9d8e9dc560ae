"""An update that is killed in the middle is taken up again by one command."""

import re
import time

import pytest
import yaml

from tests.blueprint.environments import environment
from tests.support.crash import kill, left_behind, start
from tests.support.inventory import held, recorded
from tests.support.project import Project, keys_of

SLOW_SECONDS = 10.0


def assert_as_without_the_crash(project: Project) -> None:
    resources = project.resources("staging")
    described = {
        node.key for node in environment("staging").nodes if not node.type.startswith("pulumi:")
    }
    assert keys_of(resources) == described
    assert project.changes("staging") == {}
    identity = yaml.safe_load((project.root / "Pulumi.staging.yaml").read_text())["config"]
    region = identity["understudy:identity"]["region"]
    with project.session() as session:
        living = held(lambda service: project.boto3(session, "staging", service))
    assert living == recorded(resources, region)


def crash_in_flight(project: Project, victim: str) -> None:
    """Kill an update whose VPC exists already while the engine still waits for the answer."""
    slow = {
        "kind": "slow",
        "operation": "ec2.create_vpc",
        "resource": "*",
        "times": 1,
        "seconds": SLOW_SECONDS,
    }
    with project.session() as session:
        session.tell("faults", [slow])
        process = start(project, "staging")
        deadline = time.monotonic() + 120
        while session.tell("status")["faults"] and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        assert kill(project, process, victim)


@pytest.mark.parametrize("victim", ["engine", "tree"])
def test_what_a_killed_update_left_is_adopted_not_created_again(
    project: Project, victim: str
) -> None:
    crash_in_flight(project, victim)
    assert left_behind(project.root) == []
    pending = project.export("staging")["deployment"]["pending_operations"]
    assert "network-vpc" in {op["resource"]["urn"].rpartition("::")[2] for op in pending}
    told = project.ran("recover", "staging")
    assert re.search(r"staging: [1-9]\d* adopted", told), told
    assert_as_without_the_crash(project)


def test_a_second_update_at_the_same_time_is_refused(project: Project) -> None:
    import subprocess

    first = subprocess.Popen(
        project.command("up", "staging"),
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    locks = project.root / ".sandbox" / "state" / ".pulumi" / "locks"
    deadline = time.monotonic() + 60
    while not list(locks.rglob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    second = project.run("up", "staging")
    assert second.returncode != 0
    assert "lock" in second.stderr
    assert first.wait() == 0
