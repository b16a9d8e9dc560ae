"""Elastic Load Balancing: what its types share: ARNs as ids, tags by ARN, attributes as pairs."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from sandbox.provider import shapes
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Carry, by
from sandbox.provider.resource import Problem
from sandbox.provider.values import UNKNOWN, Props
from sandbox.services.forms import whole
from sandbox.services.tagging import TaggedType, Tagging

LB_TAGS = Tagging(
    tags="add_tags",
    untags="remove_tags",
    named="ResourceArns",
    lists="describe_tags",
    listed="TagDescriptions[0].Tags",
)

NAME = re.compile(r"(?!internal-)[A-Za-z0-9](-?[A-Za-z0-9])*")
LONGEST_NAME = 32
EMPTY: tuple[Any, ...] = (None, [], {})


def name_problems(name: Any) -> Iterator[Problem]:
    """Yield what is wrong with the name of a load balancer or target group."""
    if isinstance(name, str) and not (NAME.fullmatch(name) and len(name) <= LONGEST_NAME):
        yield "name", f"must be up to 32 letters, digits and single hyphens, got {name!r}"


Allowed = range | tuple[str, ...]
FLAG = ("true", "false")


def value_problems(
    props: Mapping[str, Any], allowed: Mapping[str, Allowed], before: str = ""
) -> Iterator[Problem]:
    """Yield what no attribute takes; the model of the API knows attributes as text only."""
    for name, values in allowed.items():
        value = props.get(name)
        if value is None or value is UNKNOWN:
            continue
        if isinstance(values, tuple):
            if _text(value) not in values:
                yield f"{before}{name}", f"must be one of {', '.join(values)}, got {value!r}"
        elif (number := whole(value)) is None or number not in values:
            reason = f"must be between {values[0]} and {values[-1]}, got {value!r}"
            yield f"{before}{name}", reason


def attribute(operation: str, key: str) -> Carry:
    """Carry an input as one attribute, which a request of its own sets."""
    return attributes(
        operation,
        lambda value: {key: value},
        read=f'Attributes."{key}"',
        decode=from_text,
    )


def attributes(operation: str, pairs: Callable[[Any], Props], **more: Any) -> Carry:
    """Carry an input as several attributes."""

    def encode(value: Any) -> list[dict[str, str]]:
        return [
            {"Key": key, "Value": _text(item)}
            for key, item in pairs(value).items()
            if item is not None
        ]

    return by(operation, "Attributes", encode=encode, **more)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def from_text(value: str) -> bool | int | str:
    """Return an attribute's value as Pulumi writes it."""
    if value in {"true", "false"}:
        return value == "true"
    return int(value) if value.isdigit() else value


class LbType(TaggedType):
    """A type of Elastic Load Balancing; its id is its ARN."""

    service = "elbv2"
    tagging = LB_TAGS
    sets: ClassVar[str] = ""
    """The request that sets attributes; the one that shows them is named alike."""
    defaults: ClassVar[Mapping[str, Any]] = {}
    """What an attribute's input is set to when the program takes it away, and the check has no
    default of the real provider's for it."""

    def target(self, aws: Aws, id_: str) -> list[str]:
        return [id_]

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": id_}

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the object with its attributes, by key."""
        found = super().item(aws, id_, saved)
        if found is not None and self.sets:
            shows = f"elbv2.{self.sets.replace('modify', 'describe', 1)}"
            pairs = aws.call(shows, **{self.identified: id_})["Attributes"]
            found["Attributes"] = {pair["Key"]: pair.get("Value", "") for pair in pairs}
        return found

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set the attributes that a new object has not already.

        Of the provider's defaults, some belong to load balancers of one kind only.
        """
        usual = self.facts.defaults
        given = {
            name for name, value in new.items() if value not in EMPTY and value != usual.get(name)
        }
        self.set_attributes(aws, id_, new, given)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Bring tags, the object and its attributes up to date."""
        super().update(aws, id_, old, new, changed)
        self.set_attributes(aws, id_, new, changed)

    def set_attributes(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        """Set all attributes of the named inputs by one request."""
        pairs: list[dict[str, str]] = []
        for name, carry in self.inputs.items():
            if name not in names or carry.member != "Attributes" or carry.kept:
                continue
            value = new.get(name)
            if value in EMPTY:
                value = self.defaults.get(name)
            if value is not None and carry.encode is not None:
                pairs += carry.encode(value)
        if pairs:
            aws.call(f"elbv2.{self.sets}", **{self.identified: id_}, Attributes=pairs)

    def params(
        self, operation: str, props: Mapping[str, Any], only: set[str] | None = None
    ) -> dict[str, Any]:
        """Return a request's parameters; attributes have a request of their own."""
        params = super().params(operation, props, only)
        params.pop("Attributes", None)
        return params


def block_problems(
    service: str, operation: str, name: str, block: Any, members: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield what is wrong in a block whose keys are members of the request one by one."""
    if not isinstance(block, Mapping):
        return
    request = shapes.request(service, operation)
    for key, value in block.items():
        where = f"{name}.{key}"
        if key not in members:
            yield where, f"is unknown; allowed: {', '.join(members)}"
        elif value is not UNKNOWN:
            found = shapes.locate(request, members[key])
            if found is not None:
                form = shapes.encode(found[1], value, where)
                yield from shapes.problems(found[1], form, where)
