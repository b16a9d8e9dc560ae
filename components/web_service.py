"""The web service: tasks behind the load balancer, replaced only by tasks that are healthy."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecs

from components.service import ServiceArgs, service_of
from components.task import CONTAINER, Task, TaskArgs


@dataclass(frozen=True, kw_only=True)
class WebServiceArgs:
    """The task, where it runs, and the target group it serves."""

    task: TaskArgs
    service: ServiceArgs
    target_group_arn: Input[str]
    listener_arn: Input[str]
    """The listener that forwards to the target group."""
    grace_seconds: int
    """How long after its start a task may fail the load balancer's check."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a service that nothing could reach or that nothing would check."""
        port_of(self.task)
        if self.task.check is None:
            raise ValueError("task.check must say how ECS checks the container, got None")
        if self.grace_seconds < 0:
            raise ValueError(f"grace_seconds must not be negative, got {self.grace_seconds}")


class WebService(pulumi.ComponentResource):
    """A new release serves only once it is healthy; one that is not is rolled back."""

    service_name: Output[str]
    service_arn: Output[str]
    task_definition_arn: Output[str]
    family: str
    log_group_name: Output[str]
    task_role_arn: Output[str]

    def __init__(
        self, name: str, args: WebServiceArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:WebService", name, None, opts)

        task = Task(f"{name}-task", args.task, opts=ResourceOptions(parent=self))
        # ECS refuses a target group that no listener uses yet, so wait for the listener as well.
        target_group_arn = Output.all(args.target_group_arn, args.listener_arn).apply(
            lambda arns: str(arns[0])
        )
        service = service_of(
            self,
            name,
            args.service,
            task,
            args.tags,
            load_balancers=[
                ecs.ServiceLoadBalancerArgs(
                    target_group_arn=target_group_arn,
                    container_name=CONTAINER,
                    container_port=port_of(args.task),
                )
            ],
            grace_seconds=args.grace_seconds,
        )

        self.service_name = service.name
        self.service_arn = service.arn
        self.task_definition_arn = task.arn
        self.family = task.family
        self.log_group_name = task.log_group_name
        self.task_role_arn = task.task_role_arn
        self.register_outputs(
            {"serviceName": self.service_name, "taskDefinitionArn": self.task_definition_arn}
        )


def port_of(task: TaskArgs) -> int:
    """Return the port that the target group calls."""
    if task.port is None:
        raise ValueError("task.port must be the port that the target group calls, got None")
    return task.port
