"""What the data refresh does, step by step, in Amazon States Language.

A pure function from what it works on to the definition. What every definition keeps, and tests
prove on its graph: nothing is shared before the scan has ended well; once a copy may exist, every
way to the end deletes both copies; and a run deletes only what bears its own number.
"""

from typing import Any

from components.data_refresh_steps import (
    COPY_TAG,
    RAW,
    SANITISED,
    Copies,
    RefreshSteps,
    States,
    awaited,
    awaited_database,
    call,
    deletion,
    isolated,
    waited_task,
)


def definition(steps: RefreshSteps) -> dict[str, Any]:
    """Return the state machine; leaves may be outputs."""
    return {
        "Comment": "Copies the database without the people in it, and shares that copy alone",
        "StartAt": "Number",
        "States": {
            **_names(steps.copies),
            **_copies(steps),
            **waited_task("Prepare", steps, steps.prepare, "Sanitise"),
            **waited_task("Sanitise", steps, steps.sanitise, "Scan"),
            **waited_task("Scan", steps, steps.scan, "MakeSnapshot"),
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
        "RestoreSnapshot": call(
            "restoreDBInstanceFromDBSnapshot",
            {
                "DbSnapshotIdentifier.$": "$.snapshot",
                "DbInstanceIdentifier.$": "$.names.raw",
                **isolated(copies, copies.raw_group_id),
            },
            "CreateTarget",
        ),
        # The newest backup that there is: the automated snapshot and its log up to minutes ago.
        "RestoreLatest": call(
            "restoreDBInstanceToPointInTime",
            {
                "SourceDBInstanceIdentifier": copies.source_identifier,
                "TargetDBInstanceIdentifier.$": "$.names.raw",
                "UseLatestRestorableTime": True,
                **isolated(copies, copies.raw_group_id),
            },
            "CreateTarget",
        ),
        "CreateTarget": call(
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
                **isolated(copies, copies.sanitised_group_id),
            },
            "RawAwait",
        ),
        **awaited_database("Raw", "$.names.raw", steps, "SanitisedAwait"),
        **awaited_database("Sanitised", "$.names.sanitised", steps, "Prepare"),
    }


def _snapshot(steps: RefreshSteps) -> States:
    """Make the snapshot of what was scanned, and give it to the mirror's account."""
    found = "$.foundSnapshot.DbSnapshots[0]"
    tags = {**steps.copies.tags, COPY_TAG: SANITISED}
    return {
        "MakeSnapshot": call(
            "createDBSnapshot",
            {
                "DbInstanceIdentifier.$": "$.names.sanitised",
                "DbSnapshotIdentifier.$": "$.names.snapshot",
                "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)],
            },
            "SnapshotAwait",
        ),
        **awaited(
            "Snapshot",
            steps,
            call(
                "describeDBSnapshots",
                {"DbSnapshotIdentifier.$": "$.names.snapshot"},
                "SnapshotReady",
                result="$.foundSnapshot",
            ),
            ready=[{"Variable": f"{found}.Status", "StringEquals": "available"}],
            status=f"{found}.Status",
            following="Share",
        ),
        "Share": call(
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
        "DeleteRaw": deletion("$.names.raw", "DeleteSanitised"),
        "DeleteSanitised": deletion("$.names.sanitised", "Judge"),
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
