"""EventBridge: rules (Pulumi keeps them under CloudWatch, their first home)."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, kept, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.references import require_role
from sandbox.services.schedule_expressions import schedule_problem
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType, Tagging

DEFAULT_BUS = "default"
TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="ResourceARN",
    lists="list_tags_for_resource",
)


def split_rule(id_: str) -> dict[str, str]:
    """Return the bus and the rule of an id: ``<rule>``, or ``<bus>/<rule>`` on another bus.

    The bus may be an ARN, which has a slash of its own.
    """
    bus, _, rule = id_.rpartition("/")
    return {"EventBusName": bus or DEFAULT_BUS, "Name": rule}


def rule_id(bus: str | None, name: str) -> str:
    """Return the id of a rule on a bus."""
    return name if bus in {None, "", DEFAULT_BUS} else f"{bus}/{name}"


class EventRule(TaggedType):
    """A rule: which events, or which times, start its targets."""

    token = "aws:cloudwatch/eventRule:EventRule"
    service = "events"
    creates = "put_rule"
    autoname = Autoname(longest=64)
    tagging = TAGS
    inputs = {
        "description": same(),
        "eventBusName": same(),
        "eventPattern": same(),
        "forceDestroy": kept(
            "goes with the request that deletes the rule", operation="delete_rule", name="Force"
        ),
        "name": same(),
        "roleArn": same(),
        "scheduleExpression": same(),
        "state": same(default="ENABLED"),
        "tags": TAGS.carried(),
    }
    outputs = {"arn": "Arn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse a rule that EventBridge would refuse."""
        schedule, pattern = props.get("scheduleExpression"), props.get("eventPattern")
        if schedule is None and pattern is None:
            yield "eventPattern", "must be given, or scheduleExpression"
        if isinstance(schedule, str):
            if why := schedule_problem(schedule):
                yield "scheduleExpression", why
            if props.get("eventBusName") not in {None, DEFAULT_BUS}:
                yield "scheduleExpression", "is for the default event bus only"
        if isinstance(pattern, str):
            try:
                written = json.loads(pattern)
            except ValueError as error:
                yield "eventPattern", f"must be JSON: {error}"
            else:
                if not isinstance(written, dict) or not written:
                    yield "eventPattern", "must be an object with at least one member"

    def create(self, aws: Aws, new: Props) -> str:
        """Put the rule."""
        require_role(aws, "events.put_rule", new.get("roleArn"), "events.amazonaws.com")
        aws.call("events.put_rule", **self.params("put_rule", new))
        return rule_id(new.get("eventBusName"), str(new["name"]))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the rule anew; tags are not taken for one that exists."""
        super().update(aws, id_, old, new, changed & {"tags"})
        if changed - {"tags", "forceDestroy"}:
            require_role(aws, "events.put_rule", new.get("roleArn"), "events.amazonaws.com")
            without = {name: value for name, value in new.items() if name != "tags"}
            aws.call("events.put_rule", **self.params("put_rule", without))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the rule; moto and AWS refuse one that has targets."""
        force = old.get("forceDestroy") is True
        aws.call("events.delete_rule", Force=force, **split_rule(id_))

    def target(self, aws: Aws, id_: str) -> str:
        bus = split_rule(id_)["EventBusName"].rpartition("/")[2]
        name = split_rule(id_)["Name"]
        return aws.arn("events", f"rule/{rule_id(bus, name)}")

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = aws.find("events.describe_rule", "@", **split_rule(id_))
        if found is None:
            return None
        emptied(found, saved, {"description": "Description", "roleArn": "RoleArn"})
        if str(saved.get("eventBusName", "")).endswith(f"/{found['EventBusName']}"):
            found["EventBusName"] = saved["eventBusName"]
        return {**found, "Tags": self.tags_shown(aws, id_)}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the rule of this name on this bus if it has the tags of the inputs."""
        id_ = rule_id(inputs.get("eventBusName"), str(inputs["name"]))
        found = self.read(aws, id_, {})
        if found is None or (found.get("tags") or {}) != (inputs.get("tags") or {}):
            return None
        return id_
