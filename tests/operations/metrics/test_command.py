"""The command on files, on the git that is there, and on a real moto server."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.command import main
from tests.operations.backup.stack import Stack, deployed
from tests.operations.metrics.test_delivery import digest
from tests.settings.workspace import ROOT
from tests.support.cloud import Cloud

GIB = 2**30
NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
PLACES = {"clusterName": "shop", "webServiceName": "web", "workerServiceName": "worker"}


@pytest.fixture
def stack(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    """Return a staging with services that are known by name."""
    found = deployed(cloud, tmp_path, monkeypatch, capsys)
    file = tmp_path / "bin" / "outputs.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | PLACES))
    (tmp_path / ".reports").mkdir()
    line = {"time": "now", "mirror": "staging", "index": 100.0, "likeness": 72.6}
    (tmp_path / ".reports" / "history.jsonl").write_text(json.dumps(line) + "\n")
    return found


def run(stack: Stack, *words: str, days: int = 0) -> tuple[int, str, str]:
    """Run the command on a stack, as so many days ago; return its code and what it said."""
    moment = (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stack.capture.readouterr()
    code = main(["metrics", "staging", "--root", str(stack.root), "--now", moment, *words])
    told = stack.capture.readouterr()
    return code, told.out, told.err


def put(stack: Stack, namespace: str, name: str, values: dict[str, float], **by: str) -> None:
    """Put values of an hour each, the newest an hour ago, as AWS would."""
    stack.cloud.boto3("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in by.items()],
                "Timestamp": NOW - timedelta(hours=int(hours)),
                "Value": value,
            }
            for hours, value in values.items()
        ],
    )


def published(stack: Stack, days: int) -> dict[str, list[float]]:
    """Return what CloudWatch has of a day: how often each number was put, and its value.

    Each test has a day of its own: the server is shared, and never forgets.
    """
    day = NOW - timedelta(days=days)
    client = stack.cloud.boto3("cloudwatch")
    found = {}
    for metric in client.list_metrics(Namespace="Understudy")["Metrics"]:
        (dimension,) = metric["Dimensions"]
        assert dimension == {"Name": "Environment", "Value": "staging"}
        shown = client.get_metric_statistics(
            Namespace="Understudy",
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=day - timedelta(hours=2),
            EndTime=day + timedelta(hours=1),
            Period=3600,
            Statistics=["SampleCount", "Average"],
        )["Datapoints"]
        found[metric["MetricName"]] = [
            number for each in shown for number in (each["SampleCount"], each["Average"])
        ]
    return {name: numbers for name, numbers in found.items() if numbers}


def test_utilisation_is_what_was_used_of_what_there_is(stack: Stack) -> None:
    own = {"DBInstanceIdentifier": stack.identifier}
    web = {"ClusterName": "shop", "ServiceName": "web"}
    put(stack, "AWS/ECS", "CPUUtilization", {"1": 20.0, "2": 40.0}, **web)
    put(stack, "AWS/RDS", "CPUUtilization", {"1": 10.0}, **own)
    put(stack, "AWS/RDS", "DatabaseConnections", {"1": 45.0, "2": 90.0}, **own)
    put(stack, "AWS/RDS", "FreeStorageSpace", {"1": 10.0 * GIB, "2": 40.0 * GIB}, **own)
    shown = stack.shown()

    code, out, _ = run(stack, "--utilisation", "--json", "--since", "7")
    assert code == 0
    found = {each["name"]: each for each in json.loads(out)["environments"]["staging"]}
    assert found["WebCpuUsed"]["value"] == 30
    assert found["WorkerCpuUsed"]["value"] is None
    assert found["WorkerCpuUsed"]["words"] == "CloudWatch has no CPUUtilization in 7 days"
    assert found["DatabaseCpuUsed"]["value"] == 10
    size = shown["AllocatedStorage"]
    assert found["DatabaseStorageUsed"]["value"] == pytest.approx(100 * (1 - 10 / size))
    # db.t4g.medium has 4 GiB: 4 x 2^30 / 9531392 = 450.6 connections.
    assert shown["DBInstanceClass"] == "db.t4g.medium"
    assert found["DatabaseConnectionsUsed"]["value"] == pytest.approx(100 * 90 / 450)


def test_what_is_known_is_put_once_an_hour(stack: Stack) -> None:
    code, out, _ = run(stack, "--publish", "--yes", days=1)
    assert code == 0
    assert "put 2, of this hour there were 0" in out
    first = published(stack, 1)
    assert first == {"ParityIndex": [1, 100], "ParityLikeness": [1, 72.6]}

    code, out, _ = run(stack, "--publish", "--yes", days=1)
    assert code == 0
    assert "put 0, of this hour there were 2" in out
    assert published(stack, 1) == first


def test_a_number_that_came_later_in_the_hour_is_put_as_well(stack: Stack) -> None:
    run(stack, "--publish", "--yes", days=2)
    line = {"time": "now", "stack": "staging", "p95Milliseconds": 250}
    (stack.root / ".reports" / "load.jsonl").write_text(json.dumps(line) + "\n")
    _, out, _ = run(stack, "--publish", "--yes", days=2)

    assert "put 1, of this hour there were 2" in out
    assert published(stack, 2)["LoadLatencyP95"] == [1, 250]


def test_dry_run_puts_nothing_and_nobody_can_be_asked_here(stack: Stack) -> None:
    code, out, err = run(stack, "--publish", "--dry-run", days=3)
    assert (code, out.splitlines()[-1]) == (0, "nothing was changed")
    assert "2 numbers for Understudy, Environment staging" in err
    code, _, err = run(stack, "--publish", days=3)
    assert code == 2
    assert "put the metrics: nobody can be asked here; give --yes or --dry-run" in err
    assert published(stack, 3) == {}


def test_a_stack_without_services_says_so(stack: Stack) -> None:
    file = stack.root / "bin" / "outputs.json"
    told = json.loads(file.read_text())
    file.write_text(json.dumps({key: told[key] for key in told if key != "clusterName"}))

    assert run(stack, "--utilisation")[0] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--publish"], "--utilisation, --publish: must be of one STACK, in whose account"),
        (["test"], "STACK: must be among production, staging, got test"),
        (["--checks", "none.jsonl"], "--checks: must be a file, got none.jsonl"),
        (["--releases", "none.json"], "none.json: can't be read: No such file or directory"),
        (["--now", "soon"], "--now: must be a moment in UTC such as 2026-01-31T09:00:00Z"),
    ],
)
def test_what_cannot_be_done_is_refused(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", "--root", str(ROOT), *words]) == 2
    assert capsys.readouterr().err.startswith(told)


def test_days_must_be_a_number_above_none(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("0", "many"):
        with pytest.raises(SystemExit) as refused:
            main(["metrics", "--since", text])
        assert refused.value.code == 2
    assert "--since" in capsys.readouterr().err


def git(folder: Path, *words: str) -> str:
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(folder)}
    moments = {f"GIT_{who}_DATE": "2026-11-20T08:00:00+00:00" for who in ("AUTHOR", "COMMITTER")}
    names = {
        f"GIT_{who}_{what}": "a@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", *words],  # noqa: S607  (the one on the PATH)
        cwd=folder,
        env={**os.environ, **own, **moments, **names},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_lead_time_begins_with_the_commit_that_git_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Pulumi.staging.yaml", "Pulumi.production.yaml"):
        (tmp_path / name).touch()
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "one")
    common: dict[str, Any] = {
        "digest": digest("a"),
        "stack": "production",
        "outcome": "verified",
        "began": "2026-11-20T09:00:00Z",
        "ended": "2026-11-20T09:30:00Z",
    }
    known = common | {"commit": git(tmp_path, "rev-parse", "HEAD")}
    strange = common | {"commit": "f" * 40, "digest": digest("b")}
    file = tmp_path / "releases.json"
    file.write_text(json.dumps([known, strange]))

    words = ["--root", str(tmp_path), "--releases", str(file), "--now", "2026-11-29T00:00:00Z"]
    assert main(["metrics", "production", "--json", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    (lead,) = (each for each in told["environments"]["production"] if each["name"] == "LeadTime")
    assert lead["value"] == 90 * 60
    assert lead["words"].endswith("of 1 the commit's time is not known")


def test_without_any_file_everything_is_unknown_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", "--root", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]

    assert len(lines) == 2 * 15
    assert all("  unknown  " in line for line in lines)


def test_each_number_stands_in_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["metrics", "staging", "--json", "--root", str(tmp_path)])
    page = (ROOT / "docs" / "metrics.md").read_text()

    for each in json.loads(capsys.readouterr().out)["environments"]["staging"]:
        assert f"`{each['name']}`" in page
