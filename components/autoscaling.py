"""Autoscaling: a service has as many tasks as its load asks for, between two bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import appautoscaling

from components.known_once import known_once
from components.tags import child_tags

DIMENSION = "ecs:service:DesiredCount"
NAMESPACE = "ecs"
SCALE_OUT_SECONDS = 60
SCALE_IN_SECONDS = 300
"""Out quickly, in slowly: a task too many costs cents, a task too few costs visitors."""

WHOLE = 100


@dataclass(frozen=True, kw_only=True)
class RequestTracking:
    """Scale by what the load balancer sends to each task."""

    load_balancer_arn_suffix: Input[str]
    target_group_arn_suffix: Input[str]
    per_task: int
    """Requests to each task in one minute."""


@dataclass(frozen=True, kw_only=True)
class AutoscalingArgs:
    """The service, its bounds and what it is measured by."""

    cluster_name: Input[str]
    service_name: Input[str]
    min_tasks: int
    max_tasks: int
    cpu_percent: int
    requests: RequestTracking | None
    """None for a service that no load balancer calls."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject bounds the wrong way round and targets that can't be met."""
        if not 1 <= self.min_tasks <= self.max_tasks:
            raise ValueError(
                f"min_tasks must be between 1 and max_tasks {self.max_tasks}, got {self.min_tasks}"
            )
        if not 1 <= self.cpu_percent <= WHOLE:
            raise ValueError(f"cpu_percent must be between 1 and 100, got {self.cpu_percent}")
        if self.requests and self.requests.per_task < 1:
            raise ValueError(f"requests.per_task must be at least 1, got {self.requests.per_task}")


class Autoscaling(pulumi.ComponentResource):
    """The count follows the busiest measure; the bounds are scale."""

    resource_id: Output[str]
    """``service/<cluster>/<service>``: what Application Auto Scaling calls the service."""

    def __init__(
        self, name: str, args: AutoscalingArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:Autoscaling", name, None, opts)
        target = appautoscaling.Target(
            f"{name}-target",
            resource_id=Output.format("service/{0}/{1}", args.cluster_name, args.service_name),
            scalable_dimension=DIMENSION,
            service_namespace=NAMESPACE,
            min_capacity=args.min_tasks,
            max_capacity=args.max_tasks,
            tags=child_tags(args.tags, name, f"{name}-target"),
            opts=ResourceOptions(parent=self),
        )
        # With the id: in an update that leaves the target out (`--exclude`) the id alone is unknown
        # to the SDK; the property is None, and what is None depends on nothing.
        self.resource_id = known_once(target.resource_id, target.id)
        self._track(f"{name}-cpu", target, "ECSServiceAverageCPUUtilization", args.cpu_percent)
        if args.requests:
            self._track(
                f"{name}-requests",
                target,
                "ALBRequestCountPerTarget",
                args.requests.per_task,
                resource_label=Output.format(
                    "{0}/{1}",
                    args.requests.load_balancer_arn_suffix,
                    args.requests.target_group_arn_suffix,
                ),
            )

        self.register_outputs({"resourceId": self.resource_id})

    def _track(
        self,
        child: str,
        target: appautoscaling.Target,
        metric: str,
        value: int,
        resource_label: Input[str] | None = None,
    ) -> None:
        """Keep one of AWS's own measures near a value."""
        configuration = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            target_value=float(value),
            predefined_metric_specification=(
                appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type=metric, resource_label=resource_label
                )
            ),
            scale_out_cooldown=SCALE_OUT_SECONDS,
            scale_in_cooldown=SCALE_IN_SECONDS,
        )
        appautoscaling.Policy(
            child,
            policy_type="TargetTrackingScaling",
            # Read from the target, not from the arguments: so the target exists first.
            resource_id=self.resource_id,
            scalable_dimension=target.scalable_dimension,
            service_namespace=target.service_namespace,
            target_tracking_scaling_policy_configuration=configuration,
            opts=ResourceOptions(parent=self),
        )
