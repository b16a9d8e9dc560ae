"""State machines through their lives on moto, and what is refused of them."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, settled
from tests.support.foundations import a_role

MACHINE = "aws:sfn/stateMachine:StateMachine"
ONE_STEP = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
TWO_STEPS = json.dumps(
    {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}
)
KEY = "CUSTOMER_MANAGED_KMS_KEY"


def a_log(cloud: Cloud, name: str) -> str:
    log = cloud.make("aws:cloudwatch/logGroup:LogGroup", name, {"name": f"/aws/vendedlogs/{name}"})
    return f"{log.props['arn']}:*"


def test_a_machine_lives_changes_and_goes(cloud: Cloud) -> None:
    role = a_role(cloud, "machine", "states.amazonaws.com")
    log = a_log(cloud, "machine")
    key = cloud.make("aws:kms/key:Key", "machine-key", {}).props["arn"]
    machine = cloud.make(
        MACHINE,
        "m",
        {
            "name": "refresh",
            "definition": ONE_STEP,
            "roleArn": role,
            "type": "STANDARD",
            "publish": False,
            "loggingConfiguration": {
                "level": "ALL",
                "includeExecutionData": False,
                "logDestination": log,
            },
            "encryptionConfiguration": {
                "type": KEY,
                "kmsKeyId": key,
                "kmsDataKeyReusePeriodSeconds": 300,
            },
            "tracingConfiguration": {"enabled": True},
            "tags": {"Name": "m"},
        },
    )
    settled(machine)
    assert machine.props["arn"] == f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:refresh"
    assert machine.id == machine.props["arn"]
    assert machine.imported()["loggingConfiguration"]["logDestination"] == log
    machine.update(definition=TWO_STEPS, tags={"More": "yes"}, tracingConfiguration=None)
    settled(machine)
    client = cloud.boto3("stepfunctions")
    shown = client.describe_state_machine(stateMachineArn=machine.id)
    assert json.loads(shown["definition"]) == json.loads(TWO_STEPS)
    assert shown["tracingConfiguration"] == {"enabled": False}
    client.update_state_machine(stateMachineArn=machine.id, definition=ONE_STEP)
    assert machine.refresh() == {"definition"}
    with pytest.raises(SandboxError, match="StateMachineAlreadyExists"):
        cloud.make(MACHINE, "m", {"name": "refresh", "definition": ONE_STEP, "roleArn": role})
    machine.delete()
    assert machine.refresh() is None
    assert machine.found() is None


def test_a_machine_wants_its_role_and_its_log(cloud: Cloud) -> None:
    stranger = a_role(cloud, "no-machine", "ecs-tasks.amazonaws.com")
    with pytest.raises(SandboxError, match="does not let states.amazonaws.com assume it"):
        cloud.make(MACHINE, "x", {"definition": ONE_STEP, "roleArn": stranger})
    role = a_role(cloud, "machine-without-log", "states.amazonaws.com")
    missing = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/missing:*"
    with pytest.raises(SandboxError, match="no log group /missing"):
        cloud.make(
            MACHINE,
            "x",
            {
                "definition": ONE_STEP,
                "roleArn": role,
                "loggingConfiguration": {"level": "ALL", "logDestination": missing},
            },
        )


def states(**of: Any) -> str:
    return json.dumps({"StartAt": "A", "States": of})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"definition": "{"}, "definition"),
        ({"definition": "{}"}, "definition"),
        ({"definition": states(B={"Type": "Succeed"})}, "definition.StartAt"),
        ({"definition": states(A={"Type": "Lambda"})}, "definition.States.A"),
        ({"definition": states(A={"Type": "Pass", "Next": "B"})}, "definition.States.A"),
        ({"definition": states(A={"Type": "Pass"})}, "definition.States.A"),
        ({"loggingConfiguration": {"level": "ALL"}}, "loggingConfiguration.logDestination"),
        (
            {"loggingConfiguration": {"level": "ALL", "logDestination": "arn:aws:logs:a:b:c"}},
            "loggingConfiguration.logDestination",
        ),
        ({"encryptionConfiguration": {"type": KEY}}, "encryptionConfiguration.kmsKeyId"),
        (
            {"encryptionConfiguration": {"type": "X", "kmsDataKeyReusePeriodSeconds": 1}},
            "encryptionConfiguration.kmsDataKeyReusePeriodSeconds",
        ),
    ],
)
def test_what_step_functions_would_refuse(cloud: Cloud, change: dict[str, Any], path: str) -> None:
    found = dict(cloud.problems(MACHINE, {"definition": ONE_STEP, "roleArn": "r", **change}))
    assert path in found
