"""The graph of what is deployed, from what ``pulumi stack export`` prints."""

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from policies.errors import PolicyError
from policies.graph import STACK, Graph, Key, Resource, graph_of
from policies.hidden import HIDDEN, SIGNATURE

_SUFFIX = re.compile(r"-[0-9a-f]{7}")
"""What the engine puts behind the logical name where the program gives no physical one."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_SHORTEST = 6
"""A shorter output may stand in any text by chance."""

RELEASE = {
    "releaseImage": "identity.release.image",
    "releaseVersion": "identity.release.version",
}
"""By the stack's output (blueprint/outputs.py), the setting of what it says."""

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
    if not by_urn:
        raise ValueError("a deployment without a resource")
    stack = next(iter(by_urn)).split("::")[0].removeprefix("urn:pulumi:")
    # A name or ARN may come by way of a third resource, which only hands it on.
    everywhere = {
        value: reference
        for value, reference in _said_by(by_urn.values()).items()
        if value.startswith("arn:") or _SUFFIX.fullmatch(value[-8:])
    }
    found = (
        _resource(each, by_urn, everywhere) for each in by_urn.values() if each["type"] != STACK
    )
    made = graph_of(stack, found, reference=stack == reference)
    return dataclasses.replace(made, runs=_runs(by_urn.values()))


def _runs(resources: Iterable[Exported]) -> dict[str, str]:
    """Return the release's settings as the stack's outputs tell them."""
    (outputs,) = [each.get("outputs", {}) for each in resources if each["type"] == STACK] or [{}]
    return {setting: str(outputs[name]) for name, setting in RELEASE.items() if name in outputs}


def _resource(
    each: Exported, by_urn: Mapping[str, Exported], everywhere: Mapping[str, str]
) -> Resource:
    links = {
        name: [by_urn[urn] for urn in sorted(urns or ()) if urn in by_urn]
        for name, urns in each.get("propertyDependencies", {}).items()
    }
    inputs = {
        name: _plain(value, _name(each), {**_said_by(links.get(name, ())), **everywhere})
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


def _said_by(resources: Iterable[Exported]) -> dict[str, str]:
    """Return references by what resources said of themselves."""
    said = [
        (_rank(output), _key(each), output, value)
        for each in resources
        for output, value in {**each.get("outputs", {}), "id": each.get("id", "")}.items()
        if _is_its_own(value, output, each)
    ]
    found: dict[str, str] = {}
    # An ARN is its owner's before it is that of who was only told it, in every environment.
    for _, (type_, name), output, value in sorted(said):
        found.setdefault(value, f"${{{type_}::{name}.{output}}}")
    return found


def _rank(output: str) -> int:
    return {"arn": 0, "id": 1, "name": 2}.get(output, 3)


def _is_its_own(value: Any, output: str, each: Exported) -> bool:
    """Tell whether a resource has said this of itself, and was not told it nor shares it."""
    if not isinstance(value, str) or len(value) < _SHORTEST or output == "region":
        return False
    if _ACCOUNT.fullmatch(value):
        return False  # Whoever owns it: every ARN of the account has it too.
    return value not in each.get("inputs", {}).values() or _is_made_up(value, _name(each))


def _is_made_up(value: str, name: str) -> bool:
    """Tell whether a physical name is the engine's own."""
    return value.startswith(name) and _SUFFIX.fullmatch(value[len(name) :]) is not None


def _plain(value: Any, name: str, said: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_plain(each, name, said) for each in value]
    if isinstance(value, dict):
        if SIGNATURE in value:
            return HIDDEN
        return {
            key: _plain(each, name, said)
            for key, each in value.items()
            if not key.startswith("__") and each is not None
        }
    if not isinstance(value, str):
        return value
    if _is_made_up(value, name):
        return f"{name}-*"
    found = (text for text in said if text in value)
    for text in sorted(found, key=lambda text: (-len(text), text)):
        value = value.replace(text, said[text])
    return value
