"""Metrics of an ECS service, its own and those of Container Insights.

Sources: Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics"; Amazon CloudWatch User
Guide, "Amazon ECS Container Insights metrics".
"""

from pulumi import Input

from components.alarm import Metric


def service_metric(
    cluster_name: Input[str], service_name: Input[str], metric: str, statistic: str = "Average"
) -> Metric:
    """Return one of the metrics that every service has: CPUUtilization, MemoryUtilization."""
    return _metric("AWS/ECS", cluster_name, service_name, metric, statistic)


def desired_tasks(cluster_name: Input[str], service_name: Input[str]) -> Metric:
    """Return how many tasks the service is told to run; needs Container Insights."""
    return _metric(
        "ECS/ContainerInsights", cluster_name, service_name, "DesiredTaskCount", "Minimum"
    )


def running_tasks(cluster_name: Input[str], service_name: Input[str]) -> Metric:
    """Return how many of its tasks run; needs Container Insights."""
    return _metric(
        "ECS/ContainerInsights", cluster_name, service_name, "RunningTaskCount", "Maximum"
    )


def _metric(
    namespace: str, cluster_name: Input[str], service_name: Input[str], metric: str, statistic: str
) -> Metric:
    return Metric(
        namespace=namespace,
        name=metric,
        dimensions={"ClusterName": cluster_name, "ServiceName": service_name},
        statistic=statistic,
    )
