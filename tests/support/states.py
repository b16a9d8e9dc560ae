"""Run a state machine on moto: its own interpreter of Amazon States Language, and its own RDS.

Four things are put right, each because moto does otherwise than AWS: the members of SDK
integrations are called as in the AWS SDK for Java, errors are named ``<Service>.<Error>Exception``,
a path to one item's member is that member and no list, and an ECS task ends as the test says,
where moto's have no exit code.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

import boto3
from botocore import xform_name
from botocore.model import ListShape, Shape, StructureShape

REGION = "eu-west-1"
LONGEST_SECONDS = 20
ONE_ITEM = r"\[\d+\](\.\w+)*$"
Outcome = Callable[[str, Mapping[str, Any]], bool]
"""Told a task definition and its parameters, says whether the task ends well."""


@dataclass
class Run:
    """How an execution went."""

    status: str
    entered: list[str] = field(default_factory=list)
    """The states, in the order in which they were entered."""


def client(service: str) -> Any:
    """Return a client of the mocked AWS."""
    return boto3.client(service, region_name=REGION)


@contextmanager
def interpreted(outcome: Outcome) -> Iterator[None]:
    """Mock AWS, with state machines that are really interpreted."""
    # Here, as the interpreter takes half a second to load: most tests need none of it.
    from moto import mock_aws
    from moto.ec2.models.amis import AmiBackend
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
        state_task_service_aws_sdk as sdk,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
        state_task_service_ecs as tasks,
    )
    from moto.stepfunctions.parser.asl.utils import json_path

    from sandbox.aws.mends.images import without_images

    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        # Nobody here asks for AWS's own, which take as long to make as all else.
        patch.object(AmiBackend, "_load_amis", without_images),
        patch.object(json_path, "_PATTERN_SINGLETON_ARRAY_ACCESS_OUTPUT", ONE_ITEM),
        patch.object(sdk.StateTaskServiceAwsSdk, "_eval_service_task", _called),
        patch.object(sdk.StateTaskServiceAwsSdk, "_normalise_exception_name", staticmethod(_named)),
        patch.object(tasks.StateTaskServiceEcs, "_eval_service_task", _ran(outcome)),
        patch.object(tasks.StateTaskServiceEcs, "_build_sync_resolver", _ended),
    ):
        yield


def executed(definition: str, input_: str) -> Run:
    """Run a definition to its end."""
    states = client("stepfunctions")
    role = client("iam").create_role(RoleName="machine", AssumeRolePolicyDocument="{}")
    machine = states.create_state_machine(
        name="machine", definition=definition, roleArn=role["Role"]["Arn"]
    )
    arn = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=input_)
    end = time.monotonic() + LONGEST_SECONDS
    while (status := states.describe_execution(**_only(arn))["status"]) == "RUNNING":
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    events = states.get_execution_history(**_only(arn), maxResults=1000)["events"]
    assert status != "RUNNING", f"the execution did not end: {events[-5:]}"
    return Run(
        status,
        [
            each["stateEnteredEventDetails"]["name"]
            for each in events
            if "stateEnteredEventDetails" in each
        ],
    )


def _only(started: Mapping[str, Any]) -> dict[str, Any]:
    return {"executionArn": started["executionArn"]}


def java(member: str) -> str:
    """Return a member's name as the AWS SDK for Java has it: ``DBName`` becomes ``DbName``."""
    leading = len(member) - len(member.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if leading < 2:
        return member
    kept = leading if leading == len(member) else leading - 1
    return member[0] + member[1:kept].lower() + member[kept:]


def translated(value: Any, shape: Shape | None, *, asked: bool) -> Any:
    """Rename the members of a request (``asked``) or of an answer; KeyError for an unknown one."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        names = {java(name): name for name in shape.members}
        if not asked:
            names = {name: name for name in shape.members}
        return {
            names[key] if asked else java(key): translated(
                each, shape.members[names[key]], asked=asked
            )
            for key, each in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [translated(each, shape.member, asked=asked) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _called(self: Any, *, env: Any, normalised_parameters: Any, **_: Any) -> None:
    service = client(self._get_boto_service_name())
    wanted = self._get_boto_service_action()
    names = service.meta.service_model.operation_names
    model = service.meta.service_model.operation_model(
        next(each for each in names if xform_name(each) == wanted)
    )
    given = translated(normalised_parameters, model.input_shape, asked=True)
    answer = getattr(service, wanted)(**given)
    answer.pop("ResponseMetadata")
    env.stack.append(translated(answer, model.output_shape, asked=False))


def _named(service: str, error: Exception) -> str:
    name = type(error).__name__.removesuffix("Fault").removesuffix("Exception")
    return f"{service.capitalize()}.{java(name)}Exception"


def _ran(outcome: Outcome) -> Callable[..., None]:
    from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
    from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    def run(self: Any, *, env: Any, normalised_parameters: Any, **_: Any) -> None:
        given = normalised_parameters
        if outcome(given["TaskDefinition"], given):
            env.stack.append({"LastStatus": "STOPPED"})
            return
        details = TaskFailedEventDetails(
            resource=self._get_sfn_resource(),
            resourceType=self._get_sfn_resource_type(),
            error="States.TaskFailed",
            cause="the container ended with another exit code than 0",
        )
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=ErrorName(error_name="States.TaskFailed"),
                event_type=HistoryEventType.TaskFailed,
                event_details=EventDetails(taskFailedEventDetails=details),
            )
        )

    return run


def _ended(_: Any, *, env: Any, **__: Any) -> Callable[[], Any]:
    described = env.stack.pop()
    return lambda: described
