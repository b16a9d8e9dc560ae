"""What was changed by hand, looked at by every command that tells of it, and taken back."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Both
from tests.support.project import Project

STACKS = ("production", "staging")
COPIED = ("AlarmName", "MetricName", "Namespace", "Period", "EvaluationPeriods",
          "ComparisonOperator", "Statistic", "Dimensions")  # fmt: skip
"""What an alarm is put anew with."""

Answer = tuple[int, dict[str, Any]]
"""A command's exit code and what it says for machines."""
State = list[dict[str, Any]]


def told(project: Project, *words: str) -> Answer:
    """Run a command of the operations with ``--json``; return its code and its answer."""
    done = project.run(*words, "--sandbox", "--json", module="operations")
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return done.returncode, found


def report(project: Project, folder: Path) -> Answer:
    """Export both stacks into a folder and judge them."""
    files = []
    for stack in STACKS:
        file = folder / f"{stack}.json"
        file.write_text(json.dumps(project.export(stack)))
        files.append(str(file))
    done = project.run("--deployed", *files, "--format", "json", module="policies.command")
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, found


@dataclass(frozen=True)
class ByHand:
    """What was told of staging while an alarm and the database were as somebody had set them."""

    drift: Answer
    states: tuple[State, State]
    """Before drift was asked for, and after."""
    refresh: "subprocess.CompletedProcess[str]"
    wanted: dict[str, int]
    """What an update would do once that was refreshed."""
    deployed: Answer
    """The judgement on what was deployed, by then."""
    restored: dict[str, Any]
    """The database after that update."""
    left: dict[str, int]
    """What an update would do after it."""
    deployed_again: Answer


@pytest.fixture(scope="session")
def by_hand(both: Both, tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """Change two things by hand, ask every command for it, and have an update take it back."""
    project, folder = both.hold(), tmp_path_factory.mktemp("deployed")
    with project.session() as session:
        cloudwatch = project.boto3(session, "staging", "cloudwatch")
        rds = project.boto3(session, "staging", "rds")
        alarm = next(
            each
            for each in cloudwatch.describe_alarms()["MetricAlarms"]
            if each["AlarmName"].endswith("database-cpu")
        )
        cloudwatch.put_metric_alarm(**{key: alarm[key] for key in COPIED}, Threshold=99.0)
        name = rds.describe_db_instances()["DBInstances"][0]["DBInstanceIdentifier"]
        rds.modify_db_instance(DBInstanceIdentifier=name, CopyTagsToSnapshot=False)

        before = project.resources("staging")
        drift = told(project, "drift", "staging")
        after = project.resources("staging")
        refresh = project.run("refresh", "staging")
        wanted = project.changes("staging")
        deployed = report(project, folder)
        project.ran("up", "staging")
        restored = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return ByHand(
        drift=drift,
        states=(before, after),
        refresh=refresh,
        wanted=wanted,
        deployed=deployed,
        restored=restored,
        left=project.changes("staging"),
        deployed_again=report(project, folder),
    )
