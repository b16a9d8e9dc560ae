"""How much of what there is was used: Amazon CloudWatch's metrics against the sizes.

Sources: Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics"; Amazon RDS User Guide,
"Amazon CloudWatch metrics for Amazon RDS" and, for connections, "Quotas and constraints".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from operations.aws import ask
from operations.errors import OperationError
from operations.metrics.metric import WHOLE, Metric, unknown
from operations.place import Place
from settings.catalogue import database_class

GIB = 2**30
PERIOD = 3600
BYTES_PER_CONNECTION, MOST_CONNECTIONS = 9_531_392, 5_000
NEEDED = ("clusterName", "webServiceName", "workerServiceName")
Statistic = Literal["Average", "Maximum", "Minimum"]


@dataclass(frozen=True)
class Series:
    """One metric of CloudWatch, over the hours of a time."""

    name: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: Statistic

    def query(self, number: int) -> dict[str, Any]:
        """Return what GetMetricData takes."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {
            "Namespace": self.namespace,
            "MetricName": self.metric,
            "Dimensions": dimensions,
        }
        stat = {"Metric": metric, "Period": PERIOD, "Stat": self.statistic}
        return {"Id": f"m{number}", "MetricStat": stat, "ReturnData": True}

    def of(self, values: Sequence[float]) -> float:
        """Return one value of many: the mean of averages, and the end of extremes."""
        if self.statistic == "Average":
            return sum(values) / len(values)
        return max(values) if self.statistic == "Maximum" else min(values)


def utilisation(place: Place, now: datetime, days: int) -> Iterator[Metric]:
    """Yield the share that was used of tasks, instance, connections and storage.

    Raises OperationError where the stack has no services or AWS refuses.
    """
    if missing := [name for name in NEEDED if not place.outputs.get(name)]:
        raise OperationError(f"{place.stack}: the stack has no output {', '.join(missing)}")
    series = [*_services(place), *_database(place)]
    found = _asked(place, series, now, days)
    for each in series:
        values = found[each.name]
        if not values:
            yield unknown(each.name, "Percent", f"CloudWatch has no {each.metric} in {days} days")
            continue
        yield _percent(place, each, each.of(values), f"{each.statistic} of {days} days")


def _services(place: Place) -> Iterator[Series]:
    cluster = str(place.outputs["clusterName"])
    for begins, output in (("Web", "webServiceName"), ("Worker", "workerServiceName")):
        service = str(place.outputs[output])
        dimensions = (("ClusterName", cluster), ("ServiceName", service))
        for kind, metric in (("Cpu", "CPUUtilization"), ("Memory", "MemoryUtilization")):
            name = f"{begins}{kind}Used"
            yield Series(name, "AWS/ECS", metric, dimensions, "Average")


def _database(place: Place) -> Iterator[Series]:
    dimensions = (("DBInstanceIdentifier", place.identifier),)
    kinds: tuple[tuple[str, str, Statistic], ...] = (
        ("DatabaseCpuUsed", "CPUUtilization", "Average"),
        ("DatabaseConnectionsUsed", "DatabaseConnections", "Maximum"),
        ("DatabaseStorageUsed", "FreeStorageSpace", "Minimum"),
    )
    for name, metric, statistic in kinds:
        yield Series(name, "AWS/RDS", metric, dimensions, statistic)


def _asked(
    place: Place, series: Sequence[Series], now: datetime, days: int
) -> dict[str, list[float]]:
    """Return the values of each, over every page of the answer."""
    client = place.client("cloudwatch")
    more: dict[str, str] = {}
    found: dict[str, list[float]] = {each.name: [] for each in series}
    while True:
        answer = ask(
            client,
            "get_metric_data",
            MetricDataQueries=[each.query(n) for n, each in enumerate(series)],
            StartTime=now - timedelta(days=days),
            EndTime=now,
            **more,
        )
        for result in answer["MetricDataResults"]:
            found[series[int(result["Id"][1:])].name] += result["Values"]
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": answer["NextToken"]}


def _percent(place: Place, series: Series, value: float, words: str) -> Metric:
    if series.metric == "DatabaseConnections":
        most = _connections(place)
        return Metric(series.name, "Percent", WHOLE * value / most, f"{value:g} of {most}, {words}")
    if series.metric == "FreeStorageSpace":
        size = _instance(place)["AllocatedStorage"]
        used = WHOLE * (1 - value / GIB / size)
        return Metric(
            series.name, "Percent", used, f"{value / GIB:.1f} of {size} GiB free, {words}"
        )
    return Metric(series.name, "Percent", value, words)


def _instance(place: Place) -> dict[str, Any]:
    shown = place.rds("describe_db_instances", DBInstanceIdentifier=place.identifier)
    return dict(shown["DBInstances"][0])


def _connections(place: Place) -> int:
    """Return ``max_connections`` as RDS sets it: LEAST(memory / 9531392, 5000)."""
    name = _instance(place)["DBInstanceClass"]
    kind = database_class(name)
    if kind is None:
        raise OperationError(f"{place.identifier}: class must be one that is known, got {name}")
    return int(min(kind.memory_gib * GIB // BYTES_PER_CONNECTION, MOST_CONNECTIONS))
