"""The check fails where data would be lost, and says what else would be replaced and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.command import main
from tests.operations.adopt.engine import engine

pytestmark = pytest.mark.slow

HERE = "urn:pulumi:production::understudy::understudy:environment:Environment$"


def step(op: str, type_: str, name: str, *reasons: str) -> dict[str, Any]:
    return {"op": op, "urn": f"{HERE}{type_}::{name}", "replaceReasons": list(reasons)}


def check(
    root: Path, monkeypatch: pytest.MonkeyPatch, *steps: dict[str, Any], code: int = 0, **more: Any
) -> int:
    told = {"steps": list(steps), "changeSummary": {"same": 3}, **more}
    folder = engine(root / "bin", {}, told, code)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return main(["adopt", "check", "production", "--root", str(root), "--json"])


@pytest.fixture(name="told")
def _told(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: json.loads(capsys.readouterr().out)


def test_updates_and_new_resources_are_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    steps = [
        step("update", "aws:rds/instance:Instance", "database-instance"),
        step("create", "aws:s3/bucket:Bucket", "reports-bucket"),
    ]
    assert check(tmp_path, monkeypatch, *steps) == 0
    assert told()["passed"]


@pytest.mark.parametrize("op", ["replace", "create-replacement", "delete-replaced", "delete"])
@pytest.mark.parametrize(
    "type_",
    [
        "aws:rds/instance:Instance",
        "aws:kms/key:Key",
        "aws:s3/bucket:Bucket",
        "aws:route53/zone:Zone",
    ],
)
def test_data_that_would_be_lost_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Any, op: str, type_: str
) -> None:
    assert check(tmp_path, monkeypatch, step(op, type_, "x")) == 1
    (loss,) = told()["losses"]
    assert loss["holdsData"]


def test_what_else_would_be_replaced_is_told_with_its_reason_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    subnet = "aws:ec2/subnet:Subnet"
    steps = [
        step("create-replacement", subnet, "network-public-a", "cidrBlock"),
        step("replace", subnet, "network-public-a", "cidrBlock"),
        step("delete-replaced", subnet, "network-public-a"),
    ]
    assert check(tmp_path, monkeypatch, *steps) == 0
    (loss,) = told()["losses"]
    assert (loss["would"], loss["forcedBy"], loss["holdsData"]) == (
        "replaced",
        ["cidrBlock"],
        False,
    )


def test_a_preview_that_fails_is_no_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    error = [{"severity": "error", "message": "unable to replace\nit is protected"}]
    assert check(tmp_path, monkeypatch, code=1, diagnostics=error) == 1
    assert told()["failed"] == ["unable to replace it is protected"]
    assert check(tmp_path, monkeypatch, code=1) == 1
    assert told()["failed"] == ["the engine ended with 1"]


def test_a_missing_engine_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["adopt", "check", "production"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "pulumi: there is no such command"
