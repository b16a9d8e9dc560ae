"""The graph of what is deployed, from what ``pulumi stack export`` prints."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from policies.errors import PolicyError
from policies.graph import STACK, Graph, Key, Resource, graph_of

HIDDEN = "[secret]"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SUFFIX = re.compile(r"-[0-9a-f]{7}")
"""What the engine puts behind the logical name where the program gives no physical one."""
_SHORTEST = 4
"""A shorter output may stand in any text by chance."""

Exported = Mapping[str, Any]


def read_export(path: Path, *, reference: str) -> Graph:
    """Return the graph in a file that ``pulumi stack export`` has written.

    Raises PolicyError where it is no such file or holds no resource.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        resources = [each for each in data["deployment"]["resources"] if not each.get("delete")]
        return graph(resources, reference=reference)
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: can't be read: {error}") from None
    except (ValueError, KeyError, TypeError, IndexError):
        raise PolicyError(f"{path}: must be what `pulumi stack export` prints") from None


def graph(exported: Iterable[Exported], *, reference: str) -> Graph:
    """Return the graph of exported resources, with references in place of what others said."""
    by_urn = {each["urn"]: each for each in exported}
    stack = next(iter(by_urn)).split("::")[0].removeprefix("urn:pulumi:")
    found = (_resource(each, by_urn) for each in by_urn.values() if each["type"] != STACK)
    return graph_of(stack, found, reference=stack == reference)


def _resource(each: Exported, by_urn: Mapping[str, Exported]) -> Resource:
    links = {
        name: [by_urn[urn] for urn in urns or () if urn in by_urn]
        for name, urns in each.get("propertyDependencies", {}).items()
    }
    inputs = {
        name: _plain(value, _name(each), _said_by(links.get(name, ())))
        for name, value in each.get("inputs", {}).items()
        if not name.startswith("__")
    }
    return Resource(
        type=each["type"],
        name=_name(each),
        parent=_parent(each, by_urn),
        properties=inputs,
        links={name: tuple(sorted(map(_key, urns))) for name, urns in links.items() if urns},
        options={
            "protect": bool(each.get("protect")),
            "provider": each["provider"].split("::")[3] if each.get("provider") else "",
        },
        urn=each["urn"],
    )


def _name(each: Exported) -> str:
    return str(each["urn"]).rpartition("::")[2]


def _key(each: Exported) -> Key:
    return (each["type"], _name(each))


def _parent(each: Exported, by_urn: Mapping[str, Exported]) -> str:
    names: list[str] = []
    urn = each.get("parent", "")
    while urn in by_urn and by_urn[urn]["type"] != STACK:
        names.append(_name(by_urn[urn]))
        urn = by_urn[urn].get("parent", "")
    return "/".join(reversed(names))


def _said_by(linked: Iterable[Exported]) -> dict[str, str]:
    """Return references by what resources said of themselves, the longest first."""
    found: dict[str, str] = {}
    for each in linked:
        given = {value for value in each.get("inputs", {}).values() if isinstance(value, str)}
        outputs = {**each.get("outputs", {}), "id": each.get("id", "")}
        # One value under several names: the same name in every environment.
        for output in sorted(outputs, key=lambda name: (name != "arn", name != "id", name)):
            value = outputs[output]
            if isinstance(value, str) and len(value) >= _SHORTEST and value not in given:
                found.setdefault(value, f"${{{each['type']}::{_name(each)}.{output}}}")
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _plain(value: Any, name: str, said: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_plain(each, name, said) for each in value]
    if isinstance(value, dict):
        if _SIGNATURE in value:
            return HIDDEN
        return {
            key: _plain(each, name, said)
            for key, each in value.items()
            if not key.startswith("__") and each is not None
        }
    if not isinstance(value, str):
        return value
    if value.startswith(name) and _SUFFIX.fullmatch(value[len(name) :]):
        return f"{name}-*"
    for text, reference in said.items():
        value = value.replace(text, reference)
    return value
