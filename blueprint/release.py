"""The alarms that undo a release, which exist before what they judge."""

from pulumi import Output

from blueprint.basis import Basis
from blueprint.edge import EdgeArea
from blueprint.foundation import Foundation
from components.alarms_deployment import DeploymentAlarms, DeploymentAlarmsArgs
from components.alarms_log import LogAlarms, LogAlarmsArgs

TARGETS = "web"
"""Short name of the load balancer's target group in metrics and graphs."""


class ReleaseWatch:
    """The alarms that undo a release; they exist before the services that they judge."""

    def __init__(self, basis: Basis, foundation: Foundation, edge: EdgeArea) -> None:
        limits, topic = basis.shape.alarms, foundation.notifications.topic_arn
        self.deployment = DeploymentAlarms(
            "deployment-alarms",
            DeploymentAlarmsArgs(
                prefix=basis.names.named("deployment"),
                topic_arn=topic,
                load_balancer_suffix=edge.load_balancer.arn_suffix,
                target_group_suffixes={TARGETS: edge.load_balancer.target_group_arn_suffix},
                error_percent=limits.deployment.error_percent,
                latency_seconds=limits.deployment.latency_seconds,
                tags=basis.tags,
            ),
            opts=basis.here,
        )
        most = limits.logged_errors
        self.logs = LogAlarms(
            "log-alarms",
            LogAlarmsArgs(
                prefix=basis.names.named("logs"),
                topic_arn=topic,
                sources={
                    "web": most.web,
                    "worker": most.worker,
                    "database": most.database,
                    **{job.name: most.jobs for job in basis.shape.jobs},
                    "migration": most.jobs,
                },
                metric_namespace=basis.names.metrics("logs"),
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    @property
    def rollback_alarms(self) -> dict[str, list[Output[str]]]:
        """Return, by service, the names of the alarms that undo its release."""
        return {
            "web": self.deployment.deployment_alarm_names,
            "worker": [self.logs.names["worker-log-errors"]],
        }
