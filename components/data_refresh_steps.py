"""The pieces that a data refresh is made of: what it works on, and single steps of it.

Names of actions and members are those of the AWS SDK for Java 2.x, as Step Functions wants them
(AWS Step Functions Developer Guide, "Using AWS service SDK integrations in Step Functions").
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import Input

from components.task import CONTAINER

States = dict[str, dict[str, Any]]

LONGEST_IDENTIFIER = 63
"""Characters of a database's identifier (RDS API, CreateDBInstance)."""
RUN_NUMBER = 8
"""Hexadecimal digits at the end of each name, from a UUID."""
RAW, SANITISED = "raw", "sanitised"
COPY_TAG, COPY = "DataRefresh", "copy"
"""The tag without which nothing may be deleted."""

RDS = "arn:aws:states:::aws-sdk:rds"
STOPPING = ("failed", "incompatible-network", "incompatible-parameters", "incompatible-restore")
"""States of a database from which it does not come back by itself (Amazon RDS User Guide,
"Viewing Amazon RDS DB instance status")."""
BUSY = "Rds.InvalidDbInstanceStateException"
GONE = "Rds.DbInstanceNotFoundException"
REFUSED = ("ECS.AmazonECSException", "Ecs.EcsException")


@dataclass(frozen=True, kw_only=True)
class Copies:
    """The database that is copied, and what its two copies are made of."""

    source_identifier: Input[str]
    """The living database; only its backups are read."""
    prefix: str
    """Begins the copies' identifiers."""
    snapshot_prefix: str
    """Begins the sanitised snapshot's name; RDS takes ``sanitised-`` from there on."""
    engine_version: str
    instance_class: str
    storage_gib: int
    database_name: str
    master_user: str
    subnet_group: Input[str]
    raw_group_id: Input[str]
    sanitised_group_id: Input[str]
    secret_key_arn: Input[str]
    """Encrypts the passwords that RDS makes for the copies."""
    sharing_key_arn: Input[str]
    """Encrypts the sanitised copy, and so its snapshot."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse identifiers that RDS would."""
        longest = f"{self.prefix}-{SANITISED}-{'0' * RUN_NUMBER}"
        if len(longest) > LONGEST_IDENTIFIER:
            raise ValueError(
                f"prefix must leave room in {LONGEST_IDENTIFIER} characters, got {self.prefix!r}"
            )
        if not re.fullmatch(r"sanitised-[a-z0-9]+(-[a-z0-9]+)*", self.snapshot_prefix):
            raise ValueError(
                f"snapshot_prefix must begin with sanitised-, got {self.snapshot_prefix!r}"
            )


@dataclass(frozen=True, kw_only=True)
class TaskRun:
    """A task that is run and waited for, with the copies that it is told of."""

    task_definition: Input[str]
    group_id: Input[str]
    told_of: Sequence[str]
    """``raw``, ``sanitised`` or both."""
    longest_hours: int


@dataclass(frozen=True, kw_only=True)
class RefreshSteps:
    """Everything that the definition is made from."""

    copies: Copies
    prepare: TaskRun
    """Puts canaries into the raw copy, and takes digests of it for the scan."""
    sanitise: TaskRun
    scan: TaskRun
    cluster_arn: Input[str]
    subnet_ids: Sequence[Input[str]]
    mirror_account: str
    topic_arn: Input[str]
    poll_seconds: int = 60
    longest_polls: int = 360
    """Six hours at a look a minute: a large snapshot is restored, or made, in that time."""


def isolated(copies: Copies, group_id: Input[str]) -> dict[str, Any]:
    """Return what both copies have alike: nobody reaches them but through their group.

    RDS makes the password and keeps it in Secrets Manager: it stands in no step. Neither has
    backups: they would outlive the copy.
    """
    tags = {**copies.tags, COPY_TAG: COPY}
    return {
        "DbInstanceClass": copies.instance_class,
        "DbSubnetGroupName": copies.subnet_group,
        "VpcSecurityGroupIds": [group_id],
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "BackupRetentionPeriod": 0,
        "ManageMasterUserPassword": True,
        "MasterUserSecretKmsKeyId": copies.secret_key_arn,
        "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)],
    }


def awaited_database(name: str, identifier: str, steps: RefreshSteps, following: str) -> States:
    """Look at a database until it can be used and its password is there."""
    found = f"$.found{name}.DbInstances[0]"
    return awaited(
        name,
        steps,
        call(
            "describeDBInstances",
            {"DbInstanceIdentifier.$": identifier},
            f"{name}Ready",
            result=f"$.found{name}",
        ),
        ready=[
            {"Variable": f"{found}.Endpoint.Address", "IsPresent": True},
            {"Variable": f"{found}.DbInstanceStatus", "StringEquals": "available"},
            {"Variable": f"{found}.MasterUserSecret.SecretStatus", "IsPresent": True},
            {"Variable": f"{found}.MasterUserSecret.SecretStatus", "StringEquals": "active"},
        ],
        status=f"{found}.DbInstanceStatus",
        following=following,
    )


def awaited(
    name: str,
    steps: RefreshSteps,
    look: dict[str, Any],
    *,
    ready: list[dict[str, Any]],
    status: str,
    following: str,
) -> States:
    """Look again and again, so many times; give up early at a state without return."""
    return {
        f"{name}Await": {
            "Type": "Pass",
            "Parameters": {"count": 0},
            "ResultPath": "$.polls",
            "Next": f"{name}Wait",
        },
        f"{name}Wait": {"Type": "Wait", "Seconds": steps.poll_seconds, "Next": f"{name}Look"},
        f"{name}Look": look,
        f"{name}Ready": {
            "Type": "Choice",
            "Choices": [
                {"And": ready, "Next": following},
                {
                    "Or": [{"Variable": status, "StringEquals": each} for each in STOPPING],
                    "Next": "GiveUp",
                },
                {
                    "Variable": "$.polls.count",
                    "NumericGreaterThanEquals": steps.longest_polls,
                    "Next": "GiveUp",
                },
            ],
            "Default": f"{name}Count",
        },
        f"{name}Count": {
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.polls.count, 1)"},
            "ResultPath": "$.polls",
            "Next": f"{name}Wait",
        },
    }


def waited_task(name: str, steps: RefreshSteps, run: TaskRun, following: str) -> States:
    """Run a task, told where the copies are, and wait for its good end."""
    return {
        name: {
            "Type": "Task",
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": {
                "Cluster": steps.cluster_arn,
                "TaskDefinition": run.task_definition,
                "LaunchType": "FARGATE",
                "PlatformVersion": "LATEST",
                "PropagateTags": "TASK_DEFINITION",
                "EnableExecuteCommand": False,
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {
                        "Subnets": list(steps.subnet_ids),
                        "SecurityGroups": [run.group_id],
                        "AssignPublicIp": "DISABLED",
                    }
                },
                "Overrides": {
                    "ContainerOverrides": [{"Name": CONTAINER, "Environment": _told(run)}]
                },
            },
            "TimeoutSeconds": run.longest_hours * 3600,
            # Only a start that ECS refused: a task that began and failed has said why.
            "Retry": [
                {
                    "ErrorEquals": list(REFUSED),
                    "IntervalSeconds": 30,
                    "MaxAttempts": 3,
                    "BackoffRate": 2,
                }
            ],
            "Catch": [_failing()],
            # Of the task's description nothing is needed.
            "ResultPath": None,
            "Next": following,
        }
    }


def _told(run: TaskRun) -> list[dict[str, str]]:
    """Return the run's number and snapshot, the copies' addresses, where their passwords lie."""
    told = [
        {"Name": "RUN", "Value.$": "$.run.number"},
        {"Name": "SNAPSHOT", "Value.$": "$.names.snapshot"},
    ]
    for copy in run.told_of:
        found, upper = f"$.found{copy.capitalize()}.DbInstances[0]", copy.upper()
        told += [
            {"Name": f"{upper}_HOST", "Value.$": f"{found}.Endpoint.Address"},
            {"Name": f"{upper}_SECRET_ARN", "Value.$": f"{found}.MasterUserSecret.SecretArn"},
        ]
    return told


def deletion(identifier: str, following: str) -> dict[str, Any]:
    """Delete one copy: no last snapshot, it is the very thing that must not stay."""
    return {
        "Type": "Task",
        "Resource": f"{RDS}:deleteDBInstance",
        "Parameters": {
            "DbInstanceIdentifier.$": identifier,
            "SkipFinalSnapshot": True,
            "DeleteAutomatedBackups": True,
        },
        # A database that is still being made is not deleted; for two hours it is tried again.
        "Retry": [
            {"ErrorEquals": [GONE], "MaxAttempts": 0},
            {"ErrorEquals": [BUSY], "IntervalSeconds": 60, "MaxAttempts": 120, "BackoffRate": 1},
            {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 5},
        ],
        "Catch": [
            {"ErrorEquals": [GONE], "ResultPath": None, "Next": following},
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.left", "Next": following},
        ],
        "ResultPath": None,
        "Next": following,
    }


def call(
    action: str, parameters: Mapping[str, Any], following: str, *, result: str | None = None
) -> dict[str, Any]:
    """Call RDS; what is not asked for is dropped, and any error leads to the deletions."""
    return {
        "Type": "Task",
        "Resource": f"{RDS}:{action}",
        "Parameters": dict(parameters),
        "Catch": [_failing()],
        "ResultPath": result,
        "Next": following,
    }


def _failing() -> dict[str, Any]:
    return {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "DeleteRaw"}
