"""EventBridge Scheduler: schedules and the groups that they are in."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import Renamed, made_by, utc
from sandbox.services.references import require_key, require_role
from sandbox.services.schedule_expressions import schedule_problem, timezone_problem
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType, Tagging
from sandbox.services.task_target import decoded_task, encoded_task

DEFAULT_GROUP = "default"
ASSUMED_BY = "scheduler.amazonaws.com"
TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="ResourceArn",
    lists="list_tags_for_resource",
)
NAMES = Renamed(
    {
        "eventbridgeParameters": "EventBridgeParameters",
        "pipelineParameters": "PipelineParameterList",
        "sagemakerPipelineParameters": "SageMakerPipelineParameters",
    }
)


def _encoded(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target in Scheduler's form."""
    encoded: dict[str, Any] = NAMES.encode(
        {key: value for key, value in target.items() if key != "ecsParameters"}
    )
    if task := target.get("ecsParameters"):
        encoded["ecsParameters"] = encoded_task(task)
    return encoded


def _decoded(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target as Pulumi writes it."""
    target: dict[str, Any] = NAMES.decode(
        {key: value for key, value in shown.items() if key != "EcsParameters"}
    )
    if task := shown.get("EcsParameters"):
        target["ecsParameters"] = decoded_task(task, "placementStrategies")
    return target


class ScheduleGroup(TaggedType):
    """A group; its schedules are deleted with it, on AWS as in moto."""

    token = "aws:scheduler/scheduleGroup:ScheduleGroup"
    service = "scheduler"
    creates = "create_schedule_group"
    describe = Describe("get_schedule_group", lambda name: {"Name": name}, "@")
    deletes = "delete_schedule_group"
    identified = "Name"
    autoname = Autoname(longest=64)
    tagging = TAGS
    inputs = {"name": same(), "tags": TAGS.carried()}
    outputs = {
        "arn": "Arn",
        "creationDate": "CreationDate",
        "lastModificationDate": "LastModificationDate",
        "state": "State",
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Create the group, unless there is one: moto would put a new one in its place."""
        name = str(new["name"])
        if aws.find("scheduler.get_schedule_group", "Arn", Name=name):
            raise SandboxError(
                f"scheduler.create_schedule_group: ConflictException: group {name} already exists"
            )
        aws.call("scheduler.create_schedule_group", **self.params("create_schedule_group", new))
        return name

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("scheduler", f"schedule-group/{id_}")

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the group if it is there: moto fails at one that is not."""
        if aws.find("scheduler.get_schedule_group", "Arn", Name=id_):
            super().delete(aws, id_, old)


class Schedule(ResourceType):
    """A schedule. Its id is its group's name, a slash, and its own."""

    token = "aws:scheduler/schedule:Schedule"
    service = "scheduler"
    creates = "create_schedule"
    autoname = Autoname(longest=64)
    inputs = {
        "actionAfterCompletion": same(default="NONE"),
        "description": same(),
        "endDate": same(decode=utc),
        "flexibleTimeWindow": same(),
        "groupName": same(),
        "kmsKeyArn": same(),
        "name": same(),
        "scheduleExpression": same(),
        "scheduleExpressionTimezone": same(),
        "startDate": same(decode=utc),
        "state": same(),
        "target": same(encode=_encoded, decode=_decoded),
    }
    outputs = {"arn": "Arn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse what Scheduler would refuse; moto reads no expression."""
        expression, zone = props.get("scheduleExpression"), props.get("scheduleExpressionTimezone")
        if isinstance(expression, str) and (why := schedule_problem(expression, once=True)):
            yield "scheduleExpression", why
        if isinstance(zone, str) and (why := timezone_problem(zone)):
            yield "scheduleExpressionTimezone", why
        window = props.get("flexibleTimeWindow")
        if isinstance(window, Mapping) and is_known(window):
            flexible = window.get("mode") == "FLEXIBLE"
            if flexible != bool(window.get("maximumWindowInMinutes")):
                yield (
                    "flexibleTimeWindow.maximumWindowInMinutes",
                    "must be given with, and only with, mode FLEXIBLE",
                )

    def create(self, aws: Aws, new: Props) -> str:
        """Create the schedule in a group that exists, for a role that Scheduler may assume."""
        group = str(new.get("groupName") or DEFAULT_GROUP)
        if aws.find("scheduler.get_schedule_group", "Arn", Name=group) is None:
            raise SandboxError(
                f"scheduler.create_schedule: ResourceNotFoundException: group {group} does not "
                "exist"
            )
        self._require(aws, "scheduler.create_schedule", new)
        aws.call("scheduler.create_schedule", **self.params("create_schedule", new))
        return f"{group}/{new['name']}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Say everything anew: Scheduler forgets what an update leaves out."""
        self._require(aws, "scheduler.update_schedule", new)
        aws.call("scheduler.update_schedule", **self.params("update_schedule", new))

    def _require(self, aws: Aws, request: str, new: Props) -> None:
        require_role(aws, request, new["target"].get("roleArn"), ASSUMED_BY)
        require_key(aws, request, new.get("kmsKeyArn"))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        group, _, name = id_.partition("/")
        aws.call("scheduler.delete_schedule", GroupName=group, Name=name)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        group, _, name = id_.partition("/")
        found = aws.find("scheduler.get_schedule", "@", GroupName=group, Name=name)
        if found is None:
            return None
        emptied(found, saved, {"description": "Description", "kmsKeyArn": "KmsKeyArn"})
        return dict(found)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the schedule of this name in this group if it is as these inputs say."""
        id_ = f"{inputs.get('groupName') or DEFAULT_GROUP}/{inputs['name']}"
        return id_ if made_by(self, aws, id_, inputs) else None
