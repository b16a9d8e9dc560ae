"""Step Functions: state machines. The sandbox keeps them and runs none."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, same
from sandbox.provider.resource import Problem, decoded
from sandbox.provider.values import Props
from sandbox.services.forms import known_keys
from sandbox.services.references import require_key, require_role
from sandbox.services.tagging import TaggedType, Tagging

TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="resourceArn",
    lists="list_tags_for_resource",
    listed="tags",
    member="tags",
    keys="tagKeys",
    pair=("key", "value"),
)
ASSUMED_BY = "states.amazonaws.com"
STATE_TYPES = ("Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait")
LOGGING = ("includeExecutionData", "level", "logDestination")
REUSE_SECONDS = (60, 900)
ANY_STREAM = ":*"


def _logging(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the logging in AWS's form, where the only destination stands in a list."""
    rest = {key: value for key, value in given.items() if key != "logDestination"}
    if group := given.get("logDestination"):
        rest["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]
    return rest


def _logging_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in shown.items() if key != "destinations"}
    for each in shown.get("destinations") or []:
        rest["logDestination"] = each["cloudWatchLogsLogGroup"]["logGroupArn"]
    result: dict[str, Any] = decoded(rest)
    return result


class StateMachine(TaggedType):
    """A state machine; its id is its ARN. Its definition is read as AWS reads it, not run."""

    token = "aws:sfn/stateMachine:StateMachine"
    service = "stepfunctions"
    creates = "create_state_machine"
    created = "stateMachineArn"
    describe = Describe("describe_state_machine", lambda arn: {"stateMachineArn": arn}, "@")
    updates = "update_state_machine"
    cleared = {
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "loggingConfiguration": {"level": "OFF"},
        "tracingConfiguration": {"enabled": False},
    }
    deletes = "delete_state_machine"
    identified = "stateMachineArn"
    autoname = Autoname(longest=80)
    tagging = TAGS
    inputs = {
        "definition": same(),
        "encryptionConfiguration": same(default={"type": "AWS_OWNED_KEY"}),
        "loggingConfiguration": same(
            encode=_logging,
            decode=_logging_shown,
            default={"level": "OFF", "includeExecutionData": False},
            defaults={"includeexecutiondata": False},
        ),
        "name": same(),
        "publish": same(unseen="AWS shows the versions, not that one was asked for"),
        "roleArn": same(),
        "tags": TAGS.carried(),
        "tracingConfiguration": same(default={"enabled": False}),
        "type": same(),
    }
    outputs = {"arn": "stateMachineArn", "creationDate": "creationDate", "status": "status"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what Step Functions refuses; moto reads no definition."""
        yield from _definition_problems(props.get("definition"))
        logging = props.get("loggingConfiguration")
        yield from known_keys("loggingConfiguration", logging, LOGGING)
        if isinstance(logging, Mapping) and isinstance(logging.get("level"), str):
            group = logging.get("logDestination")
            if logging["level"] != "OFF" and not group:
                yield "loggingConfiguration.logDestination", "is required unless level is OFF"
            if isinstance(group, str) and not group.endswith(ANY_STREAM):
                yield "loggingConfiguration.logDestination", f"must end with {ANY_STREAM}"
        encryption = props.get("encryptionConfiguration")
        if isinstance(encryption, Mapping):
            own = encryption.get("type") == "CUSTOMER_MANAGED_KMS_KEY"
            if isinstance(encryption.get("type"), str) and own != bool(encryption.get("kmsKeyId")):
                yield (
                    "encryptionConfiguration.kmsKeyId",
                    "must be given with, and only with, type CUSTOMER_MANAGED_KMS_KEY",
                )
            low, high = REUSE_SECONDS
            seconds = encryption.get("kmsDataKeyReusePeriodSeconds")
            if isinstance(seconds, int) and not low <= seconds <= high:
                yield (
                    "encryptionConfiguration.kmsDataKeyReusePeriodSeconds",
                    f"must be between {low} and {high}, got {seconds}",
                )

    def create(self, aws: Aws, new: Props) -> str:
        """Create the machine, unless there is one of this name: moto would return that one."""
        arn = aws.arn("states", f"stateMachine:{new['name']}")
        if aws.find("stepfunctions.describe_state_machine", "name", stateMachineArn=arn):
            raise SandboxError(
                "stepfunctions.create_state_machine: StateMachineAlreadyExists: "
                f"{new['name']} already exists"
            )
        self._require(aws, "stepfunctions.create_state_machine", new)
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs, once what it refers to is there."""
        self._require(aws, "stepfunctions.update_state_machine", new)
        super().update(aws, id_, old, new, changed)

    def _require(self, aws: Aws, request: str, new: Props) -> None:
        """Refuse a role, a key or a log that is not there."""
        require_role(aws, request, new.get("roleArn"), ASSUMED_BY)
        require_key(aws, request, (new.get("encryptionConfiguration") or {}).get("kmsKeyId"))
        group = (new.get("loggingConfiguration") or {}).get("logDestination")
        if group:
            name = str(group).removesuffix(ANY_STREAM).split(":log-group:")[-1]
            there = aws.find(
                "logs.describe_log_groups", "logGroups[].logGroupName", logGroupNamePrefix=name
            )
            if name not in (there or []):
                raise SandboxError(f"{request}: InvalidLoggingConfiguration: no log group {name}")

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what AWS shows; a machine that is being deleted is gone."""
        found = super().item(aws, id_, saved)
        return None if found is None or found.get("status") == "DELETING" else found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the ARN, if a machine of this name carries these tags."""
        return self.mine(aws, aws.arn("states", f"stateMachine:{inputs['name']}"), inputs)


def _definition_problems(text: Any) -> Iterator[Problem]:
    """Yield what is wrong with a definition: its form, and steps that lead nowhere."""
    if not isinstance(text, str):
        return
    try:
        machine = json.loads(text)
    except ValueError as error:
        yield "definition", f"must be Amazon States Language in JSON: {error}"
        return
    states = machine.get("States") if isinstance(machine, Mapping) else None
    if not isinstance(states, Mapping) or not states:
        yield "definition", "must have States"
        return
    if machine.get("StartAt") not in states:
        yield "definition.StartAt", f"must be one of the states, got {machine.get('StartAt')!r}"
    for name, state in states.items():
        at = f"definition.States.{name}"
        if state.get("Type") not in STATE_TYPES:
            yield at, f"Type must be one of {', '.join(STATE_TYPES)}, got {state.get('Type')!r}"
        for following in _followed(state):
            if following not in states:
                yield at, f"leads to {following!r}, which is no state"
        if state.get("Type") in ("Map", "Parallel", "Pass", "Task", "Wait") and (
            ("Next" in state) == (state.get("End") is True)
        ):
            yield at, "needs exactly one of Next and End"


def _followed(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield every state that one leads to."""
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for key in ("Catch", "Choices"):
        yield from (each["Next"] for each in state.get(key, []) if "Next" in each)
