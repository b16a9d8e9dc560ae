"""The check of a restored database: what it may do, and which events start and follow it."""

import json
from dataclasses import replace
from typing import Any

from pulumi import Input

from components.database_password import MasterSecret
from components.policy_documents import Statement
from components.task import CONTAINER, TaskArgs

RESTORED = "awsbackup-restore-test-*"
"""How AWS Backup names what it restores for a test (AWS Backup Developer Guide, "Restore
testing")."""
EVENT_TYPE = "Restore Job State Change"
EVENT = "RESTORE_EVENT"
"""The variable in which the check is given the event, as far as it needs it."""


def checking(task: TaskArgs, secret: MasterSecret, key_arn: Input[str]) -> TaskArgs:
    """Return the task with the password, and with what it may ask and say."""
    place = f"{task.region}:{task.account}"
    rights: list[Statement] = [
        {
            "Sid": "SendVerdict",
            "Effect": "Allow",
            # Neither has a resource type (Service Authorization Reference, AWS Backup).
            "Action": ["backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"],
            "Resource": "*",
        },
        {
            "Sid": "FindRestoredDatabase",
            "Effect": "Allow",
            "Action": "rds:DescribeDBInstances",
            "Resource": f"arn:aws:rds:{place}:db:{RESTORED}",
        },
        {
            "Sid": "ReadPassword",
            "Effect": "Allow",
            # By the task itself: after a rotation a restored database has the password before it.
            "Action": "secretsmanager:GetSecretValue",
            "Resource": secret.arn,
        },
        {
            "Sid": "DecryptPassword",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": key_arn,
            "Condition": {
                "StringEquals": {"kms:ViaService": f"secretsmanager.{task.region}.amazonaws.com"}
            },
        },
    ]
    return replace(
        task,
        environment={**task.environment, "DATABASE_MASTER_SECRET_ARN": secret.arn},
        permissions=rights,
    )


def restored(plan_arn: Input[str]) -> dict[str, Any]:
    """Return the pattern of a restore test that is done, whatever its verdict will be.

    Source: AWS Backup Developer Guide, "Restore testing validation".
    """
    return {
        "source": ["aws.backup"],
        "detail-type": [EVENT_TYPE],
        "detail": {
            "resourceType": ["RDS"],
            "status": ["COMPLETED"],
            "restoreTestingPlanArn": [plan_arn],
        },
    }


def passed_check(task: TaskArgs) -> dict[str, Any]:
    """Return the pattern of a check that ended with code 0."""
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "lastStatus": ["STOPPED"],
            "group": [f"family:{task.family}"],
            "containers": {"exitCode": [0]},
        },
    }


def overrides() -> dict[str, Any]:
    """Return what the task is told of the event."""
    event = json.dumps({"detail-type": EVENT_TYPE, "detail": {"restoreJobId": "<job>"}})
    told = [{"name": EVENT, "value": event}]
    return {"containerOverrides": [{"name": CONTAINER, "environment": told}]}
