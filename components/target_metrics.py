"""Metrics of an Application Load Balancer and of the targets behind it.

Source: Elastic Load Balancing, Application Load Balancers, "CloudWatch metrics for your
Application Load Balancer".
"""

import re
from collections.abc import Mapping

from pulumi import Input

from components.alarm import Metric

NAMESPACE = "AWS/ApplicationELB"


def balancer_metric(load_balancer_suffix: Input[str], metric: str, statistic: str) -> Metric:
    """Return a metric over all target groups of one load balancer."""
    return Metric(
        namespace=NAMESPACE,
        name=metric,
        dimensions={"LoadBalancer": load_balancer_suffix},
        statistic=statistic,
    )


def healthy_hosts(
    load_balancer_suffix: Input[str], groups: Mapping[str, Input[str]]
) -> dict[str, Metric]:
    """Return the healthy targets of each group, at their fewest in a period."""
    return _hosts("HealthyHostCount", "Minimum", load_balancer_suffix, groups)


def unhealthy_hosts(
    load_balancer_suffix: Input[str], groups: Mapping[str, Input[str]]
) -> dict[str, Metric]:
    """Return the unhealthy targets of each group, at their most in a period."""
    return _hosts("UnHealthyHostCount", "Maximum", load_balancer_suffix, groups)


def total_hosts(metrics: Mapping[str, Metric]) -> str:
    """Return the sum over the groups as metric math; a group without targets reports nothing."""
    return " + ".join(f"FILL({key}, 0)" for key in metrics)


def check_groups(groups: Mapping[str, Input[str]]) -> None:
    """Raise ValueError unless there is a group and each name can be part of a metric's id."""
    wrong = [name for name in groups if not re.fullmatch(r"[a-z][a-z0-9]*", name)]
    if not groups or wrong:
        raise ValueError(
            "target_group_suffixes must be named by small letters and digits, at least one, "
            f"got {wrong or 'none'}"
        )


def _hosts(
    metric: str,
    statistic: str,
    load_balancer_suffix: Input[str],
    groups: Mapping[str, Input[str]],
) -> dict[str, Metric]:
    return {
        f"{group}Hosts": Metric(
            namespace=NAMESPACE,
            name=metric,
            dimensions={"LoadBalancer": load_balancer_suffix, "TargetGroup": suffix},
            statistic=statistic,
        )
        for group, suffix in groups.items()
    }
