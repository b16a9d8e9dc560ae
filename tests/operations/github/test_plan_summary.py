"""A plan is shown by what it does to which resource, and by no value."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.command import main

STACK = "urn:pulumi:staging::understudy::"
DATABASE = "understudy:environment:Environment$understudy:data:Database$aws:rds/instance:Instance"


def plan(tmp_path: Path, resources: dict[str, Any]) -> Path:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"manifest": {}, "config": {}, "resourcePlans": resources}))
    return file


def shown(capsys: pytest.CaptureFixture[str], file: Path) -> str:
    assert main(["github", "plan", "staging", str(file)]) == 0
    return capsys.readouterr().out


def test_what_ends_stands_first_and_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = ["create-replacement", "replace", "delete-replaced"]
    secret = {"goal": {"inputDiff": {"adds": {"password": "hunter2"}}}}
    text = shown(
        capsys,
        plan(
            tmp_path,
            {
                f"{STACK}aws:ec2/vpc:Vpc::network": {"steps": ["create"], **secret},
                f"{STACK}{DATABASE}::database": {"steps": steps},
                f"{STACK}aws:sns/topic:Topic::alarms": {"steps": ["same"]},
                f"{STACK}aws:s3/bucket:Bucket::logs": {"steps": ["update"]},
            },
        ),
    )
    assert text.splitlines() == [
        "**staging**: 1 create, 1 create-replacement + delete-replaced + replace, 1 update",
        "",
        "<details open>",
        "<summary>3 resources</summary>",
        "",
        "| step | type | name |",
        "| --- | --- | --- |",
        "| **create-replacement, delete-replaced, replace** | `aws:rds/instance:Instance` | "
        "`database` |",
        "| create | `aws:ec2/vpc:Vpc` | `network` |",
        "| update | `aws:s3/bucket:Bucket` | `logs` |",
        "",
        "</details>",
    ]
    assert "hunter2" not in text


def test_a_plan_that_waits_for_its_review_is_shown_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = plan(tmp_path, {f"{STACK}aws:sns/topic:Topic::alarms": {"steps": ["delete"]}})
    (tmp_path / "reviewed.json").write_text(json.dumps({"form": 1, "plan": inner.read_text()}))
    assert shown(capsys, tmp_path / "reviewed.json") == shown(capsys, inner)


def test_a_plan_without_changes_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = plan(tmp_path, {f"{STACK}aws:sns/topic:Topic::alarms": {"steps": ["same"]}})
    assert shown(capsys, file) == "**staging**: no resource changes.\n"


def test_nothing_in_a_name_is_taken_for_mark_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = plan(tmp_path, {f"{STACK}aws:sns/topic:Topic::a`|\n<b>": {"steps": ["create"]}})
    assert "| create | `aws:sns/topic:Topic` | `a<b>` |" in shown(capsys, file).splitlines()


def test_a_long_plan_is_cut_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = {f"{STACK}aws:sns/topic:Topic::a{n}": {"steps": ["create"]} for n in range(501)}
    text = shown(capsys, plan(tmp_path, many))
    assert "**staging**: 501 create" in text
    assert "301 more are in the run's log." in text


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"resourcePlans": [1]}', '{"resourcePlans": {"a": 1}}']
)
def test_what_is_no_plan_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "plan.json").write_text(text)
    assert main(["github", "plan", "staging", str(tmp_path / "plan.json")]) == 2
    assert capsys.readouterr().err == f"{tmp_path}/plan.json: is no update plan of the engine\n"


def test_a_missing_plan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["github", "plan", "staging", str(tmp_path / "none.json")]) == 2
    assert "can't be read: No such file" in capsys.readouterr().err
