"""A key that a block does not have is refused by name, in every block of every type.

The blocks and their keys are those of the provider's SDK.
"""

import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pulumi import _types

from sandbox.services import all_types, resource_type

DEEPEST = 3
STRANGE = "strangeKey"
MODULES = {"lambda": "lambda_"}


@cache
def keys(block: Any) -> dict[str, tuple[str, Any]]:
    """Return the keys of a block's class: the form of each value, and the class of a block."""
    names = _types.input_type_py_to_pulumi_names(block)
    found = {}
    for name, written in block.__init__.__annotations__.items():
        if name not in names:
            continue
        text = str(written)
        inner = re.search(r"ForwardRef\('(\w+Args)'\)", text)
        kind = "one" if inner else "plain"
        if re.search(r"Sequence\[", text):
            kind = "many" if inner else "texts"
        elif "Mapping[" in text:
            kind = "map"
        elif not inner:
            kind = next((each for each in ("bool", "int", "float") if f"[{each}" in text), "plain")
        of = getattr(sys.modules[block.__module__], inner[1]) if inner else None
        found[names[name]] = (kind, of)
    return found


DUMMIES = {"plain": "1", "texts": ["x"], "map": {}, "bool": True, "int": 1, "float": 1.0}


def filled(block: Any, way: tuple[str, ...]) -> dict[str, Any]:
    """Return a block with its plain keys and, at the end of ``way``, one that it has not."""
    made: dict[str, Any] = {}
    for name, (kind, of) in keys(block).items():
        if of is None:
            made[name] = DUMMIES[kind]
        elif way[:1] == (name,):
            inner = filled(of, way[1:])
            made[name] = [inner] if kind == "many" else inner
    return made if way else {**made, STRANGE: "x"}


def ways(block: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of each block inside one."""
    if len(before) < DEEPEST:
        for name, (_, of) in keys(block).items():
            if of is not None:
                yield (*before, name)
                yield from ways(of, (*before, name))


def args_of(token: str) -> Any:
    """Return the SDK's class of a type's inputs."""
    _, path, name = token.split(":")
    module = path.partition("/")[0]
    return getattr(
        importlib.import_module(f"pulumi_aws.{MODULES.get(module, module)}"), f"{name}Args"
    )


def carried_blocks() -> list[tuple[str, str]]:
    """Return the inputs that are blocks, by type."""
    return [
        (token, name)
        for token, kind in sorted(all_types().items())
        if token.startswith("aws:")
        for name, (_, of) in keys(args_of(token)).items()
        if of is not None and name in kind.inputs and not of.__name__.endswith("DocumentArgs")
    ]


@pytest.mark.parametrize(("token", "name"), carried_blocks())
def test_no_block_drops_a_key_in_silence(token: str, name: str) -> None:
    kind, (form, of) = resource_type(token), keys(args_of(token))[name]
    missed = []
    for way in [(), *ways(of)]:
        block = filled(of, way)
        value = [block] if form == "many" else block
        said = " ".join(f"{path} {why}" for path, why in kind.checked({name: value}))
        # Another key that is not carried, or the form as a whole, may be refused first.
        if not any(word in said for word in (STRANGE, "is unknown", "got list")):
            missed.append(".".join((name, *way)))
    assert not missed
