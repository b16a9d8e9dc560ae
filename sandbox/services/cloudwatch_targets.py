"""EventBridge: what a rule starts. Targets in Redshift, SageMaker and AppSync are not carried."""

import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider import shapes
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry, by, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.cloudwatch_events import DEFAULT_BUS, rule_id, split_rule
from sandbox.services.forms import Renamed, known_keys
from sandbox.services.references import require_role
from sandbox.services.task_target import decoded_task, encoded_task

BATCH = ("arraySize", "jobAttempts", "jobDefinition", "jobName")
TRANSFORMER = Renamed({"inputPaths": "InputPathsMap"})


def _in_target(name: str, **more: Any) -> Carry:
    """Carry an input as a member of the one target that the request puts."""
    return by("put_targets", name, **more)


def _batch(block: Mapping[str, Any]) -> dict[str, Any]:
    encoded: dict[str, Any] = {key: block[key] for key in ("jobDefinition", "jobName")}
    if block.get("arraySize"):
        encoded["arrayProperties"] = {"size": block["arraySize"]}
    if block.get("jobAttempts"):
        encoded["retryStrategy"] = {"attempts": block["jobAttempts"]}
    return encoded


def _batch_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    block = {"jobDefinition": shown["JobDefinition"], "jobName": shown["JobName"]}
    if "ArrayProperties" in shown:
        block["arraySize"] = shown["ArrayProperties"]["Size"]
    if "RetryStrategy" in shown:
        block["jobAttempts"] = shown["RetryStrategy"]["Attempts"]
    return block


def _transformer_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    # The names of the paths are the program's own and keep their letters.
    block = {"inputTemplate": shown["InputTemplate"]}
    return {**block, "inputPaths": shown["InputPathsMap"]} if shown.get("InputPathsMap") else block


def _map_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {key[:1].lower() + key[1:]: value for key, value in shown.items()}


@cache
def _target() -> Any:
    """Return the shape of one target."""
    return shapes.request("events", "put_targets").members["Targets"].member


class EventTarget(ResourceType):
    """One target of a rule. Its id has dashes between its parts; an import has slashes."""

    token = "aws:cloudwatch/eventTarget:EventTarget"
    service = "events"
    creates = "put_targets"
    inputs = {
        "arn": _in_target("Arn"),
        "batchTarget": _in_target("BatchParameters", encode=_batch, decode=_batch_shown),
        "deadLetterConfig": _in_target("DeadLetterConfig"),
        "ecsTarget": _in_target(
            "EcsParameters",
            encode=encoded_task,
            decode=lambda shown: decoded_task(shown, "orderedPlacementStrategies"),
        ),
        "eventBusName": same(),
        "httpTarget": _in_target("HttpParameters", decode=_map_shown),
        "input": _in_target("Input"),
        "inputPath": _in_target("InputPath"),
        "inputTransformer": _in_target(
            "InputTransformer", encode=TRANSFORMER.encode, decode=_transformer_shown
        ),
        "kinesisTarget": _in_target("KinesisParameters"),
        "retryPolicy": _in_target("RetryPolicy"),
        "roleArn": _in_target("RoleArn"),
        "rule": same(),
        "runCommandTargets": _in_target(
            "RunCommandParameters.RunCommandTargets",
        ),
        "sqsTarget": _in_target("SqsParameters"),
        "targetId": _in_target("Id"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse a target that EventBridge would refuse."""
        yield from known_keys("batchTarget", props.get("batchTarget"), BATCH)
        forms = [name for name in ("input", "inputPath", "inputTransformer") if name in props]
        if len(forms) > 1:
            yield forms[1], f"must not be given beside {forms[0]}"
        arn = props.get("arn")
        if isinstance(arn, str) and not arn.startswith("arn:"):
            yield "arn", "must be an ARN"
        needs_role = {"batchTarget", "ecsTarget", "kinesisTarget", "runCommandTargets"} & set(props)
        if needs_role and "roleArn" not in props:
            yield "roleArn", f"is required with {min(needs_role)}"

    def _located(self, name: str, carry: Carry) -> tuple[str, Any] | None:
        """Find an input in the one target, where it is not one of the request's own."""
        found = shapes.locate(_target(), carry.member) if carry.member else None
        return ("put_targets", found[1]) if found else super()._located(name, carry)

    def create(self, aws: Aws, new: Props) -> str:
        """Put the target under its id, or one of our own."""
        target = str(new.get("targetId") or f"pulumi-{uuid.uuid4().hex}")
        self._put(aws, {**new, "targetId": target})
        return _begins(new) + target

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the target anew."""
        self._put(aws, {**new, "targetId": _parts(id_, new)[2]})

    def _put(self, aws: Aws, props: Props) -> None:
        require_role(aws, "events.put_targets", props.get("roleArn"), "events.amazonaws.com")
        target: dict[str, Any] = {}
        for name, carry in self.inputs.items():
            found = shapes.locate(_target(), carry.member) if carry.member else None
            if found is None or name not in props:
                continue
            value = carry.encode(props[name]) if carry.encode else props[name]
            here = target
            for step in found[0][:-1]:
                here = here.setdefault(step, {})
            here[found[0][-1]] = shapes.encode(found[1], value, name)
        params = self.params("put_targets", props)
        answer = aws.call("events.put_targets", **params, Targets=[target])
        for failed in answer.get("FailedEntries") or []:
            raise SandboxError(f"events.put_targets: {failed['ErrorCode']}: {failed['TargetId']}")

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        bus, rule, target = _parts(id_, old)
        aws.call("events.remove_targets", Rule=rule, EventBusName=bus, Ids=[target])

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the target with its rule; a way to write its input that went is shown as empty."""
        bus, rule, target = _parts(id_, saved)
        shown = aws.find("events.list_targets_by_rule", "Targets", Rule=rule, EventBusName=bus)
        found = next((item for item in shown or [] if item["Id"] == target), None)
        if found is None:
            return None
        empty = {
            self.inputs[name].member: "" if isinstance(value, str) else {}
            for name, value in saved.items()
            if name in self.inputs and self.inputs[name].operation and value
        }
        plain = {name: value for name, value in empty.items() if "." not in name}
        return {**plain, **found, "Rule": rule, "EventBusName": saved.get("eventBusName", bus)}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the only target of the rule that has the ARN, and the id if one was given."""
        named = split_rule(rule_id(inputs.get("eventBusName"), str(inputs["rule"])))
        shown = aws.find(
            "events.list_targets_by_rule",
            "Targets",
            Rule=named["Name"],
            EventBusName=named["EventBusName"],
        )
        ids = [
            item["Id"]
            for item in shown or []
            if item["Arn"] == inputs["arn"] and inputs.get("targetId") in {None, item["Id"]}
        ]
        return _begins(inputs) + str(ids[0]) if len(ids) == 1 else None


def _begins(props: Mapping[str, Any]) -> str:
    """Return what the id of a target of the rule begins with: ``rule-``, or ``bus-rule-``."""
    bus = props.get("eventBusName")
    return f"{props['rule']}-" if bus in {None, "", DEFAULT_BUS} else f"{bus}-{props['rule']}-"


def _parts(id_: str, props: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the bus, the rule and the target of an id.

    An import has only the id, and writes ``rule/target`` or ``bus/rule/target``.
    """
    if "rule" in props and id_.startswith(_begins(props)):
        named = split_rule(rule_id(props.get("eventBusName"), str(props["rule"])))
        return named["EventBusName"], named["Name"], id_.removeprefix(_begins(props))
    rule, _, target = id_.rpartition("/")
    if not rule:
        raise SandboxError(f"{id_} is not <rule>/<target> or <bus>/<rule>/<target>")
    named = split_rule(rule)
    return named["EventBusName"], named["Name"], target
