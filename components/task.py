"""A task: one hardened container, its log, its roles and its definition.

Service, worker, job and migration all run this, from the same image. What the image must bring: it
runs as user 10001 from a read-only file system; only ``/tmp`` can be written, and only if the
Dockerfile gives that directory to the user and then declares ``VOLUME /tmp``, because Fargate
otherwise mounts it for root alone (ECS Developer Guide, "Use bind mounts with Amazon ECS").

Left out: sidecars, and ECS Exec, which would be a way into production past every review.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, ecs

from components.log_retention import check_retention
from components.policy_documents import Statement
from components.tags import child_tags
from components.task_roles import DatabaseAccess, TaskRoles, TaskRolesArgs

CONTAINER = "application"
"""The container's name, the same in every task: what overrides and target groups refer to."""

USER = "10001:10001"
SCRATCH = "tmp"
LONGEST_STOP_SECONDS = 120
IMAGE_BY_DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")

MEMORY_MIB: Mapping[int, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""CPU units (1024 are one vCPU) to the memory Fargate allows with them (ECS Developer Guide,
"Task CPU and memory")."""


@dataclass(frozen=True, kw_only=True)
class ContainerCheck:
    """How ECS asks the container itself whether it is well."""

    command: Sequence[str]
    """As Docker has it: ``CMD`` and a program, or ``CMD-SHELL`` and a line for the shell."""
    interval_seconds: int = 15
    timeout_seconds: int = 5
    retries: int = 3
    start_seconds: int = 60

    def __post_init__(self) -> None:
        """Reject a check that ECS would not run."""
        if len(self.command) <= 1 or self.command[0] not in ("CMD", "CMD-SHELL"):
            raise ValueError(
                f"command must be CMD or CMD-SHELL and what to run, got {list(self.command)}"
            )


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What runs, how large, with which variables and rights."""

    family: str
    image: str
    """By digest: ``<repository>@sha256:<64 hex digits>``. A tag can come to mean another image."""
    command: Sequence[str]
    cpu: int
    """CPU units; 1024 are one vCPU."""
    memory_mib: int
    environment: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    """Variable to ``valueFrom``: the ARN of a Secrets Manager secret, or ``arn:key:stage:version``.
    The value itself is never here."""
    secret_key_arns: Sequence[Input[str]]
    """The keys with which those secrets are encrypted."""
    account: str
    region: str
    repository_arn: Input[str]
    log_group_name: str
    log_retention_days: int
    log_key_arn: Input[str]
    database: DatabaseAccess | None
    """None: the task can't log in with an IAM token."""
    permissions: Sequence[Statement] = ()
    port: int | None = None
    """What the container listens on; None where nothing calls it."""
    check: ContainerCheck | None = None
    """None for what runs once and ends: its exit code says how it went."""
    stop_seconds: int = 30
    """From the polite signal to the kill."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject what could change under its name, what Fargate refuses and unclear variables."""
        if not IMAGE_BY_DIGEST.fullmatch(self.image):
            raise ValueError(
                f"image must be given by digest, <repository>@sha256:<64 hex>, got {self.image!r}"
            )
        if self.cpu not in MEMORY_MIB:
            raise ValueError(f"cpu must be one of {sorted(MEMORY_MIB)}, got {self.cpu}")
        if self.memory_mib not in MEMORY_MIB[self.cpu]:
            raise ValueError(
                f"memory_mib must be one of {list(MEMORY_MIB[self.cpu])} "
                f"with cpu {self.cpu}, got {self.memory_mib}"
            )
        if both := sorted(self.environment.keys() & self.secrets.keys()):
            raise ValueError(f"secrets must not name what environment has, got {', '.join(both)}")
        check_retention("log_retention_days", self.log_retention_days)
        if not self.command:
            raise ValueError("command must say what to run, got nothing")
        if not 0 < self.stop_seconds <= LONGEST_STOP_SECONDS:
            raise ValueError(
                f"stop_seconds must be between 1 and {LONGEST_STOP_SECONDS}, "
                f"got {self.stop_seconds}"
            )


class Task(pulumi.ComponentResource):
    """A task definition that can only run the way it was reviewed."""

    arn: Output[str]
    """With the revision: what a service, schedule or release runs."""
    family: str
    log_group_name: Output[str]
    log_group_arn: Output[str]
    execution_role_arn: Output[str]
    task_role_arn: Output[str]

    def __init__(self, name: str, args: TaskArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:compute:Task", name, None, opts)
        child = ResourceOptions(parent=self)

        log = cloudwatch.LogGroup(
            f"{name}-log",
            name=args.log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            tags=child_tags(args.tags, name, f"{name}-log"),
            opts=child,
        )
        roles = TaskRoles(f"{name}-roles", roles_args(args, log), opts=child)
        definition = ecs.TaskDefinition(
            f"{name}-definition",
            family=args.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.cpu),
            memory=str(args.memory_mib),
            runtime_platform=ecs.TaskDefinitionRuntimePlatformArgs(
                operating_system_family="LINUX", cpu_architecture="ARM64"
            ),
            execution_role_arn=roles.execution_role_arn,
            task_role_arn=roles.task_role_arn,
            container_definitions=Output.json_dumps([container(args)]),
            volumes=[ecs.TaskDefinitionVolumeArgs(name=SCRATCH)],
            tags=child_tags(args.tags, name, f"{name}-definition"),
            # A role's ARN exists before its policy does, and the log group is named, not linked:
            # without this the first task could start too early to pull or to log.
            opts=ResourceOptions(parent=self, depends_on=[log, roles]),
        )

        self.arn = definition.arn
        self.family = args.family
        self.log_group_name = log.name
        self.log_group_arn = log.arn
        self.execution_role_arn = roles.execution_role_arn
        self.task_role_arn = roles.task_role_arn
        self.register_outputs({"arn": self.arn, "logGroupName": self.log_group_name})


def roles_args(args: TaskArgs, log: cloudwatch.LogGroup) -> TaskRolesArgs:
    """Return what the task's roles must allow: no more than the task itself says."""
    return TaskRolesArgs(
        account=args.account,
        region=args.region,
        repository_arn=args.repository_arn,
        log_group_arn=log.arn,
        secrets=[args.secrets[variable] for variable in sorted(args.secrets)],
        secret_key_arns=args.secret_key_arns,
        database=args.database,
        permissions=args.permissions,
        tags=args.tags,
    )


def container(args: TaskArgs) -> dict[str, Any]:
    """Return the container as ECS wants it; sorted, so that order alone is never a change."""
    definition: dict[str, Any] = {
        "name": CONTAINER,
        "image": args.image,
        "essential": True,
        "command": list(args.command),
        "memory": args.memory_mib,
        "user": USER,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "mountPoints": [
            {"sourceVolume": SCRATCH, "containerPath": f"/{SCRATCH}", "readOnly": False}
        ],
        "environment": [
            {"name": variable, "value": value}
            for variable, value in sorted(args.environment.items(), key=lambda item: item[0])
        ],
        "secrets": [
            {"name": variable, "valueFrom": value}
            for variable, value in sorted(args.secrets.items(), key=lambda item: item[0])
        ],
        "stopTimeout": args.stop_seconds,
        "logConfiguration": log_configuration(args),
    }
    if args.port is not None:
        definition["portMappings"] = [
            {"containerPort": args.port, "hostPort": args.port, "protocol": "tcp"}
        ]
    if args.check is not None:
        definition["healthCheck"] = {
            "command": list(args.check.command),
            "interval": args.check.interval_seconds,
            "timeout": args.check.timeout_seconds,
            "retries": args.check.retries,
            "startPeriod": args.check.start_seconds,
        }
    return definition


def log_configuration(args: TaskArgs) -> dict[str, Any]:
    """Return where the log goes; never blocking, so that a slow log can't stop the service."""
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": args.log_group_name,
            "awslogs-region": args.region,
            "awslogs-stream-prefix": CONTAINER,
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        },
    }
