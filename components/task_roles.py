"""The two roles of a task: one for ECS to start it, one for the application to run with.

Each workload has its own pair, so that what the worker may do says nothing about the web service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import iam

from components.permissions_boundary import boundary_arn
from components.policy_documents import Statement, service_trust
from components.tags import child_tags

SECRET_ARN_PARTS = 7
"""``arn:aws:secretsmanager:<region>:<account>:secret:<name>``; a container may add more parts."""

LONGEST_NAME = 44
"""A role's name has 64 characters at most; 10 go to the child's own name, 8 to a random end."""

PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
TRACE = (
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


@dataclass(frozen=True, kw_only=True)
class DatabaseAccess:
    """The database user as whom a task may log in with an IAM token instead of a password."""

    resource_id: Input[str]
    """The instance's ``db-...`` id, which outlives a change of its name."""
    user: str


@dataclass(frozen=True, kw_only=True)
class TaskRolesArgs:
    """What a task pulls, logs to, reads and connects to."""

    account: str
    region: str
    repository_arn: Input[str]
    log_group_arn: Input[str]
    secrets: Sequence[Input[str]]
    """Each a container's ``valueFrom``: the ARN of a secret, with or without key and version."""
    secret_key_arns: Sequence[Input[str]]
    """The keys with which those secrets are encrypted."""
    database: DatabaseAccess | None
    permissions: Sequence[Statement] = ()
    """What else the application itself may do. Leaves may be outputs."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject secrets that could not be read and a user that would be every user."""
        if self.secrets and not self.secret_key_arns:
            raise ValueError("secret_key_arns must name the key of the secrets, got none")
        if self.database and (not self.database.user or set(self.database.user) & set("*?")):
            raise ValueError(f"database.user must name one user, got {self.database.user!r}")


class TaskRoles(pulumi.ComponentResource):
    """Two roles, each allowed no more than its task needs."""

    execution_role_arn: Output[str]
    """ECS uses it before the application runs: pull the image, open the log, fetch the secrets."""
    task_role_arn: Output[str]
    """The application's own."""

    def __init__(self, name: str, args: TaskRolesArgs, opts: ResourceOptions | None = None) -> None:
        if len(name) > LONGEST_NAME:
            raise ValueError(f"name must have at most {LONGEST_NAME} characters, got {name!r}")
        super().__init__("understudy:compute:TaskRoles", name, None, opts)

        self.execution_role_arn = self._role(name, "execution", execution_statements(args), args)
        self.task_role_arn = self._role(name, "task", task_statements(args), args)

        self.register_outputs(
            {"executionRoleArn": self.execution_role_arn, "taskRoleArn": self.task_role_arn}
        )

    def _role(
        self, name: str, purpose: str, statements: Sequence[Statement], args: TaskRolesArgs
    ) -> Output[str]:
        """Make one role that only tasks of this account and region can take; return its ARN."""
        role = iam.Role(
            f"{name}-{purpose}",
            assume_role_policy=service_trust(
                "ecs-tasks.amazonaws.com",
                account_id=args.account,
                source_arn=f"arn:aws:ecs:{args.region}:{args.account}:*",
            ),
            permissions_boundary=boundary_arn(args.account),
            tags=child_tags(args.tags, name, f"{name}-{purpose}"),
            opts=ResourceOptions(parent=self),
        )
        iam.RolePolicy(
            f"{name}-{purpose}-policy",
            role=role.name,
            policy=Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}),
            opts=ResourceOptions(parent=self),
        )
        return role.arn


def execution_statements(args: TaskRolesArgs) -> list[Statement]:
    """Return what ECS may do to start the task."""
    statements: list[Statement] = [
        {
            "Sid": "LogInToRegistry",
            "Effect": "Allow",
            "Action": "ecr:GetAuthorizationToken",
            # The action has no resource type: it gives one token for the whole registry
            # (Service Authorization Reference, Amazon ECR). What it may pull is said below.
            "Resource": "*",
        },
        {
            "Sid": "PullImage",
            "Effect": "Allow",
            "Action": list(PULL),
            "Resource": args.repository_arn,
        },
        {
            "Sid": "WriteLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": Output.format("{0}:log-stream:*", args.log_group_arn),
        },
    ]
    if args.secrets:
        statements += secret_statements(args)
    return statements


def secret_statements(args: TaskRolesArgs) -> list[Statement]:
    """Return the right to read these secrets, and to decrypt them through Secrets Manager only."""
    return [
        {
            "Sid": "ReadSecrets",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": Output.all(*args.secrets).apply(
                lambda found: sorted({secret_arn(value) for value in found})
            ),
        },
        {
            "Sid": "DecryptSecrets",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": Output.all(*args.secret_key_arns).apply(lambda found: sorted(set(found))),
            "Condition": {
                "StringEquals": {"kms:ViaService": f"secretsmanager.{args.region}.amazonaws.com"}
            },
        },
    ]


def task_statements(args: TaskRolesArgs) -> list[Statement]:
    """Return what the application may do."""
    statements: list[Statement] = [
        {
            "Sid": "SendTraces",
            "Effect": "Allow",
            "Action": list(TRACE),
            # None of these has a resource type (Service Authorization Reference, AWS X-Ray). The
            # OpenTelemetry exporter that calls them is part of the application's image.
            "Resource": "*",
        }
    ]
    if args.database:
        statements.append(
            {
                "Sid": "ConnectToDatabase",
                "Effect": "Allow",
                "Action": "rds-db:connect",
                "Resource": Output.format(
                    "arn:aws:rds-db:{0}:{1}:dbuser:{2}/{3}",
                    args.region,
                    args.account,
                    args.database.resource_id,
                    args.database.user,
                ),
            }
        )
    return [*statements, *args.permissions]


def secret_arn(value_from: str) -> str:
    """Return the secret's own ARN, without the key, stage and version a container may ask for."""
    return ":".join(value_from.split(":")[:SECRET_ARN_PARTS])
