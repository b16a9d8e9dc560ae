"""Alarms of the web service's entrance: no healthy target, errors of the load balancer itself.

``alarms_deployment`` has those that a release is judged by, ``alarms_service`` those of the tasks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import (
    Alarm,
    AlarmArgs,
    AlarmSet,
    Metric,
    check_positive,
    healthy_silence,
    unknown_silence,
)
from components.service_metrics import desired_tasks
from components.target_metrics import balancer_metric, check_groups, healthy_hosts, total_hosts


@dataclass(frozen=True, kw_only=True)
class WebAlarmsArgs(AlarmArgs):
    """The load balancer, the service behind it, and what is still good."""

    load_balancer_suffix: Input[str]
    """``arn_suffix`` of the load balancer."""
    target_group_suffixes: Mapping[str, Input[str]]
    """``arn_suffix`` of every target group that may serve, by a short name (``web``, ``blue``)."""
    cluster_name: Input[str]
    service_name: Input[str]
    slowest_seconds: float = 3
    """99th percentile of the time that the application takes to answer."""
    least_requests: int = 100
    """With fewer requests in five minutes the 99th percentile is one request."""
    least_errors: int = 5
    """Fewer failures than this in five minutes do not ring."""

    def __post_init__(self) -> None:
        """Refuse limits that would always or never ring."""
        super().__post_init__()
        check_positive("slowest_seconds", self.slowest_seconds)
        check_positive("least_requests", self.least_requests)
        check_positive("least_errors", self.least_errors)
        check_groups(self.target_group_suffixes)


class WebAlarms(AlarmSet):
    """Alarms that ring when users get no answer from the application at all.

    Those that a stopped service would set off count only while ECS wants a task to run: an
    environment switched off for the night is quiet.
    """

    def __init__(self, name: str, args: WebAlarmsArgs, opts: ResourceOptions | None = None) -> None:
        alarms = [
            _no_healthy_hosts(args),
            _balancer_errors(args),
            _slowest(args),
            _connection_errors(args),
            _rejected(args),
        ]
        super().__init__("understudy:monitoring:WebAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})


def _no_healthy_hosts(args: WebAlarmsArgs) -> Alarm:
    hosts = healthy_hosts(args.load_balancer_suffix, args.target_group_suffixes)
    return Alarm(
        key="no-healthy-hosts",
        says="Not one task passes the health check: every request fails.",
        first="read the ECS service's events, and roll back if a deployment has just ended.",
        metrics={"desired": desired_tasks(args.cluster_name, args.service_name), **hosts},
        expression=f"IF(FILL(desired, REPEAT) > 0 AND ({total_hosts(hosts)}) < 1, 1, 0)",
        period=60,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=3,
        silence=unknown_silence(
            "Container Insights no longer says how many tasks are wanted, and without that this "
            "alarm cannot see an outage"
        ),
    )


def _balancer_errors(args: WebAlarmsArgs) -> Alarm:
    return Alarm(
        key="balancer-errors",
        says="The load balancer itself answers with 5xx: no task took the request.",
        first="look at healthy targets and running tasks; both low means capacity, else timeouts.",
        metrics={
            "desired": desired_tasks(args.cluster_name, args.service_name),
            "errors": _metric(args, "HTTPCode_ELB_5XX_Count"),
        },
        expression="IF(FILL(desired, REPEAT) > 0, FILL(errors, 0), 0)",
        period=300,
        comparison="GreaterThanOrEqualToThreshold",
        threshold=args.least_errors,
        periods=1,
        silence=healthy_silence("the load balancer reports errors only when there are some"),
    )


def _slowest(args: WebAlarmsArgs) -> Alarm:
    return Alarm(
        key="slowest-requests",
        says="One request in a hundred waits too long for the application's answer.",
        first="look for slow statements in the database's Performance Insights.",
        metrics={
            "latency": _metric(args, "TargetResponseTime", "p99"),
            "requests": _metric(args, "RequestCount"),
        },
        expression=f"IF(requests >= {args.least_requests}, latency, 0)",
        period=300,
        comparison="GreaterThanThreshold",
        threshold=args.slowest_seconds,
        periods=3,
        silence=healthy_silence("without requests nobody waits"),
    )


def _connection_errors(args: WebAlarmsArgs) -> Alarm:
    return Alarm(
        key="connection-errors",
        says="The load balancer cannot open connections to tasks.",
        first="see whether tasks are being killed for memory, then compare the security groups.",
        metrics={"errors": _metric(args, "TargetConnectionErrorCount")},
        period=300,
        comparison="GreaterThanOrEqualToThreshold",
        threshold=args.least_errors,
        periods=2,
        silence=healthy_silence("the load balancer reports errors only when there are some"),
    )


def _rejected(args: WebAlarmsArgs) -> Alarm:
    return Alarm(
        key="rejected-connections",
        says="The load balancer refuses connections: it has as many as it can hold.",
        first="look at the firewall's requests by address; a flood is likelier than growth.",
        metrics={"rejected": _metric(args, "RejectedConnectionCount")},
        period=300,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=1,
        silence=healthy_silence("the load balancer reports refusals only when there are some"),
    )


def _metric(args: WebAlarmsArgs, metric: str, statistic: str = "Sum") -> Metric:
    return balancer_metric(args.load_balancer_suffix, metric, statistic)
