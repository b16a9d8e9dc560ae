"""The scheduled jobs: their schedules, when they were started last, and how that ended.

How a run ended is known only for about an hour (Amazon ECS API Reference, DescribeTasks); whether
it could be started, EventBridge Scheduler's metrics say for weeks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.aws import ask
from operations.environment.facts.services import tasks
from operations.environment.reach import Reach
from operations.environment.wanted import prefix

BACK = timedelta(days=35)
"""How far back starts are looked for: a monthly job has one in it."""
PERIOD = 3600
METRICS = {"started": "InvocationAttemptCount", "dropped": "InvocationDroppedCount"}
"""EventBridge Scheduler User Guide, "Monitoring with Amazon CloudWatch metrics": dropped is what no
retry brought through."""


@dataclass(frozen=True)
class Job:
    """One job."""

    enabled: bool
    expression: str
    timezone: str
    definition: str
    made: datetime
    started: datetime | None
    """The hour of the last start that was tried; None where there was none."""
    lost: datetime | None
    """The hour of the last start that came to nothing."""
    ends: tuple[str, ...]
    """How each run of the last hour that did not end with 0 ended."""


@dataclass(frozen=True)
class Jobs:
    """By name; None for one without a schedule."""

    found: Mapping[str, Job | None]


def look(reach: Reach) -> Jobs:
    """Ask EventBridge Scheduler, CloudWatch and ECS."""
    return Jobs({job.name: _job(reach, job.name) for job in reach.settings.shape.jobs})


def _job(reach: Reach, name: str) -> Job | None:
    client = reach.client("scheduler")
    group = f"{prefix(reach.settings)}-{name}"
    listed = ask(client, "list_schedules", GroupName=group).get("Schedules", [])
    if len(listed) != 1:
        return None
    shown = ask(client, "get_schedule", GroupName=group, Name=listed[0]["Name"])
    times = _times(reach.client("cloudwatch"), group)
    return Job(
        shown.get("State") == "ENABLED",
        str(shown["ScheduleExpression"]),
        str(shown.get("ScheduleExpressionTimezone")),
        str(shown["Target"].get("EcsParameters", {}).get("TaskDefinitionArn")),
        shown["CreationDate"],
        times["started"],
        times["dropped"],
        _ends(reach, f"{prefix(reach.settings)}-{name}"),
    )


def _times(client: Any, group: str) -> dict[str, datetime | None]:
    """Return of each metric when it last counted something."""
    now = datetime.now(UTC)
    queries = [_query(key, metric, group) for key, metric in METRICS.items()]
    told = ask(
        client,
        "get_metric_data",
        MetricDataQueries=queries,
        StartTime=now - BACK,
        EndTime=now + timedelta(minutes=1),
    )
    return {each["Id"]: _last(each) for each in told["MetricDataResults"]}


def _query(key: str, metric: str, group: str) -> dict[str, Any]:
    return {
        "Id": key,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Scheduler",
                "MetricName": metric,
                "Dimensions": [{"Name": "ScheduleGroup", "Value": group}],
            },
            "Period": PERIOD,
            "Stat": "Sum",
        },
    }


def _last(result: dict[str, Any]) -> datetime | None:
    pairs = zip(result["Timestamps"], result["Values"], strict=True)
    return max((moment for moment, value in pairs if value > 0), default=None)


def _ends(reach: Reach, family: str) -> tuple[str, ...]:
    cluster = str(reach.outputs["clusterName"])
    stopped = tasks(reach.client("ecs"), cluster, family=family, desiredStatus="STOPPED")
    return tuple(end for each in stopped if (end := _bad_end(each)))


def _bad_end(task: dict[str, Any]) -> str:
    """Return how a run ended, empty where it ended with 0."""
    if task.get("stopCode") == "TaskFailedToStart":
        return "it never started"
    codes = [each.get("exitCode") for each in task.get("containers", [])]
    wrong = [code for code in codes if code != 0]
    return f"it ended with {wrong[0]}" if wrong else ""
