"""An environment as a flat list of values that can be compared with another one's.

What only says who an environment is (its name, account, domain, addresses) is replaced by the name
of the setting it comes from, so it does not count as a difference.
"""

import ipaddress
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from policies.graph import Graph, Resource

Leaves = Mapping[str, Any]
"""The values of one resource by path, like ``rules[0].action``; JSON text is gone into."""

_TOKEN = re.compile(r"\{[^{}$]*\}")
_VERSION = re.compile(r"v?\d+(\.\d+)+")
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\d.])")


class Identity:
    """Who an environment is: the values of the settings that may stand anywhere in it."""

    def __init__(self, values: Mapping[str, str], network: str = "") -> None:
        keys = defaultdict(list)
        for key, value in values.items():
            if value:
                keys[value].append(key)
        # Two settings may have one value in one environment and two in another.
        self._names = {value: "{" + "|".join(sorted(found)) + "}" for value, found in keys.items()}
        longest_first = sorted(self._names, key=lambda value: (-len(value), value))
        self._pattern = re.compile("|".join(map(_sought, longest_first)) or r"(?!)")
        self._network = ipaddress.IPv4Network(network) if network else None
        self._replaced: dict[str, str] = {}
        """What texts have become: most stand in an environment many times."""

    def replaced(self, text: str) -> str:
        """Return the text with values of the identity replaced by the names of their settings."""
        if text not in self._replaced:
            self._replaced[text] = self._without(text)
        return self._replaced[text]

    def _without(self, text: str) -> str:
        text = self._pattern.sub(lambda match: self._names[match[0]], text)
        return _ADDRESS.sub(self._placed, text) if self._network else text

    def _placed(self, match: re.Match[str]) -> str:
        """Return an address by its place in the environment's network."""
        address, _, bits = match[0].partition("/")
        try:
            number = ipaddress.IPv4Address(address)
        except ValueError:
            return match[0]
        if self._network is None or number not in self._network:
            return match[0]
        place = int(number) - int(self._network.network_address)
        return f"{{network}}+{place}{'/' + bits if bits else ''}"


def _sought(value: str) -> str:
    """Return what finds a value: anywhere, save that a version is never a part of something else.

    ``1.0.0`` is also a part of ``v/1.0.0``, which is no release of ours.
    """
    text = re.escape(value)
    return rf"(?<![\w./+-]){text}(?![\w./+-])" if _VERSION.match(value) else text


def leaves_of(graph: Graph, identity: Identity) -> dict[tuple[str, str, str], Leaves]:
    """Return the values of each resource, by type, logical name and place among its parents."""
    return {
        (
            resource.type,
            identity.replaced(resource.name),
            identity.replaced(resource.parent),
        ): _leaves(resource, identity)
        for resource in graph.resources
    }


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are the same but for who the environment is."""
    if one == other:
        return isinstance(one, bool) is isinstance(other, bool)
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if _TOKEN.split(one) != _TOKEN.split(other):
        return False
    pairs = zip(_TOKEN.findall(one), _TOKEN.findall(other), strict=True)
    return all(_names(a) & _names(b) for a, b in pairs)


def _names(token: str) -> set[str]:
    return set(token[1:-1].split("|"))


def _leaves(resource: Resource, identity: Identity) -> Leaves:
    found: dict[str, Any] = {}
    _gather(dict(resource.properties), "", identity, found)
    _gather(dict(resource.options), "options", identity, found)
    return found


def _gather(value: Any, path: str, identity: Identity, found: dict[str, Any]) -> None:
    """Put the values within a value into what is found, by their paths."""
    if isinstance(value, str):
        value = _document(value)
    if isinstance(value, dict) and value:
        for key, each in value.items():
            name = identity.replaced(key)
            _gather(each, f"{path}.{name}" if path else name, identity, found)
    elif isinstance(value, list) and value:
        for n, each in enumerate(value):
            _gather(each, f"{path}[{n}]", identity, found)
    elif isinstance(value, str):
        found[path] = identity.replaced(value)
    else:
        found[path] = value


def _document(text: str) -> Any:
    """Return what JSON text says, other text as it is."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
