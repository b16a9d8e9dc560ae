"""The worker: the same image beside the web service, which nothing calls from outside."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Output, ResourceOptions

from components.service import ServiceArgs, service_of
from components.task import Task, TaskArgs


@dataclass(frozen=True, kw_only=True)
class WorkerArgs:
    """The task and where it runs."""

    task: TaskArgs
    service: ServiceArgs
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a worker that listens, or whose health nobody would know."""
        if self.task.port is not None:
            raise ValueError(f"task.port must be None for a worker, got {self.task.port}")
        if self.task.check is None:
            raise ValueError("task.check must say how ECS checks the container, got None")


class Worker(pulumi.ComponentResource):
    """Replaced and rolled back like the web service; no load balancer knows it."""

    service_name: Output[str]
    service_arn: Output[str]
    task_definition_arn: Output[str]
    family: str
    log_group_name: Output[str]
    task_role_arn: Output[str]

    def __init__(self, name: str, args: WorkerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:compute:Worker", name, None, opts)

        task = Task(f"{name}-task", args.task, opts=ResourceOptions(parent=self))
        service = service_of(self, name, args.service, task, args.tags)

        self.service_name = service.name
        self.service_arn = service.arn
        self.task_definition_arn = task.arn
        self.family = task.family
        self.log_group_name = task.log_group_name
        self.task_role_arn = task.task_role_arn
        self.register_outputs(
            {"serviceName": self.service_name, "taskDefinitionArn": self.task_definition_arn}
        )
