"""Every key that something reads, and where one that nothing reads was meant to stand."""

import difflib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from settings.identity import Identity
from settings.scale import Scale
from settings.section import Section
from settings.shape import Shape
from settings.stackfile import PROJECT

SECTIONS: dict[str, type[Section]] = {"shape": Shape, "identity": Identity, "scale": Scale}
NEAR = 0.7
"""How alike two keys must be (difflib's ratio) for one to be taken for a misspelling."""


def model_keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, type[BaseModel] | None]]:
    """Yield each key below ``prefix`` with the model that it holds, if it holds one."""
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        is_list = inner is not None and inner is not field.annotation
        path = f"{prefix}.{field.alias or name}{'[]' if is_list else ''}"
        yield path, inner
        if inner is not None:
            yield from model_keys(inner, path)


def leaves(model: type[BaseModel], prefix: str) -> list[str]:
    """Return each key that holds a value and not more keys."""
    return [path for path, inner in model_keys(model, prefix) if inner is None]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_model_in(argument) for argument in get_args(annotation)]
    return next((model for model in found if model is not None), None)


@cache
def all_keys() -> tuple[str, ...]:
    """Return the path of every key in every section."""
    return tuple(path for name, model in SECTIONS.items() for path, _ in model_keys(model, name))


def unknown(path: str) -> str:
    """Return the sentence about a key that nothing reads, with the nearest right one."""
    parent, _, key = path.rpartition(".")
    parent = _without_positions(parent)
    siblings = [_last(known) for known in all_keys() if known.rpartition(".")[0] == parent]
    if "_" in key and to_camel(key.lower()) in siblings:
        return f"is not read by anything; did you mean {to_camel(key.lower())}?"
    if places := [known for known in all_keys() if _last(known) == key]:
        return f"is not read here; {key} belongs in {_places(places)}"
    if near := difflib.get_close_matches(key, siblings, n=1, cutoff=NEAR):
        return f"is not read by anything; did you mean {near[0]}?"
    everywhere = {_last(known): known for known in reversed(all_keys())}
    if near := difflib.get_close_matches(key, list(everywhere), n=1, cutoff=NEAR):
        return f"is not read by anything; did you mean {_places([everywhere[near[0]]])}?"
    return f"is not read by anything; keys here: {', '.join(sorted(siblings)) or 'none'}"


_PLACES: dict[tuple[str, ...], str] = {
    ("config", f"{PROJECT}:identity"): "identity",
    ("config", f"{PROJECT}:scale"): "scale",
    ("config", "shape", "default"): "shape",
}
"""Where each section stands in its file."""

_WANTED: dict[Any, str] = {bool: "true or false", int: "a whole number"}


def path_in(location: Sequence[str | int]) -> str:
    """Return the path of a place in a file as every message has it: from the section on."""
    for place, section in _PLACES.items():
        if tuple(location[: len(place)]) == place:
            return dotted(section, location[len(place) :])
    return dotted("", location)


def dotted(start: str, location: Sequence[str | int]) -> str:
    """Join keys with dots and positions with brackets: ``shape.jobs[0].name``."""
    path = start
    for part in location:
        if part != "[key]":
            path = f"{path}[{part}]" if isinstance(part, int) else join(path, part)
    return path


def join(path: str, key: str) -> str:
    """Put a key below a path; no key or no path is the other alone."""
    return f"{path}.{key}" if path and key else path or key


def wanted(path: str) -> str:
    """Return what stands at a key, if that is neither text nor more keys nor anything at all."""
    name, *keys = path.split(".")
    kind: Any = SECTIONS.get(name)
    for key in keys:
        field = _field(kind, key.partition("[")[0])
        kind = None if field is None else _plain(field.annotation)
    return _WANTED.get(kind, "")


def _field(model: Any, key: str) -> FieldInfo | None:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    return next((each for each in model.model_fields.values() if each.alias == key), None)


def _plain(annotation: Any) -> Any:
    """Take away what surrounds a type: a check, a choice, a list, the chance of none."""
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    inner = [each for each in get_args(annotation) if each is not type(None)]
    return _plain(inner[0]) if inner and get_origin(annotation) is not dict else annotation


def _places(paths: list[str], most: int = 3) -> str:
    named = [f"{path} of {file_of(path)}" for path in paths[:most]]
    return " or ".join(named)


def file_of(path: str) -> str:
    """Return the file that a section's keys stand in."""
    return "Pulumi.yaml" if path.startswith("shape") else "the stack file"


def _last(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("[]")


def _without_positions(path: str) -> str:
    """``shape.jobs[0]`` is ``shape.jobs[]`` in the index of keys."""
    return ".".join(
        part.partition("[")[0] + "[]" if "[" in part else part for part in path.split(".")
    )
