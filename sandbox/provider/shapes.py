"""What AWS's own API models say about a request, and how a Pulumi value is put into that form.

botocore checks types and required members when it sends a request; enumerations, patterns and
lengths stand in the same models but nobody checks them before AWS does. Here they are checked in
preview.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.provider.models import service_model
from sandbox.provider.values import UNKNOWN


class NotCarried(Exception):  # noqa: N818  (it reads as what happened, and is not an error of code)
    """A nested key that the request has no member for."""

    def __init__(self, path: str, known: list[str]) -> None:
        super().__init__(path)
        self.path = path
        self.known = known


@cache
def _operations(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in service_model(service).operation_names}


@cache
def request(service: str, operation: str) -> StructureShape:
    """Return the input shape of ``operation`` (boto3's spelling: ``create_vpc``)."""
    shape = service_model(service).operation_model(_operations(service)[operation]).input_shape
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{service}.{operation} takes no input")
    return shape


@cache
def _members(shape: StructureShape) -> dict[str, str]:
    return {name.lower(): name for name in shape.members}


def member(shape: StructureShape, name: str) -> str | None:
    """Return the member that ``name`` means, whatever the case of its letters."""
    return _members(shape).get(name.lower())


def locate(shape: StructureShape, path: str) -> tuple[list[str], Shape] | None:
    """Return the exact member names along a dotted path and the shape at its end."""
    names: list[str] = []
    here: Shape = shape
    for step in path.split("."):
        if not isinstance(here, StructureShape) or (name := member(here, step)) is None:
            return None
        names.append(name)
        here = here.members[name]
    return names, here


def encode(shape: Shape, value: Any, path: str = "") -> Any:
    """Return ``value`` in the form of ``shape``; unknown values stay unknown.

    Keys are matched whatever their case. Pulumi writes a block that may stand once as an object, so
    an object given for a list becomes a list of one. Raises NotCarried for a key without a member.
    """
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return _encode_structure(shape, value, path)
    if isinstance(shape, ListShape):
        items = value if isinstance(value, list) else [value]
        return [encode(shape.member, item, f"{path}[{i}]") for i, item in enumerate(items)]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: encode(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    return _encode_scalar(shape.type_name, value)


def _encode_structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> dict[str, Any]:
    encoded = {}
    for key, item in value.items():
        where = f"{path}.{key}"
        if (name := member(shape, key)) is None:
            raise NotCarried(where, sorted(shape.members))
        encoded[name] = encode(shape.members[name], item, where)
    return encoded


def _encode_scalar(type_name: str, value: Any) -> Any:
    if type_name == "string" and isinstance(value, bool):
        return str(value).lower()
    if type_name == "string" and isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer()
        return str(int(value) if whole else value)
    if (
        type_name in {"integer", "long"}
        and isinstance(value, str)
        and re.fullmatch(r"-?\d+", value)
    ):
        return int(value)
    if (
        type_name in {"float", "double"}
        and isinstance(value, str | int)
        and not isinstance(value, bool)
    ):
        return float(value)
    if type_name == "boolean" and isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    return value


def problems(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, reason) for every part of an encoded value that AWS would refuse."""
    if value is UNKNOWN or value is None:
        return
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, item in value.items():
            yield from problems(shape.members[name], item, f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _bounds(shape, len(value), path, "items")
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path}.{key}")
            yield from problems(shape.value, item, f"{path}.{key}")
    else:
        yield from _scalar_problems(shape, value, path)


_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "structure": Mapping,
    "list": list,
    "map": Mapping,
}


def _scalar_problems(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    wanted = _PYTHON_TYPES.get(shape.type_name)
    a_number_of_sorts = isinstance(value, bool) and shape.type_name != "boolean"
    if wanted is not None and (a_number_of_sorts or not isinstance(value, wanted)):
        yield path, f"must be a {shape.type_name}, got {type(value).__name__}"
        return
    if isinstance(value, str):
        yield from _string_problems(shape, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(shape, value, path, "")


def _string_problems(shape: Shape, value: str, path: str) -> Iterator[tuple[str, str]]:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield path, f"must be one of {', '.join(allowed)}"
    yield from _bounds(shape, len(value), path, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and (compiled := _compiled(pattern)) and not compiled.search(value):
        yield path, f"must match {pattern}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern anchored as AWS reads it, or None where Python cannot read it.

    The models are written for Java's engine, whose character classes by Unicode property have no
    like in Python's.
    """
    try:
        return re.compile(rf"\A(?:{pattern})\Z", re.DOTALL)
    except re.error:
        return None


def _bounds(shape: Shape, size: float, path: str, unit: str) -> Iterator[tuple[str, str]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    what = f" {unit}" if unit else ""
    if low is not None and size < low:
        yield path, f"must be at least {low}{what}, got {size}"
    if high is not None and size > high:
        yield path, f"must be at most {high}{what}, got {size}"
