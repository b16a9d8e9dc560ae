"""What the real AWS provider says of each type's inputs: measured from it, carried as data.

Source: terraform-provider-aws 5.100.0, asked over its own protocol: which inputs of 108 types are
required, secret, or filled in by AWS, and which force a replacement when they change; and what it
plans for inputs that nobody gave, by one plan for each type and block with all else unknown.
The facts of a few types are not measured: they are what the schemas in its source say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"
FILE = DATA / "provider_inputs_5.100.0.json"
READ = DATA / "provider_inputs_read.json"
"""Facts of the same form, read in the source, with each type's defaults beside them."""
DEFAULTS = DATA / "provider_defaults_5.100.0.json"


@dataclass(frozen=True)
class InputFact:
    """One input: whether it must be given, is filled in by AWS, is secret, forces replacement."""

    required: bool
    computed: bool
    sensitive: bool
    replace: bool
    replace_on: tuple[str, ...]
    """``set`` or ``unset``, ``add`` or ``remove``: replaces only then."""
    replace_nested: tuple[str, ...]
    replace_if: str
    filled: bool
    """Whether AWS may fill it in: computed, or a block that is planned as unknown if left out."""
    measured: bool
    """Whether the provider was asked; not so where only the newer SDK has the input."""


@dataclass(frozen=True)
class Facts:
    """All inputs of a type, and the outputs that it has besides."""

    inputs: Mapping[str, InputFact]
    outputs_only: tuple[str, ...]
    defaults: Mapping[str, Any]
    """What the provider puts where the program says nothing, by input or dotted path."""


@cache
def _all() -> dict[str, Any]:
    measured: dict[str, Any] = json.loads(FILE.read_text())
    return {**measured, **_read()}


@cache
def _read() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(READ.read_text())
    return loaded


@cache
def _defaults() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(DEFAULTS.read_text())
    return {**loaded, **{token: kind.get("defaults", {}) for token, kind in _read().items()}}


@cache
def facts_of(token: str) -> Facts:
    """Return the facts of one type; KeyError where the provider was not asked about it."""
    raw = _all()[token]
    inputs = {name: _input(fact, name) for name, fact in raw["inputs"].items()}
    return Facts(inputs, tuple(raw["outputsOnly"]), _defaults().get(token, {}))


def known_tokens() -> list[str]:
    """Return every type of which there are facts."""
    return sorted(_all())


def _input(fact: Mapping[str, Any], name: str) -> InputFact:
    """Return one input's fact.

    An input that only the newer SDK has was not measured. Of these ``region`` is documented to
    force replacement (AWS provider 6, "Enhanced region support"); the others are taken to change
    in place.
    """
    unmeasured = bool(fact.get("sdkOnly"))
    return InputFact(
        required=bool(fact["required"]) and fact.get("sdkRequired", True) is not False,
        computed=bool(fact["computed"]),
        sensitive=bool(fact["sensitive"]),
        replace=(name == "region") if unmeasured else bool(fact["replace"]),
        replace_on=_words(fact),
        replace_nested=tuple(_camel(path) for path in fact.get("replaceNested", ())),
        replace_if=fact.get("replaceIf", ""),
        filled=bool(fact["computed"]) or fact.get("planned") == "unknown",
        measured=not unmeasured,
    )


def _words(fact: Mapping[str, Any]) -> tuple[str, ...]:
    words = [word for entry in fact.get("replaceOn", ()) for word in entry.split("/")]
    return tuple(words) + (("add", "remove") if fact.get("addRemove") else ())


def _camel(snake: str) -> str:
    first, *rest = snake.split("_")
    return first + "".join(word.capitalize() for word in rest)
