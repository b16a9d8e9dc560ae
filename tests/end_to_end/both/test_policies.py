"""Policies that say nothing stop the engine, in words that a person can use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.project import Project

PutBack = Callable[[str], Path]


@pytest.fixture
def put_back(held: Project) -> Iterator[PutBack]:
    """Return the path of a file that a test changes; afterwards it is as it was."""
    before: dict[Path, bytes] = {}

    def changed(name: str) -> Path:
        path = held.root / name
        before[path] = path.read_bytes()
        return path

    yield changed
    for path, was in before.items():
        path.write_bytes(was)


def previewed(project: Project) -> tuple[int, str]:
    """Preview staging with the pack; return the exit code and what is said."""
    done = project.pulumi("preview", "--stack", "staging", "--policy-pack", "policies")
    return done.returncode, done.stdout + done.stderr


def test_a_file_that_is_refused_stops_the_engine_in_one_line(
    held: Project, put_back: PutBack
) -> None:
    put_back("policies/waivers.yaml").write_text("waivers: [{}]")
    code, said = previewed(held)

    assert code != 0
    assert "policies/waivers.yaml: waivers[0].rule: is missing" in said
    assert "Traceback" not in said


def test_a_rule_that_breaks_stops_the_engine_by_its_name(held: Project, put_back: PutBack) -> None:
    rules = put_back("policies/rules/database.py")
    text = rules.read_text()
    rules.write_text(
        text.replace('return instance["storageEncrypted"]', 'return instance.none["x"]')
    )
    code, said = previewed(held)

    assert code != 0
    assert "rule rds-instance-storage-encrypted broke at" in said
