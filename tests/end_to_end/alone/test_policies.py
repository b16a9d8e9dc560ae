"""The engine runs the policies, says what `make policy` says, and the gate lets nothing by."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import Project

ENCRYPTED = "        storage_encrypted=True,\n"
_TOLD = re.compile(r"\[(mandatory|advisory)\].*\n.*\n +([a-z0-9-]+), [a-z]+: (\S+::\S+): ")
"""Level, rule and resource of a violation, in the three lines that the engine prints."""
CHECK = ("--format", "json")


@pytest.fixture(autouse=True)
def _held(project: Project) -> Iterator[None]:
    """Keep the AWS running: each command would start and save it anew."""
    with project.session():
        yield


Said = tuple[int, str, set[tuple[str, str, str]]]
"""The exit code, the output, and in it each (level, rule, resource)."""


def previewed(project: Project, stack: str) -> Said:
    """Preview with the pack."""
    project.ran("pulumi", "--", "stack", "select", "--create", stack)
    return said_of(project.pulumi("preview", "--stack", stack, "--policy-pack", "policies"))


def gated(project: Project) -> Said:
    """Preview staging with the pack and, if that is well, update it."""
    return said_of(project.run("gate", "staging", "--sandbox", "--yes", module="operations"))


def said_of(done: "subprocess.CompletedProcess[str]") -> Said:
    said = done.stdout + done.stderr
    return done.returncode, said, set(_TOLD.findall(said))


def checked(project: Project, stack: str) -> tuple[int, set[tuple[str, str, str]]]:
    """Check without the engine; return the exit code and what it says of one stack."""
    done = project.run(*CHECK, module="policies.command")
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    levels = {"stops": "mandatory", "advice": "advisory"}
    return done.returncode, {
        (levels[each["does"]], each["rule"], each["resource"])
        for each in report["findings"]
        # What parity says is said in the previews of both.
        if each["stack"] == stack or each["rule"].startswith("parity-")
    }


def test_production_passes_before_anything_is_known(project: Project) -> None:
    code, said, found = previewed(project, "production")

    assert (code, found) == (0, set()), said
    assert "✅ understudy" in said
    assert "can't run policy" not in said
    assert checked(project, "production") == (0, set())


def break_things(project: Project) -> list[tuple[Path, str]]:
    """Break a rule in both, parity in staging, and leave a waiver that is of no use.

    Return the files with what stood in them.
    """
    component = project.root / "components" / "database_instance.py"
    text = component.read_text()
    assert ENCRYPTED in text
    component.write_text(text.replace(ENCRYPTED, ""))
    before = [(component, text)]
    contract = project.root / "policies" / "contract.yaml"
    text = contract.read_text()
    assert "multiAz: at most" in text
    contract.write_text(text.replace("multiAz: at most", "multiAz: at least"))
    waivers = project.root / "policies" / "waivers.yaml"
    before += [(contract, text), (waivers, waivers.read_text())]
    project.edit(
        "policies/waivers.yaml",
        "waivers",
        [
            {
                "rule": "rds-instance-own-key",
                "stack": "staging",
                "resource": "aws:rds/instance:Instance::database-instance",
                "reason": "A reason that is long enough.",
                "owner": "platform",
                "expires": "2099-01-01",
            }
        ],
    )
    return before


def test_the_engine_says_what_the_check_says_and_the_gate_keeps_to_it(project: Project) -> None:
    before = break_things(project)
    code, said, found = gated(project)

    database = "aws:rds/instance:Instance::database-instance"
    assert code == 1
    assert "can't run policy" not in said
    assert "nothing was changed" in said
    assert found == {
        ("mandatory", "rds-instance-storage-encrypted", database),
        ("mandatory", "parity-direction-kept", database),
        ("mandatory", "waiver-used", database),
    }
    assert checked(project, "staging") == (1, found)
    assert [each["type"] for each in project.resources("staging")] == []
    assert not (project.root / ".plans").exists()

    for path, text in before:
        path.write_text(text)
    code, said, found = gated(project)
    assert (code, found) == (0, set()), said
    assert "✅ understudy" in said
    assert "can't run policy" not in said
    assert checked(project, "staging") == (0, set())
    assert project.changes("staging") == {}
    assert not (project.root / ".plans").exists()
