"""What the data refresh may do: its state machine, its two tasks and its schedule.

Every right to delete, to share or to read a password is bound to the names that a run gives its
copies, and deletion to their tag as well: the living database can be met by none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Input, Output

from components.data_refresh_steps import COPY, COPY_TAG, RAW, SANITISED
from components.policy_documents import Statement
from components.task import Task

LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
"""None has a resource type that a log's delivery could name (AWS Step Functions Developer Guide,
"Logging in CloudWatch Logs")."""


@dataclass(frozen=True, kw_only=True)
class RefreshNames:
    """The names by which rights are bound."""

    account: str
    region: str
    prefix: str
    """Of the copies' identifiers; the living database's begins with it too, and has no more parts
    than that and a word."""
    snapshot_prefix: str

    def rds(self, kind: str, name: str) -> str:
        """Return the ARN of a thing of RDS, or of all that fit a name with ``*``."""
        return f"arn:aws:rds:{self.region}:{self.account}:{kind}:{name}"

    def copy(self, which: str) -> str:
        """Return the ARNs of the copies of one kind."""
        return self.rds("db", f"{self.prefix}-{which}-*")

    @property
    def snapshots(self) -> str:
        """The ARNs of the sanitised snapshots."""
        return self.rds("snapshot", f"{self.snapshot_prefix}-*")

    @property
    def managed_secrets(self) -> str:
        """The ARNs of the secrets that RDS itself keeps for its databases."""
        return f"arn:aws:secretsmanager:{self.region}:{self.account}:secret:rds!db-*"


def making_statements(
    names: RefreshNames, *, source_identifier: Input[str], subnet_group: Input[str]
) -> list[Statement]:
    """Return the right to make the two copies and the snapshot, and to look at them."""
    around = [
        Output.format("{0}{1}", names.rds("subgrp", ""), subnet_group),
        names.rds("og", "default*"),
        names.rds("pg", "default*"),
    ]
    return [
        {
            "Sid": "MakeRawCopy",
            "Effect": "Allow",
            "Action": ["rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBInstanceToPointInTime"],
            "Resource": [
                names.copy(RAW),
                Output.format("{0}{1}", names.rds("db", ""), source_identifier),
                # Made by hand, by RDS and by AWS Backup; no sanitised one is named like these.
                names.rds("snapshot", f"{names.prefix}*"),
                names.rds("snapshot", f"rds:{names.prefix}*"),
                names.rds("snapshot", "awsbackup:*"),
                *around,
            ],
        },
        {
            "Sid": "MakeEmptyCopy",
            "Effect": "Allow",
            "Action": "rds:CreateDBInstance",
            "Resource": [names.copy(SANITISED), *around],
        },
        {
            "Sid": "MakeSnapshot",
            "Effect": "Allow",
            "Action": "rds:CreateDBSnapshot",
            "Resource": [names.copy(SANITISED), names.snapshots],
        },
        {
            "Sid": "TagThem",
            "Effect": "Allow",
            "Action": "rds:AddTagsToResource",
            "Resource": [names.copy(RAW), names.copy(SANITISED), names.snapshots],
            "Condition": {"StringEquals": {f"aws:RequestTag/{COPY_TAG}": [COPY, SANITISED]}},
        },
        {
            "Sid": "LookAtThem",
            "Effect": "Allow",
            "Action": ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots"],
            "Resource": [names.copy(RAW), names.copy(SANITISED), names.snapshots],
        },
    ]


def ending_statements(names: RefreshNames) -> list[Statement]:
    """Return the right to share sanitised snapshots, and to delete copies and nothing else."""
    return [
        {
            "Sid": "ShareSanitisedSnapshots",
            "Effect": "Allow",
            "Action": "rds:ModifyDBSnapshotAttribute",
            "Resource": names.snapshots,
        },
        {
            "Sid": "DeleteCopies",
            "Effect": "Allow",
            "Action": "rds:DeleteDBInstance",
            "Resource": [names.copy(RAW), names.copy(SANITISED)],
            "Condition": {"StringEquals": {f"aws:ResourceTag/{COPY_TAG}": COPY}},
        },
    ]


def password_statements(
    names: RefreshNames, *, main_key_arn: Input[str], sharing_key_arn: Input[str]
) -> list[Statement]:
    """Return what RDS asks of who has it encrypt a database and keep its password.

    Source: Amazon RDS User Guide, "Permissions required for Secrets Manager integration".
    """
    return [
        {
            "Sid": "LetRdsKeepPasswords",
            "Effect": "Allow",
            "Action": ["secretsmanager:CreateSecret", "secretsmanager:TagResource"],
            "Resource": names.managed_secrets,
        },
        {
            "Sid": "EncryptCopies",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": [main_key_arn, sharing_key_arn],
        },
        {
            "Sid": "LetServicesUseKeys",
            "Effect": "Allow",
            "Action": "kms:CreateGrant",
            "Resource": [main_key_arn, sharing_key_arn],
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def task_statements(
    names: RefreshNames,
    tasks: Sequence[Task],
    *,
    cluster_arn: Input[str],
    cluster_name: Input[str],
) -> list[Statement]:
    """Return the right to run these tasks and to wait for their end.

    Source: AWS Step Functions Developer Guide, "IAM policies for calling Amazon ECS".
    """
    place = f"{names.region}:{names.account}"
    here = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    running = Output.format("arn:aws:ecs:{0}:task/{1}/*", place, cluster_name)
    return [
        {
            "Sid": "StartTasks",
            "Effect": "Allow",
            "Action": "ecs:RunTask",
            "Resource": [f"arn:aws:ecs:{place}:task-definition/{task.family}:*" for task in tasks],
            "Condition": here,
        },
        {
            "Sid": "WaitForTasks",
            "Effect": "Allow",
            "Action": ["ecs:DescribeTasks", "ecs:StopTask"],
            "Resource": running,
            "Condition": here,
        },
        {
            "Sid": "TagStartedTasks",
            "Effect": "Allow",
            "Action": "ecs:TagResource",
            "Resource": running,
            "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        },
        {
            "Sid": "HearOfTasks",
            "Effect": "Allow",
            "Action": ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            "Resource": f"arn:aws:events:{place}:rule/StepFunctionsGetEventsForECSTaskRule",
        },
        {
            "Sid": "GiveTasksTheirRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": [
                arn for task in tasks for arn in (task.execution_role_arn, task.task_role_arn)
            ],
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
    ]


def telling_statements(topic_arn: Input[str]) -> list[Statement]:
    """Return the right to tell the topic, and to have the run logged."""
    return [
        {"Sid": "TellPeople", "Effect": "Allow", "Action": "sns:Publish", "Resource": topic_arn},
        {"Sid": "DeliverLog", "Effect": "Allow", "Action": list(LOG_DELIVERY), "Resource": "*"},
    ]


def reading_statements(
    names: RefreshNames, copies: Sequence[str], key_arn: Input[str]
) -> list[Statement]:
    """Return a task's right to read the passwords of copies, and of no other database."""
    return [
        {
            "Sid": "ReadPasswordsOfCopies",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": names.managed_secrets,
            # RDS tags each secret with its database (Amazon RDS User Guide, "Password management
            # with Amazon RDS and AWS Secrets Manager").
            "Condition": {
                "ArnLike": {
                    "secretsmanager:ResourceTag/aws:rds:primaryDBInstanceArn": [
                        names.copy(which) for which in copies
                    ]
                }
            },
        },
        {
            "Sid": "DecryptPasswordsOfCopies",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": key_arn,
            "Condition": {
                "StringEquals": {"kms:ViaService": f"secretsmanager.{names.region}.amazonaws.com"}
            },
        },
    ]


def keeping_statements(
    bucket_arn: Input[str], key_arn: Input[str], *, reads: str = "", writes: str = ""
) -> list[Statement]:
    """Return the right to read what a task left in a folder, and to leave something."""
    folders = {"s3:GetObject": reads, "s3:PutObject": writes}
    return [
        *(
            {
                "Sid": action.removeprefix("s3:"),
                "Effect": "Allow",
                "Action": action,
                "Resource": Output.format("{0}/{1}/*", bucket_arn, folder),
            }
            for action, folder in folders.items()
            if folder
        ),
        {
            "Sid": "UseKeyOfBucket",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"] if writes else "kms:Decrypt",
            "Resource": key_arn,
            "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
        },
    ]


def signing_statement(key_arn: Input[str]) -> Statement:
    """Return the right to sign, and to say with which key."""
    return {
        "Sid": "SignManifest",
        "Effect": "Allow",
        "Action": ["kms:GetPublicKey", "kms:Sign"],
        "Resource": key_arn,
    }
