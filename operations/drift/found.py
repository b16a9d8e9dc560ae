"""What a refresh would find: each resource and property that is not as Pulumi left it.

A value that is secret, or that stands under a name by which values are sensitive, is never held.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.hidden import HIDDEN, SIGNATURE

GONE, CHANGED = "gone", "changed"
SENSITIVE = re.compile(
    r"password|passphrase|secret|token|credential|private_?key|auth|api_?key|environment|"
    r"containerdefinitions|userdata",
    re.IGNORECASE,
)
"""Properties whose value, or part of it, tells what nobody should read in a report."""
LONGEST = 120
"""A longer value is cut: the report says what to look at, not all of it."""
NOTHING = "(nothing)"
PROVIDERS = "pulumi:providers:"
METADATA = "resOutputsEvent"
"""The engine's event of a resource that has been read: what a refresh finds is known only then."""


@dataclass(frozen=True)
class Change:
    """One property that is another than Pulumi left it; a resource that is gone has none."""

    urn: str
    type: str
    name: str
    kind: str
    path: str = ""
    before: str = ""
    after: str = ""

    @property
    def resource(self) -> str:
        """``<type>::<logical name>``, as waivers and reports have it."""
        return f"{self.type}::{self.name}"


def changes(events: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return what the engine's events of a refresh tell, by resource and property."""
    read = ((event.get(METADATA) or {}).get("metadata") for event in events)
    found = [each for step in read if step and _is_of_cloud(step) for each in _of(step)]
    return sorted(found, key=lambda each: (each.resource, each.path))


def _is_of_cloud(step: Mapping[str, Any]) -> bool:
    """Tell whether a step is of what AWS has: components and providers are the program's own."""
    resource = step.get("old") or step.get("new") or {}
    return bool(resource.get("custom")) and not str(step["type"]).startswith(PROVIDERS)


def errors(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what the engine could not read, one line each."""
    found = []
    for event in events:
        told = event.get("diagnosticEvent") or {}
        if told.get("severity") == "error":
            name = str(told.get("urn", "")).rpartition("::")[2]
            words = " ".join(str(told.get("message", "")).split())
            found.append(f"{name}: {words}" if name else words)
    return list(dict.fromkeys(found))


def _of(step: Mapping[str, Any]) -> Iterator[Change]:
    urn, type_ = str(step["urn"]), str(step["type"])
    name = urn.rpartition("::")[2]
    if step["op"] == "delete":
        yield Change(urn, type_, name, GONE)
    if step["op"] != "update":
        return
    old, new = step.get("old") or {}, step.get("new") or {}
    inputs, outputs = _sides(old, new, "inputs"), _sides(old, new, "outputs")
    # The provider tells paths, or only names of inputs; of what it fills in itself, neither.
    paths = list(step.get("detailedDiff") or step.get("diffs") or ())
    for path in paths or _differing(*outputs):
        before, after = (_at(side, path) for side in inputs)
        if before == after:
            # No input, or one that the provider fills in.
            before, after = (_at(side, path) for side in outputs)
        yield Change(urn, type_, name, CHANGED, path, *_told(path, before, after))


def _sides(old: Mapping[str, Any], new: Mapping[str, Any], which: str) -> tuple[Any, Any]:
    return old.get(which) or {}, new.get(which) or {}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    names = sorted(old.keys() | new.keys())
    return [name for name in names if old.get(name) != new.get(name)] or ["(unknown)"]


def _at(side: Any, path: str) -> Any:
    """Return a value by the engine's path: ``rules[0].action``, ``tags["a.b"]``."""
    for dotted, index, quoted in re.findall(r'([^.\[\]"]+)|\[(\d+)\]|\["([^"]*)"\]', path):
        if isinstance(side, list) and (index or dotted).isdigit():
            place = int(index or dotted)
            side = side[place] if place < len(side) else None
        elif isinstance(side, Mapping):
            side = side.get(dotted or quoted or index)
        else:
            return None
    return side


def _told(path: str, before: Any, after: Any) -> tuple[str, str]:
    """Return both values as text, or that they are not told."""
    if SENSITIVE.search(path) or _holds_secret(before) or _holds_secret(after):
        return HIDDEN, HIDDEN
    return _text(before), _text(after)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return SIGNATURE in value or any(
            SENSITIVE.search(str(key)) or _holds_secret(each) for key, each in value.items()
        )
    if isinstance(value, list):
        return any(map(_holds_secret, value))
    return isinstance(value, str) and HIDDEN in value


def _text(value: Any) -> str:
    if value is None:
        return NOTHING
    plain = isinstance(value, str) and value != ""
    text = value if plain else json.dumps(value, sort_keys=True)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
