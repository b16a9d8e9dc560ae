"""A job learns role, region, state and commit from the project's own files."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

import settings
from operations.command import main
from operations.errors import OperationError
from operations.github.places import release as found_release
from policies.releases import Release
from tests.settings.workspace import ROOT

UNTESTED = "was not tested in a mirror, or failed since then"


def place(capsys: pytest.CaptureFixture[str], stack: str, role: str) -> list[str]:
    assert main(["github", "place", stack, "--role", role, "--root", str(ROOT)]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_job_that_previews_gets_the_role_that_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert place(capsys, "staging", "preview") == [
        "role=arn:aws:iam::222222222222:role/understudy-preview",
        "region=eu-west-1",
        "backend=s3://understudy-state-222222222222?region=eu-west-1",
    ]


def test_a_job_that_deploys_gets_the_role_of_its_own_stack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = place(capsys, "production", "deployer")
    assert lines[0] == "role=arn:aws:iam::111111111111:role/understudy-deployer"


def test_a_stack_without_a_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["github", "place", "x", "--role", "preview", "--root", str(ROOT)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def release(records: list[Release], wanted: str) -> dict[str, str]:
    return found_release(records, wanted, settings.load(ROOT, "production"), "production")


def record(
    version: str,
    digit: str,
    verdict: Literal["passed", "failed"],
    day: int,
    stack: str = "staging",
    *,
    tested: bool = True,
) -> Release:
    return Release(
        digest=f"sha256:{digit * 64}",
        version=version,
        commit=f"{day:040x}",
        stack=stack,
        verdict=verdict,
        tested=tested and verdict == "passed",
        time=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day),
    )


def test_a_release_is_the_commit_with_which_it_was_tested_last() -> None:
    records = [record("1.0.0", "a", "passed", 1), record("1.0.0", "a", "passed", 2)]
    records += [record("1.0.0", "a", "passed", 3, tested=False)]
    digest = f"sha256:{'a' * 64}"
    assert release(records, "1.0.0") == {
        "version": "1.0.0",
        "commit": f"{2:040x}",
        "image": f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/storefront@{digest}",
    }
    assert release(records, digest)["version"] == "1.0.0"


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], "is not recorded; recorded: none"),
        ([record("1.0.1", "a", "passed", 1)], "is not recorded; recorded: 1.0.1"),
        ([record("1.0.0", "a", "failed", 1)], UNTESTED),
        ([record("1.0.0", "a", "passed", 1, tested=False)], UNTESTED),
        (
            [record("1.0.0", "a", "passed", 1), record("1.0.0", "a", "failed", 2)],
            UNTESTED,
        ),
        (
            [record("1.0.0", "a", "passed", 1), record("1.0.0", "b", "passed", 2)],
            "is recorded with several digests; give one",
        ),
        ([record("1.0.0", "a", "passed", 1, "production")], "is not recorded; recorded: none"),
    ],
)
def test_a_release_that_no_mirror_has_tested_is_refused(records: list[Release], words: str) -> None:
    with pytest.raises(OperationError) as refused:
        release(records, "1.0.0")
    assert str(refused.value) == f"release '1.0.0': {words}"


def test_what_was_tested_in_the_sandbox_is_found_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy2(file, tmp_path)
    (tmp_path / "policies").mkdir()
    shutil.copy2(ROOT / "policies" / "releases.yaml", tmp_path / "policies")
    told = record("9.9.9", "9", "passed", 40).model_dump(mode="json", exclude_none=True)
    (tmp_path / ".sandbox").mkdir()
    (tmp_path / ".sandbox" / "releases.yaml").write_text(json.dumps({"releases": [told]}))
    asked = ["github", "release", "9.9.9", "--for", "production", "--root", str(tmp_path)]
    assert main(asked) == 2
    assert main([*asked, "--sandbox"]) == 0
    assert f"commit={40:040x}" in capsys.readouterr().out.splitlines()


def test_the_committed_release_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["github", "release", "1.0.0", "--for", "production", "--root", str(ROOT)]) == 0
    names = [line.partition("=")[0] for line in capsys.readouterr().out.splitlines()]
    assert names == ["version", "commit", "image"]
