"""A metric that counts lines of a log group: what alarms on logs look at."""

import re

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import cloudwatch

from components.alarm import Metric


def check_namespace(namespace: str) -> None:
    """Raise ValueError unless a metric filter may write to ``namespace``."""
    if not re.fullmatch(r"[^:*$]{1,255}", namespace) or namespace.startswith("AWS/"):
        raise ValueError(
            "metric_namespace must be 1 to 255 characters without : * $ and not begin with AWS/, "
            f"got {namespace!r}"
        )


def count_lines(
    logical: str,
    *,
    parent: pulumi.Resource,
    log_group_name: Input[str],
    pattern: str,
    metric_namespace: str,
    metric_name: str,
) -> None:
    """Register the filter ``logical``: each line that fits ``pattern`` adds 1 to the metric.

    Lines that do not fit add 0, so that there is data whenever anything is logged at all.
    """
    cloudwatch.LogMetricFilter(
        logical,
        log_group_name=log_group_name,
        pattern=pattern,
        metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
            namespace=metric_namespace, name=metric_name, value="1", default_value="0"
        ),
        opts=ResourceOptions(parent=parent),
    )


def counted_lines(metric_namespace: str, metric_name: str) -> Metric:
    """Return the metric that such a filter writes."""
    return Metric(namespace=metric_namespace, name=metric_name, dimensions={}, statistic="Sum")
