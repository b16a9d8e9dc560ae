"""An update that is killed in the middle is taken up again by one command."""

import pytest
import yaml

from tests.blueprint.environments import environment
from tests.support.crash import crash, left_behind, points
from tests.support.inventory import held, recorded
from tests.support.project import Project, keys_of

SEED, CRASHES = 20261122, 4


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


@pytest.mark.parametrize("victim", ["engine", "tree"])
def test_what_a_killed_update_left_is_adopted_not_created_again(
    project: Project, victim: str
) -> None:
    crashed = 0
    for seconds in points(SEED, CRASHES // 2, 8.0):
        crashed += crash(project, "staging", seconds, victim)
        assert left_behind(project.root) == []
        if crashed:
            break
    assert crashed
    project.ran("recover", "staging")
    assert_as_without_the_crash(project)


def test_a_second_update_at_the_same_time_is_refused(project: Project) -> None:
    import subprocess
    import time

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
