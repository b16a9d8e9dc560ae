"""ECS: task definition."""

import json
from collections.abc import Iterator
from typing import Any

import jmespath

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import kept, same
from sandbox.provider.overlay import covers
from sandbox.provider.resource import Problem, decoded
from sandbox.provider.values import Props, is_known
from sandbox.services.ecs_tags import ECS_TAGGING, EcsType
from sandbox.services.ecs_task_check import task_problems
from sandbox.services.forms import Renamed
from sandbox.services.references import require_role

VOLUMES = Renamed({"configureAtLaunch": "configuredAtLaunch"})
TASKS = "ecs-tasks.amazonaws.com"


def _volumes(volumes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return volumes as ECS takes them: the path on a host is a block of its own there."""
    return [
        {
            **{name: item for name, item in VOLUMES.encode(volume).items() if name != "hostPath"},
            **({"host": {"sourcePath": volume["hostPath"]}} if "hostPath" in volume else {}),
        }
        for volume in volumes
    ]


def _volumes_shown(volumes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return volumes as Pulumi writes them."""
    shown = []
    for volume in VOLUMES.decode(volumes):
        path = (volume.pop("host", None) or {}).get("sourcePath")
        shown.append({**volume, **({"hostPath": path} if path else {})})
    return shown


def _properties(proxy: dict[str, Any]) -> dict[str, Any]:
    """Return a proxy's configuration with its properties as a list."""
    pairs = [{"name": key, "value": value} for key, value in proxy.get("properties", {}).items()]
    return {**proxy, "properties": pairs}


def _properties_shown(proxy: dict[str, Any]) -> dict[str, Any]:
    """Return a proxy's configuration with its properties as an object."""
    pairs = {each["name"]: each["value"] for each in proxy.get("properties", [])}
    return {**decoded(proxy), "properties": pairs}


class TaskDefinition(EcsType):
    """One revision of a family; nothing but its tags ever changes.

    Its id is the ARN, by which it is imported too, so that two revisions are told apart. (The real
    provider's is the family; it reads by the ARN in its state, which a refresh here is not told.)
    """

    token = "aws:ecs/taskDefinition:TaskDefinition"
    creates = "register_task_definition"
    created = "taskDefinition.taskDefinitionArn"
    inputs = {
        "containerDefinitions": same(encode=json.loads),
        "cpu": same(),
        "enableFaultInjection": same(),
        "ephemeralStorage": same(decode=Renamed({"sizeInGib": "sizeInGiB"}).decode),
        "executionRoleArn": same(),
        "family": same(),
        "ipcMode": same(),
        "memory": same(),
        "networkMode": same(),
        "pidMode": same(),
        "placementConstraints": same(),
        "proxyConfiguration": same(encode=_properties, decode=_properties_shown),
        "requiresCompatibilities": same(),
        "runtimePlatform": same(),
        "skipDestroy": kept("what is done at deletion, here too; nothing that AWS is told"),
        "tags": ECS_TAGGING.carried(),
        "taskRoleArn": same(),
        "trackLatest": kept("only false, its default, is carried"),
        "volumes": same(
            encode=_volumes,
            decode=_volumes_shown,
            defaults={"efsvolumeconfiguration.rootdirectory": "/"},
        ),
    }
    outputs = {"arn": "taskDefinitionArn", "revision": "revision"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what ECS would refuse."""
        if props.get("trackLatest"):
            yield "trackLatest", "is carried by the sandbox only as false"
        text = props.get("containerDefinitions")
        containers = None
        if isinstance(text, str):
            try:
                containers = json.loads(text)
            except ValueError as error:
                yield "containerDefinitions", f"is not JSON: {error}"
                return
            if not _objects(containers):
                yield "containerDefinitions", "must be a list of containers"
                return
        if is_known(props.get("requiresCompatibilities")):
            yield from task_problems(props, containers)

    def create(self, aws: Aws, new: Props) -> str:
        """Register the revision, once its roles exist."""
        for name in ("executionRoleArn", "taskRoleArn"):
            require_role(aws, "ecs.register_task_definition", new.get(name), TASKS)
        return super().create(aws, new)

    def shown(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the revision; the containers as text, and as they were saved.

        ECS fills in what was left out of a container, and no request can change one.
        """
        answer = described_task(aws, id_)
        if answer is None:
            return None
        definition = answer["taskDefinition"]
        containers = definition.pop("containerDefinitions")
        definition["containerDefinitions"] = saved.get("containerDefinitions") or json.dumps(
            containers, sort_keys=True
        )
        return {**definition, "tags": answer.get("tags", [])}

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the family's ARN."""
        return {"arnWithoutRevision": str(props["arn"]).rpartition(":")[0]}

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Deregister the revision, unless the program keeps it for those who still name it."""
        if not old.get("skipDestroy") and self.item(aws, id_, {}) is not None:
            aws.call("ecs.deregister_task_definition", taskDefinition=id_)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the family's newest active revision that nobody has, if these inputs made it."""
        family = inputs["family"]
        arns = aws.find("ecs.list_task_definitions", "taskDefinitionArns", familyPrefix=family)
        ours = [arn for arn in arns or [] if arn.rpartition(":")[0].endswith(f"/{family}")]
        for arn in sorted(ours, key=lambda arn: -int(arn.rpartition(":")[2])):
            if arn in aws.known:
                continue
            answer = described_task(aws, arn) or {}
            tags = ECS_TAGGING.decoded(answer.get("tags", []))
            wanted = json.loads(inputs["containerDefinitions"])
            live = jmespath.search("taskDefinition.containerDefinitions", answer)
            mine = covers(_asked(live, wanted), wanted) and tags == (inputs.get("tags") or {})
            if live is not None and mine:
                return str(arn)
        return None


def described_task(aws: Aws, arn: str) -> dict[str, Any] | None:
    """Return what ECS shows of a task definition, by ARN, ``family:revision`` or family."""
    try:
        found: dict[str, Any] = aws.call(
            "ecs.describe_task_definition", taskDefinition=arn, include=["TAGS"]
        )
    except AwsError as error:
        # ECS has no code of its own for a task definition that is not there.
        if error.code == "ClientException":
            return None
        raise
    return found


def _asked(live: Any, wanted: Any) -> Any:
    """Return of what ECS shows only what was asked for; it fills in the rest of a container."""
    if isinstance(live, dict) and isinstance(wanted, dict):
        return {key: _asked(live[key], item) for key, item in wanted.items() if key in live}
    if isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        return [_asked(*pair) for pair in zip(live, wanted, strict=True)]
    return live


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
