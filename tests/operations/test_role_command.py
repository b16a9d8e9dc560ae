"""Another role for a stack's providers, in one checkout."""

import shutil
from pathlib import Path

import pytest

import settings
from operations.command import main
from tests.settings.workspace import ROOT

ROLE = "understudy-preview"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy2(file, tmp_path / file.name)
    return tmp_path


def test_every_provider_takes_the_role_and_nothing_else_is_changed(root: Path) -> None:
    file = root / "Pulumi.staging.yaml"
    before = file.read_text()

    assert main(["role", "staging", ROLE, "--root", str(root)]) == 0

    identity = settings.load(root, "staging").identity
    roles = (identity.deployer_role, identity.archive_role, identity.dns.delegation_role)
    assert set(roles) == {ROLE}
    lines = zip(before.splitlines(), file.read_text().splitlines(), strict=True)
    changed = [new.strip() for old, new in lines if old != new]
    assert changed == [
        f"{key}: {ROLE}" for key in ("deployerRole", "archiveRole", "delegationRole")
    ]


def test_a_dry_run_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (root / "Pulumi.staging.yaml").read_text()

    assert main(["role", "staging", ROLE, "--dry-run", "--root", str(root)]) == 0

    assert (root / "Pulumi.staging.yaml").read_text() == before
    assert capsys.readouterr().out == f"staging: each provider would take {ROLE}\n"


@pytest.mark.parametrize(
    ("stack", "role", "says"),
    [("staging", "a role", "ROLE: must be"), ("stagging", ROLE, "stagging")],
)
def test_what_is_no_role_or_no_stack_is_refused(
    root: Path, stack: str, role: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / "Pulumi.staging.yaml").read_text()

    assert main(["role", stack, role, "--root", str(root)]) == 2

    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1
    assert (root / "Pulumi.staging.yaml").read_text() == before
