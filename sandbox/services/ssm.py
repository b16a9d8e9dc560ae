"""Systems Manager: parameters.

No message of this file may hold a value, of whatever type the parameter is.
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, MissingError
from sandbox.provider.carry import Autoname, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.references import require_key
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType, Tagging

LONGEST = {"Advanced": 8192, "Standard": 4096}
"""Characters of a value by tier (Systems Manager User Guide, "Managing parameter tiers")."""

TAGS = Tagging(
    tags="add_tags_to_resource",
    untags="remove_tags_from_resource",
    named="ResourceId",
    lists="list_tags_for_resource",
    listed="TagList",
)


class Parameter(TaggedType):
    """A parameter; its id is its name."""

    token = "aws:ssm/parameter:Parameter"
    service = "ssm"
    creates = "put_parameter"
    deletes = "delete_parameter"
    identified = "Name"
    autoname = Autoname(longest=1011)
    tagging = TAGS
    inputs = {
        "allowedPattern": same(),
        "dataType": same(),
        "description": same(),
        "insecureValue": member("Value", read="InsecureValue"),
        "keyId": same(),
        "name": same(),
        "overwrite": kept(
            "says whether a parameter that is there may be taken over",
            operation="put_parameter",
            name="Overwrite",
        ),
        "tags": TAGS.carried(),
        "tier": same(),
        "type": same(),
        "value": same(),
    }
    outputs = {"arn": "ARN", "version": "Version"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse what AWS would refuse, without repeating the value."""
        given = [name for name in ("insecureValue", "value") if name in props]
        if len(given) != 1:
            yield "value", "must be given, or insecureValue, and not both"
        name = props.get("name")
        if isinstance(name, str) and "/" in name and not name.startswith("/"):
            yield "name", "must begin with / where it has more than one part"
        if props.get("type") == "SecureString" and "insecureValue" in props:
            yield "insecureValue", "must not be the value of a SecureString"
        if props.get("keyId") and props.get("type") in {"String", "StringList"}:
            yield "keyId", "must be given for a SecureString only"
        for key in given:
            if isinstance(props[key], str):
                yield from _value_problems(key, props[key], props)

    def create(self, aws: Aws, new: Props) -> str:
        """Put the parameter; one that is there is refused, unless it may be taken over."""
        require_key(aws, "ssm.put_parameter", new.get("keyId"))
        params = self.params("put_parameter", new)
        if new.get("overwrite"):
            # AWS takes no tags with a request that may overwrite.
            params = {**params, "Overwrite": True}
            tags = params.pop("Tags", None)
            aws.call("ssm.put_parameter", **params)
            if tags:
                self.retag(aws, str(new["name"]), {}, new["tags"])
        else:
            aws.call("ssm.put_parameter", **params)
        return str(new["name"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put a new version over the old one; what was taken away is emptied."""
        if changed - {"tags", "overwrite"}:
            require_key(aws, "ssm.put_parameter", new.get("keyId"))
            empty: Props = dict.fromkeys({"allowedPattern", "description"} & changed, "")
            rest = {name: value for name, value in new.items() if name != "tags"}
            params = self.params("put_parameter", {**empty, **rest})
            aws.call("ssm.put_parameter", Overwrite=True, **params)
        super().update(aws, id_, old, new, changed & {"tags"})

    def tags_shown(self, aws: Aws, id_: str) -> Any:
        named = {"ResourceType": "Parameter", "ResourceId": id_}
        return aws.find("ssm.list_tags_for_resource", "TagList", **named) or []

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        """Take away the tags that went and set those that came."""
        named = {"ResourceType": "Parameter", "ResourceId": id_}
        if gone := [key for key in old if key not in new]:
            aws.call("ssm.remove_tags_from_resource", **named, TagKeys=gone)
        if new:
            aws.call("ssm.add_tags_to_resource", **named, Tags=TAGS.encoded(new))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the parameter with its value, under the name that the value was given by."""
        try:
            value = aws.call("ssm.get_parameter", Name=id_, WithDecryption=True)["Parameter"]
        except MissingError:
            return None
        shown = aws.call(
            "ssm.describe_parameters", ParameterFilters=[{"Key": "Name", "Values": [id_]}]
        )["Parameters"]
        if not shown:
            raise SandboxError(f"ssm.describe_parameters: {id_} can be read but is not listed")
        found = {**shown[0], **value, "Tags": self.tags_shown(aws, id_)}
        if "insecureValue" in saved:
            found["InsecureValue"] = found.pop("Value")
        emptied(found, saved, {"allowedPattern": "AllowedPattern", "description": "Description"})
        return found


def _value_problems(key: str, value: str, props: Props) -> Iterator[Problem]:
    longest = LONGEST.get(str(props.get("tier", "Standard")), LONGEST["Advanced"])
    if not value:
        yield key, "must not be empty"
    if len(value) > longest:
        yield key, f"must be at most {longest} characters, got {len(value)}"
    pattern = props.get("allowedPattern")
    if isinstance(pattern, str) and pattern:
        try:
            if not re.search(pattern, value):
                yield key, f"must match allowedPattern {pattern}"
        except re.error:
            yield "allowedPattern", "must be a regular expression"
