"""Production's state machine as its commands meet it: moto interprets it, and no task is run.

It has the states and the flow of the real definition. What calls AWS is left out: the states are
there, and go on as if all had gone well.
"""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from components.data_refresh_definition import definition
from tests.components.test_data_refresh_definition import STEPS
from tests.operations.backup.stack import Stack
from tests.operations.refresh.sides import OPERATOR, Side, side_of
from tests.support.cloud import ACCOUNT, REGION, Cloud
from tests.support.manifests import signed

NUMBER, DAY = "0a1b2c3d", "2031-05-01"
SNAPSHOT = f"{STEPS.copies.snapshot_prefix}-{DAY}-{NUMBER}"
"""What a run of the machine shares."""


def interpreting(cloud: Cloud) -> None:
    """Have a server of moto's run what state machines say."""
    request = urllib.request.Request(
        f"{cloud.endpoint}/moto-api/config",
        data=json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60):
        pass


def states(*, failing: str = "", seconds: int = 0) -> dict[str, Any]:
    """Return the definition; one state may fail, and each wait take so long."""
    made = definition(STEPS)
    every: dict[str, dict[str, Any]] = made["States"]
    for name, state in every.items():
        if state["Type"] == "Task":
            every[name] = {"Type": "Pass", "ResultPath": None, "Next": state["Next"]}
            if name == failing:
                every[name] = {**_failed(), "Catch": state["Catch"], "Next": state["Next"]}
        elif name.endswith("Ready"):
            every[name] = {"Type": "Pass", "Next": state["Choices"][0]["Next"]}
        elif state["Type"] == "Wait":
            state["Seconds"] = seconds
    every["Number"]["Parameters"] = {"number": NUMBER, "day": DAY}
    return made


def _failed() -> dict[str, Any]:
    fail = {"Type": "Fail", "Error": "TaskFailed", "Cause": "exit code 1"}
    branch = {"StartAt": "Container", "States": {"Container": fail}}
    return {"Type": "Parallel", "Branches": [branch]}


@dataclass
class Production:
    """A deployed production with a machine."""

    side: Side
    bucket: str
    machine: str

    def put(self, text: str | bytes = "", **changes: Any) -> None:
        """Put a manifest where the scan leaves it: the run's, signed, unless a text is given."""
        signed_ = json.dumps(signed(self.side.key, **{"snapshot": SNAPSHOT, **changes}))
        self.side.cloud.boto3("s3").put_object(
            Bucket=self.bucket, Key=f"manifests/{SNAPSHOT}.json", Body=text or signed_
        )

    def runs(self) -> list[dict[str, Any]]:
        """Return the runs, the newest first."""
        found = self.side.cloud.boto3("stepfunctions").list_executions(
            stateMachineArn=self.machine
        )["executions"]
        return [dict(each) for each in found]


@contextmanager
def production_of(
    stack: Stack, made: dict[str, Any], application: str = ""
) -> Iterator[Production]:
    """Give a stack the machine of a definition, and what belongs to it; stop what still runs."""
    cloud, name = stack.cloud, f"storefront-{uuid.uuid4().hex[:8]}"
    steps, kept = cloud.boto3("stepfunctions"), cloud.boto3("s3")
    kept.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    role = cloud.boto3("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]
    machine = steps.create_state_machine(
        name=name, definition=json.dumps(made), roleArn=role["Arn"]
    )["stateMachineArn"]
    assert f":{ACCOUNT}:" in machine
    side = side_of(
        stack,
        application,
        dataRefreshMachineArn=machine,
        dataRefreshBucket=name,
        dataRefreshOperatorRoleArn=OPERATOR,
        sharedSnapshotsRoleArn="",
    )
    side.trust()
    yield Production(side, name, machine)
    for run in steps.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
        steps.stop_execution(executionArn=run["executionArn"])
