"""No secret is in what is shown of a log."""

import time

import pytest

from operations.aws import AwsRefusedError
from operations.delivery.log_lines import HIDDEN, last_lines, without
from tests.operations.delivery.stack import SECRET, Stack


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"login with {SECRET} failed", f"login with {HIDDEN} failed"),
        ("postgres://owner:x1@db/shop is down", f"postgres://{HIDDEN}@db/shop is down"),
        ("PASSWORD=abc def", f"PASSWORD={HIDDEN} def"),
        ("api_key: abc", f"api_key: {HIDDEN}"),
        ("0002_drop: relation orders exists", "0002_drop: relation orders exists"),
    ],
)
def test_secrets_are_taken_out_of_lines(line: str, shown: str) -> None:
    assert without(line, [SECRET]) == shown


def task_with_log(stack: Stack, *messages: str) -> tuple[str, dict[str, str]]:
    """Return the log group, and a task of the migration that has logged these."""
    run = stack.read("outputs.json")["migrationRun"]
    logs, group = stack.cloud.boto3("logs"), run["logGroupName"]
    stream = "application/application/1234"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now + n, "message": m} for n, m in enumerate(messages)]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    return group, {"taskArn": "arn:x:task/y/1234", "taskDefinitionArn": run["taskDefinition"]}


def defined(stack: Stack) -> None:
    """Have the migration's definition as the engine makes it, with its secret."""
    outputs = stack.read("outputs.json")
    made = stack.cloud.boto3("ecs").register_task_definition(
        family="staging-migration", containerDefinitions=stack.read("tasks.json")["migration"]
    )
    outputs["migrationRun"]["taskDefinition"] = made["taskDefinition"]["taskDefinitionArn"]
    stack.write("outputs.json", outputs)


def test_the_last_lines_are_shown_without_the_secrets_that_the_task_was_given(stack: Stack) -> None:
    defined(stack)
    messages = [f"line {n}" for n in range(30)] + [f"can't log in with {SECRET}"]
    group, task = task_with_log(stack, *messages)
    found = last_lines(stack.place(), group, task, "application")
    assert len(found) == 20
    assert found[-1] == f"can't log in with {HIDDEN}"


def test_where_a_secret_can_t_be_read_no_line_is_shown(stack: Stack) -> None:
    defined(stack)
    group, task = task_with_log(stack, "harmless")
    secret = stack.read("tasks.json")["migration"][0]["secrets"][0]["valueFrom"]
    stack.cloud.boto3("secretsmanager").delete_secret(
        SecretId=secret.removesuffix(":password::"), ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(AwsRefusedError, match="ResourceNotFoundException"):
        last_lines(stack.place(), group, task, "application")
