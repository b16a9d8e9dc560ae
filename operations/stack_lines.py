"""Single values in a stack file's text, changed where they stand: comments and order stay."""

from collections.abc import Mapping
from typing import Any

import yaml

from operations.errors import OperationError
from settings.files import Loader

IDENTITY = ("config", "understudy:identity")

Way = tuple[str, ...]
"""The keys that lead to a value, from the outermost on."""


def edited(text: str, wanted: Mapping[Way, str]) -> str:
    """Return the text with other values, each given as YAML writes it.

    Raises OperationError where a value does not stand on one line, or would be read as another.
    """
    whole = yaml.compose(text, Loader=Loader)
    found = {way: _scalar(whole, way) for way in wanted}
    # From the last to the first, so that the places of the earlier ones stay what they are.
    for way in sorted(found, key=lambda way: -found[way].start_mark.index):
        node = found[way]
        text = text[: node.start_mark.index] + wanted[way] + text[node.end_mark.index :]
    for way, value in wanted.items():
        if at(text, way) != yaml.safe_load(value):
            raise OperationError(f"{_named(way)}: can't be written as {value}")
    return text


def at(text: str, way: Way) -> Any:
    """Return what a stack file's text says; KeyError where it says nothing."""
    data = yaml.load(text, Loader=Loader)  # noqa: S506  (safe)
    for step in way:
        data = data[step]
    return data


def _scalar(node: yaml.Node | None, way: Way) -> yaml.ScalarNode:
    for step in way:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == step), None)
    if not isinstance(node, yaml.ScalarNode) or node.style in {"|", ">"}:
        raise OperationError(f"{_named(way)}: does not stand on one line")
    return node


def _named(way: Way) -> str:
    return ".".join(way).removeprefix("config.understudy:")
