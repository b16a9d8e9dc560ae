"""What the data refresh does, step by step, in Amazon States Language.

A pure function from what it works on to the definition. What every definition keeps, and tests
prove on its graph: nothing is shared before the scan has ended well; once a copy may exist, every
way to the end deletes both copies; and a run deletes only what bears its own number.

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

    source_identifier: str
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
    sanitise: TaskRun
    scan: TaskRun
    cluster_arn: Input[str]
    subnet_ids: Sequence[Input[str]]
    mirror_account: str
    topic_arn: Input[str]
    poll_seconds: int = 60
    longest_polls: int = 360
    """Six hours at a look a minute: a large snapshot is restored, or made, in that time."""


def definition(steps: RefreshSteps) -> dict[str, Any]:
    """Return the state machine; leaves may be outputs."""
    return {
        "Comment": "Copies the database without the people in it, and shares that copy alone",
        "StartAt": "Number",
        "States": {
            **_names(steps.copies),
            **_copies(steps),
            **_task("Sanitise", steps, steps.sanitise, "Scan"),
            **_task("Scan", steps, steps.scan, "MakeSnapshot"),
            **_snapshot(steps),
            **_endings(steps),
        },
    }


def _names(copies: Copies) -> States:
    """Give the run a number; what it makes, and what it may delete, ends with it."""
    number = "States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 0)"
    day = "States.ArrayGetItem(States.StringSplit($$.State.EnteredTime, 'T'), 0)"
    return {
        "Number": {
            "Type": "Pass",
            "Parameters": {"number.$": number, "day.$": day},
            "ResultPath": "$.run",
            "Next": "Name",
        },
        "Name": {
            "Type": "Pass",
            "Parameters": {
                "raw.$": f"States.Format('{copies.prefix}-{RAW}-{{}}', $.run.number)",
                "sanitised.$": f"States.Format('{copies.prefix}-{SANITISED}-{{}}', $.run.number)",
                "snapshot.$": (
                    f"States.Format('{copies.snapshot_prefix}-{{}}-{{}}', $.run.day, $.run.number)"
                ),
            },
            "ResultPath": "$.names",
            "Next": "ChooseSource",
        },
    }


def _copies(steps: RefreshSteps) -> States:
    """Make the raw copy and an empty database beside it, and wait for both."""
    copies = steps.copies
    return {
        "ChooseSource": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.snapshot", "IsPresent": True, "Next": "RestoreSnapshot"},
            ],
            "Default": "RestoreLatest",
        },
        "RestoreSnapshot": _call(
            "restoreDBInstanceFromDBSnapshot",
            {
                "DbSnapshotIdentifier.$": "$.snapshot",
                "DbInstanceIdentifier.$": "$.names.raw",
                **_isolated(copies, copies.raw_group_id),
            },
            "CreateTarget",
        ),
        # The newest backup that there is: the automated snapshot and its log up to minutes ago.
        "RestoreLatest": _call(
            "restoreDBInstanceToPointInTime",
            {
                "SourceDBInstanceIdentifier": copies.source_identifier,
                "TargetDBInstanceIdentifier.$": "$.names.raw",
                "UseLatestRestorableTime": True,
                **_isolated(copies, copies.raw_group_id),
            },
            "CreateTarget",
        ),
        "CreateTarget": _call(
            "createDBInstance",
            {
                "DbInstanceIdentifier.$": "$.names.sanitised",
                "Engine": "postgres",
                "EngineVersion": copies.engine_version,
                "AllocatedStorage": copies.storage_gib,
                "StorageType": "gp3",
                "StorageEncrypted": True,
                "KmsKeyId": copies.sharing_key_arn,
                "DbName": copies.database_name,
                "MasterUsername": copies.master_user,
                **_isolated(copies, copies.sanitised_group_id),
            },
            "RawAwait",
        ),
        **_awaited_database("Raw", "$.names.raw", steps, "SanitisedAwait"),
        **_awaited_database("Sanitised", "$.names.sanitised", steps, "Sanitise"),
    }


def _isolated(copies: Copies, group_id: Input[str]) -> dict[str, Any]:
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


def _awaited_database(name: str, identifier: str, steps: RefreshSteps, following: str) -> States:
    """Look at a database until it can be used and its password is there."""
    found = f"$.found{name}.DbInstances[0]"
    return _awaited(
        name,
        steps,
        _call(
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


def _awaited(
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


def _task(name: str, steps: RefreshSteps, run: TaskRun, following: str) -> States:
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
    """Return the copies' addresses, and where their passwords lie."""
    told = []
    for copy in run.told_of:
        found, upper = f"$.found{copy.capitalize()}.DbInstances[0]", copy.upper()
        told += [
            {"Name": f"{upper}_HOST", "Value.$": f"{found}.Endpoint.Address"},
            {"Name": f"{upper}_SECRET_ARN", "Value.$": f"{found}.MasterUserSecret.SecretArn"},
        ]
    return told


def _snapshot(steps: RefreshSteps) -> States:
    """Make the snapshot of what was scanned, and give it to the mirror's account."""
    found = "$.foundSnapshot.DbSnapshots[0]"
    tags = {**steps.copies.tags, COPY_TAG: SANITISED}
    return {
        "MakeSnapshot": _call(
            "createDBSnapshot",
            {
                "DbInstanceIdentifier.$": "$.names.sanitised",
                "DbSnapshotIdentifier.$": "$.names.snapshot",
                "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)],
            },
            "SnapshotAwait",
        ),
        **_awaited(
            "Snapshot",
            steps,
            _call(
                "describeDBSnapshots",
                {"DbSnapshotIdentifier.$": "$.names.snapshot"},
                "SnapshotReady",
                result="$.foundSnapshot",
            ),
            ready=[{"Variable": f"{found}.Status", "StringEquals": "available"}],
            status=f"{found}.Status",
            following="Share",
        ),
        "Share": _call(
            "modifyDBSnapshotAttribute",
            {
                "DbSnapshotIdentifier.$": "$.names.snapshot",
                "AttributeName": "restore",
                "ValuesToAdd": [steps.mirror_account],
            },
            "DeleteRaw",
        ),
    }


def _endings(steps: RefreshSteps) -> States:
    """Delete both copies, whatever became of the run, and tell of what did not go well."""
    return {
        "GiveUp": {
            "Type": "Pass",
            "Result": {"Error": "GaveUp", "Cause": "it did not get ready, or not in time"},
            "ResultPath": "$.failure",
            "Next": "DeleteRaw",
        },
        "DeleteRaw": _deletion("$.names.raw", "DeleteSanitised"),
        "DeleteSanitised": _deletion("$.names.sanitised", "Judge"),
        "Judge": {
            "Type": "Choice",
            "Choices": [
                {
                    "Or": [
                        {"Variable": "$.failure", "IsPresent": True},
                        {"Variable": "$.left", "IsPresent": True},
                    ],
                    "Next": "Tell",
                }
            ],
            "Default": "Done",
        },
        "Tell": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {
                "TopicArn": steps.topic_arn,
                "Subject": "The data refresh did not go well",
                "Message.$": (
                    "States.Format('The data refresh {} did not go well; its execution says where "
                    "it stopped. Look whether {} and {} are gone.', "
                    "$$.Execution.Name, $.names.raw, $.names.sanitised)"
                ),
            },
            "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 3}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "NotDone"}],
            "ResultPath": None,
            "Next": "NotDone",
        },
        "NotDone": {"Type": "Fail", "Error": "RefreshFailed", "Cause": "see the steps before"},
        "Done": {"Type": "Succeed"},
    }


def _deletion(identifier: str, following: str) -> dict[str, Any]:
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


def _call(
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
