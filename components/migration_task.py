"""The migration: a task that changes the database's schema, run before a release goes out.

Nothing here starts it. A release registers this task definition first, runs it with what
``run`` says, waits for exit code 0, and only then lets the services change. It alone gets the
database's master user, which may create the application's own user; every other task logs in as
that one, with an IAM token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.database_password import MasterSecret
from components.kept_secret import part_of
from components.task import CONTAINER, Task, TaskArgs

MASTER_USER = "DATABASE_MASTER_USER"
MASTER_PASSWORD = "DATABASE_MASTER_PASSWORD"  # noqa: S105  (the variable's name)


@dataclass(frozen=True, kw_only=True)
class MigrationTaskArgs:
    """The task, the master secret and where it will run."""

    task: TaskArgs
    """Without ``database``: the migration logs in as the master user."""
    master_secret: MasterSecret
    """JSON with ``username`` and ``password``."""
    master_secret_key_arn: Input[str]
    cluster_arn: Input[str]
    subnet_ids: Sequence[Input[str]]
    security_group_ids: Sequence[Input[str]]
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a second way into the database, and a migration that listens."""
        if self.task.database is not None:
            raise ValueError("task.database must be None: a migration uses the master user")
        if self.task.port is not None:
            raise ValueError(f"task.port must be None for a migration, got {self.task.port}")


class MigrationTask(pulumi.ComponentResource):
    """What a release needs to know to migrate first; itself it runs nothing."""

    task_definition_arn: Output[str]
    family: str
    log_group_name: Output[str]
    run: Output[Mapping[str, Any]]
    """What ECS RunTask takes, under its own names: ``cluster``, ``taskDefinition``,
    ``launchType``, ``platformVersion``, ``networkConfiguration``, ``propagateTags``,
    ``enableECSManagedTags``; and besides ``containerName``, ``logGroupName``."""

    def __init__(
        self, name: str, args: MigrationTaskArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:MigrationTask", name, None, opts)

        task = Task(f"{name}-task", with_master(args), opts=ResourceOptions(parent=self))

        self.task_definition_arn = task.arn
        self.family = task.family
        self.log_group_name = task.log_group_name
        self.run = run_parameters(args, task)
        self.register_outputs({"run": self.run})


def with_master(args: MigrationTaskArgs) -> TaskArgs:
    """Return the task with the master user's name and password among its secrets."""
    secret = args.master_secret
    return replace(
        args.task,
        secrets={
            **args.task.secrets,
            MASTER_USER: part_of(secret.arn, secret.version_id, "username"),
            MASTER_PASSWORD: part_of(secret.arn, secret.version_id, "password"),
        },
        secret_key_arns=[*args.task.secret_key_arns, args.master_secret_key_arn],
    )


def run_parameters(args: MigrationTaskArgs, task: Task) -> Output[Mapping[str, Any]]:
    """Return how to run the migration; none of it is secret."""
    parameters: dict[str, Any] = {
        "cluster": args.cluster_arn,
        "taskDefinition": task.arn,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": list(args.subnet_ids),
                "securityGroups": list(args.security_group_ids),
                "assignPublicIp": "DISABLED",
            }
        },
        "propagateTags": "TASK_DEFINITION",
        "enableECSManagedTags": True,
        "containerName": CONTAINER,
        "logGroupName": task.log_group_name,
    }
    return Output.from_input(parameters)
