"""The settings' files as they would be with what was found: a diff, and what can't be said there.

Only values that stand in a file already are changed, in their place: comments stay.
"""

import difflib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import settings
from operations.adopt.readings import Reading
from operations.errors import OperationError, refusals
from policies.files import write
from settings import SettingsError
from settings.files import Loader

PROJECT_FILE = "Pulumi.yaml"
SHAPE = ("config", "shape", "default")


@dataclass(frozen=True)
class Proposals:
    """What was found, what of it the files can say, and the files with it."""

    changes: tuple[tuple[Reading, Any], ...]
    """Each setting that is another than in the file, with what stands there now."""
    same: tuple[Reading, ...]
    refused: tuple[tuple[Reading, str], ...]
    """What the settings can't say, with their own sentence."""
    texts: Mapping[str, str]
    """By file, its text with the changes."""
    diff: str


def propose(root: Path, stack: str, readings: Sequence[Reading]) -> Proposals:
    """Return the files with every reading that the settings take."""
    raw = settings.raw_sections(root, stack)
    given = {each.key: _at(raw, each.key) for each in readings}
    same = tuple(each for each in readings if given[each.key] == each.value)
    left = [each for each in readings if each not in same]
    refused: list[tuple[Reading, str]] = []
    while told := _told(root, _texts(root, stack, left)):
        guilty, line = _guilty(root, stack, left, told)
        refused.append((guilty, line))
        left.remove(guilty)
    texts = _texts(root, stack, left)
    return Proposals(
        tuple((each, given[each.key]) for each in left),
        same,
        tuple(refused),
        texts,
        _diff(root, texts),
    )


def _guilty(
    root: Path, stack: str, readings: Sequence[Reading], told: Sequence[str]
) -> tuple[Reading, str]:
    """Return the reading without which the settings' own check says less, and what it says.

    Raises OperationError with the lines where it says them of the files as they are.
    """
    for each in sorted(readings, key=lambda one: one.key.partition(".")[2] not in told[0]):
        rest = _told(root, _texts(root, stack, [one for one in readings if one is not each]))
        # What is right at last in itself may be wrong beside the others: then there is more to say.
        named = each.key.partition(".")[2] in told[0]
        if (named and told[0] not in rest) or set(rest) < set(told):
            return each, next(line for line in told if line not in rest)
    raise OperationError("\n".join(told))


def write_proposals(root: Path, proposals: Proposals) -> None:
    """Write the files; OperationError where one can't be."""
    for name, text in proposals.texts.items():
        with refusals():
            write(root / name, text)


def _at(raw: Mapping[str, Any], key: str) -> Any:
    value: Any = raw
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _file(stack: str, key: str) -> tuple[str, tuple[str, ...]]:
    section, *rest = key.split(".")
    if section == "shape":
        return PROJECT_FILE, (*SHAPE, *rest)
    return f"Pulumi.{stack}.yaml", ("config", f"understudy:{section}", *rest)


def _texts(root: Path, stack: str, readings: Sequence[Reading]) -> dict[str, str]:
    texts = {name: (root / name).read_text() for name in (PROJECT_FILE, f"Pulumi.{stack}.yaml")}
    for each in readings:
        name, path = _file(stack, each.key)
        texts[name] = _with(texts[name], path, each.value)
    return texts


def _with(text: str, path: Sequence[str], value: Any) -> str:
    """Return a file's text with another value at a path, and all else as it stands."""
    node = yaml.compose(text, Loader)
    for part in path:
        node = next((v for k, v in node.value if k.value == part), None) if node else None
    if node is None:
        raise OperationError(f"{'.'.join(path)}: there is no such key to change")
    end = node.end_mark.index
    # The end of a block is where the next key begins.
    old = text[node.start_mark.index : end]
    end -= len(old) - len(old.rstrip())
    return f"{text[: node.start_mark.index]}{_flow(value)}{text[end:]}"


def _flow(value: Any) -> str:
    """Return a value on one line; text in quotes, which every reader takes as text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)


def _told(root: Path, texts: Mapping[str, str]) -> list[str]:
    """Return what the settings' own check says of the files with the changes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in root.glob("Pulumi*.yaml"):
            shutil.copy2(file, folder / file.name)
        for file_name, text in texts.items():
            (folder / file_name).write_text(text)
        try:
            settings.load_all(folder)
        except SettingsError as error:
            return list(error.lines)
    return []


def _diff(root: Path, texts: Mapping[str, str]) -> str:
    lines: list[str] = []
    for name, text in sorted(texts.items()):
        before = (root / name).read_text().splitlines(keepends=True)
        after = text.splitlines(keepends=True)
        lines += difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
    return "".join(lines)
