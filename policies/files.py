"""Read the policies' own files: YAML into checked models, with one line for each mistake."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from policies.errors import PolicyError

_Read = TypeVar("_Read", bound=pydantic.BaseModel)


class Model(pydantic.BaseModel):
    """What a file says: unknown keys are refused, nothing changes it afterwards."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


def read(root: Path, file: str, model: type[_Read]) -> _Read:
    """Return what a file says.

    Raises PolicyError, a line for each mistake with file and key, where it is refused.
    """
    try:
        text = (root / file).read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  (safe)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        # A ValueError: bytes that are no UTF-8, or what YAML takes for a date of no calendar.
        raise PolicyError(f"{file}: can't be read: {' '.join(str(error).split())}") from None
    try:
        return model.model_validate(data)
    except pydantic.ValidationError as error:
        raise PolicyError("\n".join(_lines(file, error.errors()))) from None


def write(path: Path, text: str) -> None:
    """Write a file whole: beside it first, so that nobody finds half of it."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise PolicyError(f"{path}: can't be written: {error.strerror}") from None


_DEEPEST = 50
"""No file of ours is a fifth as deep."""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML by libyaml where there is one, a seventh of the time.

    What is nested too deep is refused by a YAMLError: libyaml would run out of stack and crash.
    """

    _depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, _index: object) -> None:
        """Be told that a node is read, within another."""
        self._depth += 1
        # The innermost may hold plain values.
        if current_node and self._depth > _DEEPEST + 1:
            raise yaml.YAMLError(f"must be nested at most {_DEEPEST} deep{current_node.start_mark}")

    def ascend_resolver(self) -> None:
        """Be told that it has been read."""
        self._depth -= 1


class _Loader(Loader):
    """Refuses a key that stands twice: one of them would say nothing."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.YAMLError(f"key {key!r} stands twice{node.start_mark}")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _lines(file: str, errors: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{file}: {_path(each['loc'])}: {_words(each)}" for each in errors]


def _path(steps: Iterable[int | str]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".") or "the file"


def _words(error: Mapping[str, Any]) -> str:
    words = str(error["msg"]).removeprefix("Value error, ")
    words = words[:1].lower() + words[1:]
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        return "is no key of this file"
    return f"{words}, got {error['input']!r}"
