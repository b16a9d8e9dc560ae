"""What is deployed is held to the same rules and the same contract as what is described."""

import json
from typing import Any

from tests.support.project import Project

STACKS = ("production", "staging")


def report(project: Project) -> tuple[int, dict[str, Any]]:
    """Export both stacks and judge them."""
    files = []
    for stack in STACKS:
        file = project.root / f"{stack}.json"
        file.write_text(json.dumps(project.export(stack)))
        files.append(str(file))
    done = project.run("--deployed", *files, "--format", "json", module="policies.command")
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, found


def test_what_is_deployed_mirrors_too(held: Project) -> None:
    code, found = report(held)

    assert found["findings"] == []
    assert (code, found["index"]) == (0, 100.0)
    assert found["resources"] > 300


def test_what_was_changed_by_hand_is_found_once_it_is_refreshed(held: Project) -> None:
    with held.session() as session:
        sns = held.boto3(session, "staging", "cloudwatch")
        alarm = next(
            each
            for each in sns.describe_alarms()["MetricAlarms"]
            if each["AlarmName"].endswith("database-cpu")
        )
        keys = ("AlarmName", "MetricName", "Namespace", "Period", "EvaluationPeriods")
        kept = {key: alarm[key] for key in (*keys, "ComparisonOperator", "Statistic", "Dimensions")}
        sns.put_metric_alarm(**kept, Threshold=99.0)
    held.run("refresh", "staging")
    code, found = report(held)
    held.ran("up", "staging")

    assert code == 1
    assert {
        (each["rule"], each["resource"], each["property"])
        for each in found["findings"]
        if each["property"] == "threshold"
    } == {
        (
            "parity-property-equal",
            "aws:cloudwatch/metricAlarm:MetricAlarm::database-alarms-cpu",
            "threshold",
        )
    }
    assert report(held)[1]["findings"] == []
