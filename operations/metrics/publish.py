"""Put the numbers into Amazon CloudWatch: once an hour, however often it is asked for.

Custom metrics cost by the name; what is unknown is not put (CloudWatch API Reference,
PutMetricData and GetMetricData).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from operations.aws import ask
from operations.metrics.metric import Metric
from operations.place import Place

NAMESPACE = "Understudy"
DIMENSION = "Environment"
PERIOD = 3600
MOST = 1000
"""Values that one request takes."""


def publish(place: Place, metrics: Sequence[Metric], now: datetime) -> list[Metric]:
    """Put what is known and stands not there yet for this hour; return what was put."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    known = [each for each in metrics if each.value is not None]
    there = _there(place, known, hour)
    new = [each for each in known if each.name not in there]
    client = place.client("cloudwatch")
    for begin in range(0, len(new), MOST):
        ask(
            client,
            "put_metric_data",
            Namespace=NAMESPACE,
            MetricData=[
                {
                    "MetricName": each.name,
                    "Dimensions": [{"Name": DIMENSION, "Value": place.stack}],
                    "Timestamp": hour,
                    "Value": each.value,
                    "Unit": each.unit,
                }
                for each in new[begin : begin + MOST]
            ],
        )
    return new


def _there(place: Place, metrics: Sequence[Metric], hour: datetime) -> set[str]:
    """Return the names that have a value for the hour."""
    if not metrics:
        return set()
    queries = [
        {
            "Id": f"m{n}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": each.name,
                    "Dimensions": [{"Name": DIMENSION, "Value": place.stack}],
                },
                "Period": PERIOD,
                "Stat": "SampleCount",
            },
        }
        for n, each in enumerate(metrics)
    ]
    answer = ask(
        place.client("cloudwatch"),
        "get_metric_data",
        MetricDataQueries=queries,
        StartTime=hour,
        EndTime=hour + timedelta(seconds=PERIOD),
    )
    return {
        metrics[int(each["Id"][1:])].name for each in answer["MetricDataResults"] if each["Values"]
    }
