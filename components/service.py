"""What the web service and the worker have alike: how a service is kept running and replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import ecs

from components.cluster import ON_DEMAND, SPOT
from components.tags import child_tags
from components.task import Task

WHOLE = 100
"""Percent of the wanted number of tasks, or of all tasks."""


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """Where a service runs, how many tasks it starts with, and how it is replaced."""

    cluster_arn: Input[str]
    subnet_ids: Sequence[Input[str]]
    security_group_ids: Sequence[Input[str]]
    initial_tasks: int
    """Wanted at creation; from then on autoscaling decides."""
    spot_percent: int
    """Share of tasks on Spot capacity, which AWS may take back with two minutes' notice."""
    minimum_healthy_percent: int
    maximum_percent: int
    rollback_alarm_names: Sequence[Input[str]]
    """Alarms that undo a deployment when one of them goes off. They must exist before the service:
    alarms on the load balancer or on a log do, alarms on the service's own metrics can't."""

    def __post_init__(self) -> None:
        """Reject what ECS refuses and a deployment that nothing would stop."""
        if self.initial_tasks < 1:
            raise ValueError(f"initial_tasks must be at least 1, got {self.initial_tasks}")
        if not 0 <= self.spot_percent <= WHOLE:
            raise ValueError(f"spot_percent must be between 0 and 100, got {self.spot_percent}")
        if not 0 <= self.minimum_healthy_percent <= WHOLE:
            raise ValueError(
                "minimum_healthy_percent must be between 0 and 100, "
                f"got {self.minimum_healthy_percent}"
            )
        if self.maximum_percent <= WHOLE:
            # ECS Developer Guide, "Balancing an Amazon ECS service across Availability Zones".
            raise ValueError(
                "maximum_percent must be above 100, or zones can't be rebalanced, "
                f"got {self.maximum_percent}"
            )
        if not self.rollback_alarm_names:
            raise ValueError("rollback_alarm_names must name at least one alarm, got none")


def service_of(
    component: pulumi.ComponentResource,
    name: str,
    args: ServiceArgs,
    task: Task,
    tags: Mapping[str, str],
    *,
    load_balancers: Sequence[ecs.ServiceLoadBalancerArgs] | None = None,
    grace_seconds: int | None = None,
) -> ecs.Service:
    """Make the ECS service of ``component``, which runs ``task``."""
    return ecs.Service(
        f"{name}-service",
        cluster=args.cluster_arn,
        task_definition=task.arn,
        desired_count=args.initial_tasks,
        capacity_provider_strategies=capacity(args.spot_percent),
        platform_version="LATEST",
        network_configuration=ecs.ServiceNetworkConfigurationArgs(
            subnets=args.subnet_ids,
            security_groups=args.security_group_ids,
            assign_public_ip=False,
        ),
        load_balancers=load_balancers,
        health_check_grace_period_seconds=grace_seconds,
        deployment_circuit_breaker=ecs.ServiceDeploymentCircuitBreakerArgs(
            enable=True, rollback=True
        ),
        alarms=ecs.ServiceAlarmsArgs(
            alarm_names=args.rollback_alarm_names, enable=True, rollback=True
        ),
        deployment_minimum_healthy_percent=args.minimum_healthy_percent,
        deployment_maximum_percent=args.maximum_percent,
        availability_zone_rebalancing="ENABLED",
        # Without it a change of the Spot share would replace the whole service.
        force_new_deployment=True,
        enable_execute_command=False,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        # An update is done when the release runs, not when ECS has been told of it.
        wait_for_steady_state=True,
        tags=child_tags(tags, name, f"{name}-service"),
        # Autoscaling owns the count after creation: setting it again at each update would undo
        # what the load asked for.
        opts=ResourceOptions(parent=component, ignore_changes=["desired_count"]),
    )


def capacity(spot_percent: int) -> list[ecs.ServiceCapacityProviderStrategyArgs]:
    """Return both capacity providers, whatever the share: weight and base are scale.

    Where any task is on demand the first one is, so that a shortage of Spot never takes the last.
    """
    return [
        ecs.ServiceCapacityProviderStrategyArgs(
            capacity_provider=ON_DEMAND,
            base=0 if spot_percent == WHOLE else 1,
            weight=WHOLE - spot_percent,
        ),
        ecs.ServiceCapacityProviderStrategyArgs(
            capacity_provider=SPOT, base=0, weight=spot_percent
        ),
    ]
