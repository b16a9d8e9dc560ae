"""The alarms that say whether a release is good: ECS rolls a deployment back when one rings.

They know the load balancer only, not the service, so that they exist before it and it can name
them. What else concerns the web service is in ``alarms_web`` and ``alarms_service``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, Output, ResourceOptions

from components.alarm import (
    Alarm,
    AlarmArgs,
    AlarmSet,
    Metric,
    check_positive,
    check_share,
    healthy_silence,
)
from components.target_metrics import balancer_metric, check_groups, total_hosts, unhealthy_hosts


@dataclass(frozen=True, kw_only=True)
class DeploymentAlarmsArgs(AlarmArgs):
    """The load balancer, and what is still good."""

    load_balancer_suffix: Input[str]
    """``arn_suffix`` of the load balancer."""
    target_group_suffixes: Mapping[str, Input[str]]
    """``arn_suffix`` of every target group that may serve, by a short name (``web``, ``blue``)."""
    error_percent: float = 5
    """Share of requests that the application may answer with 5xx."""
    least_errors: int = 5
    """Fewer errors than this in five minutes never ring, whatever their share."""
    latency_seconds: float = 1
    """95th percentile of the time that the application takes to answer."""
    least_requests: int = 20
    """With fewer requests in five minutes a percentile means nothing."""

    def __post_init__(self) -> None:
        """Refuse limits that would always or never ring."""
        super().__post_init__()
        check_share("error_percent", self.error_percent)
        check_positive("least_errors", self.least_errors)
        check_positive("latency_seconds", self.latency_seconds)
        check_positive("least_requests", self.least_requests)
        check_groups(self.target_group_suffixes)


class DeploymentAlarms(AlarmSet):
    """Three alarms that judge a release by what its users get.

    A count of errors, not of requests, is the least: five errors among twenty requests stop a bad
    release in a quiet staging, and one error at night wakes nobody in production. Its silence is
    health, as ECS looks at an alarm during a whole deployment and a quiet one must pass. An alarm
    that rings already when a deployment starts does not stop it (Amazon ECS Developer Guide, "How
    CloudWatch alarms detect Amazon ECS deployment failures"), so that the mend can be deployed.
    """

    deployment_alarm_names: list[Output[str]]
    """For the ECS service's ``alarms``; as outputs they also say that the alarms come first."""

    def __init__(
        self, name: str, args: DeploymentAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [_errors(args), _latency(args), _unhealthy(args)]
        super().__init__("understudy:monitoring:DeploymentAlarms", name, args, alarms, opts)
        self.deployment_alarm_names = list(self.names.values())
        self.register_outputs({"names": self.names})


def _errors(args: DeploymentAlarmsArgs) -> Alarm:
    errors = "FILL(errors, 0)"
    return Alarm(
        key="error-rate",
        says="The application answers too large a share of its requests with 5xx.",
        first="look for the newest deployment in ECS and for errors in the service's log group.",
        metrics={
            "errors": _metric(args, "HTTPCode_Target_5XX_Count"),
            "requests": _metric(args, "RequestCount"),
        },
        expression=f"IF({errors} >= {args.least_errors}, 100 * {errors} / requests, 0)",
        period=300,
        comparison="GreaterThanThreshold",
        threshold=args.error_percent,
        periods=1,
        silence=healthy_silence("without requests there are no errors"),
    )


def _latency(args: DeploymentAlarmsArgs) -> Alarm:
    return Alarm(
        key="latency",
        says="One request in twenty waits too long for the application's answer.",
        first="compare with the database's CPU and connections, then with the newest deployment.",
        metrics={
            "latency": _metric(args, "TargetResponseTime", "p95"),
            "requests": _metric(args, "RequestCount"),
        },
        expression=f"IF(requests >= {args.least_requests}, latency, 0)",
        period=300,
        comparison="GreaterThanThreshold",
        threshold=args.latency_seconds,
        periods=2,
        silence=healthy_silence("without requests nobody waits"),
    )


def _unhealthy(args: DeploymentAlarmsArgs) -> Alarm:
    metrics = unhealthy_hosts(args.load_balancer_suffix, args.target_group_suffixes)
    return Alarm(
        key="unhealthy-hosts",
        says="Tasks fail the load balancer's health check and are not being replaced.",
        first="read the stopped tasks' reasons in the ECS service's events.",
        metrics=metrics,
        expression=total_hosts(metrics),
        period=60,
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=5,
        silence=healthy_silence("a target group without targets reports nothing"),
    )


def _metric(args: DeploymentAlarmsArgs, metric: str, statistic: str = "Sum") -> Metric:
    return balancer_metric(args.load_balancer_suffix, metric, statistic)
