"""Between the engine's wire form of properties and plain Python values.

The SDK's own ``PropertyValue`` cannot send an unknown value back, which every preview needs, so the
protocol's structs are translated here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

Props = dict[str, Any]
"""A resource's properties: JSON-like values, with UNKNOWN where a preview cannot tell yet."""

SIGNATURE: Final = rpc._special_sig_key  # noqa: SLF001  (the wire format has no public names)
SECRET: Final = rpc._special_secret_sig  # noqa: SLF001
OUTPUT: Final = rpc._special_output_value_sig  # noqa: SLF001
UNKNOWNS: Final = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What the engine writes for an unknown string, boolean, number, array, asset, archive, object."""


class _Unknown:
    """A value that only the deployment will tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> "_Unknown":
        return self

    def __deepcopy__(self, memo: object) -> "_Unknown":
        return self


UNKNOWN: Final = _Unknown()


def as_block(value: Any) -> Mapping[str, Any]:
    """Return an object as it is, and an empty one where it is not given or not known yet."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, and an empty one where it is not given or not known yet."""
    return value if isinstance(value, list) else []


def is_known(value: Any) -> bool:
    """Return whether no part of ``value`` is unknown."""
    if value is UNKNOWN:
        return False
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return True


def from_wire(struct: struct_pb2.Struct) -> tuple[Props, set[str]]:
    """Return plain properties and the names of those that hold a secret anywhere."""
    props: Props = {}
    secrets: set[str] = set()
    for name, value in struct.fields.items():
        found: list[bool] = []
        props[name] = _plain(value, found)
        if found:
            secrets.add(name)
    return props, secrets


def to_wire(props: Mapping[str, Any], secrets: Iterable[str] = ()) -> struct_pb2.Struct:
    """Return the wire form, with the named top-level properties marked as secret.

    Raises TypeError, with the property's path, for a value that the wire form cannot hold.
    """
    hidden = set(secrets)
    fields = {}
    for name, value in props.items():
        if value is None:
            continue
        wire = _wire(value, name)
        if name in hidden:
            secret = {SIGNATURE: struct_pb2.Value(string_value=SECRET), "value": wire}
            wire = struct_pb2.Value(struct_value=struct_pb2.Struct(fields=secret))
        fields[name] = wire
    return struct_pb2.Struct(fields=fields)


def _plain(value: struct_pb2.Value, found_secret: list[bool]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in UNKNOWNS else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_plain(item, found_secret) for item in value.list_value.values]
    if kind == "struct_value":
        return _plain_struct(value.struct_value, found_secret)
    return None


def _plain_struct(struct: struct_pb2.Struct, found_secret: list[bool]) -> Any:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else None
    if signature == SECRET:
        found_secret.append(True)
        return _plain(fields["value"], found_secret) if "value" in fields else None
    if signature == OUTPUT:
        if "secret" in fields and fields["secret"].bool_value:
            found_secret.append(True)
        return _plain(fields["value"], found_secret) if "value" in fields else UNKNOWN
    return {
        name: plain
        for name, item in fields.items()
        if (plain := _plain(item, found_secret)) is not None
    }


def _wire(value: Any, path: str) -> struct_pb2.Value:
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=rpc.UNKNOWN)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        fields = {
            str(name): _wire(item, f"{path}.{name}")
            for name, item in value.items()
            if item is not None
        }
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, list | tuple):
        items = [_wire(item, f"{path}[{index}]") for index, item in enumerate(value)]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    raise TypeError(f"{path} cannot hold a {type(value).__name__}")
