"""Read a settings file as the engine would, and refuse what two readers could read differently.

Refused besides broken YAML: a key twice, anchors and aliases, and anything but text, whole numbers,
true and false. Words like ``on`` or ``12:30`` are text, as they are to the engine (YAML 1.2).
"""

import re
from pathlib import Path
from typing import Any

import yaml

from settings.errors import Problem, refusal
from settings.keys import path_in, wanted

_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
_OTHER_NUMBER = re.compile(
    r"[-+]?(\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|\.inf|\.nan)|\.nan"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_OLD_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n"})
_MOST_DIGITS = 20
_DEEPEST = 50
"""No file of ours is a fifth as deep."""


class _DeepError(yaml.MarkedYAMLError):
    """A file is nested too deep."""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML by libyaml where there is one, and refuses what that has no stack for.

    It would crash on some ten thousands of brackets, and Python gives up at some hundreds.
    """

    _depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, _index: object) -> None:
        """Be told that a node is read, within another; a YAMLError where it lies too deep."""
        self._depth += 1
        # The innermost may hold plain values.
        if current_node and self._depth > _DEEPEST + 1:
            deep = f"must be nested at most {_DEEPEST} deep"
            raise _DeepError(problem=deep, problem_mark=current_node.start_mark)

    def ascend_resolver(self) -> None:
        """Be told that it has been read."""
        self._depth -= 1


def read(root: Path, name: str) -> dict[str, Any]:
    """Return the mapping that the file holds.

    Raises SettingsError with the file and line where it can't be read.
    """
    path = root / name
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=Loader)
    except FileNotFoundError:
        raise refusal([Problem(name, "", "there is no such file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise refusal([Problem(name, "", f"can't be read: {error}")]) from None
    except yaml.YAMLError as error:
        raise refusal([_syntax(name, error)]) from None
    reader = _Reader(name)
    value = reader.value(node, ())
    if reader.problems:
        raise refusal(reader.problems)
    if not isinstance(value, dict):
        raise refusal([Problem(name, "", "must be a mapping of keys")])
    return value


def _syntax(name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = " ".join(str(getattr(error, "problem", None) or error).split())
    says = what if isinstance(error, _DeepError) else f"is not YAML: {what}"
    return Problem(f"{name}:{mark.line + 1}" if mark else name, "", says)


_Path = tuple[str | int, ...]
"""The keys and positions that lead to a value, from the top of the file."""


class _Reader:
    """Turns nodes into plain values and collects what is refused."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._seen: set[int] = set()

    def value(self, node: yaml.Node | None, path: _Path) -> Any:
        """Return the plain value of a node, None where it is refused."""
        if node is None:
            return None
        if id(node) in self._seen:
            self._refuse(node, path, "must not use an alias; write the value out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: _Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key == "<<":
                self._refuse(key_node, path, "must have plain keys")
                continue
            if key in found:
                twice = f"has the key {key} twice, first in line {lines[key]}"
                self._refuse(key_node, path, twice)
            found[key] = self.value(value_node, (*path, key))
            lines[key] = key_node.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.Node, path: _Path) -> str | int | bool | None:
        text = str(node.value)
        if node.tag.startswith("!") or node.tag == "tag:yaml.org,2002:binary":
            self._refuse(node, path, f"must not use the tag {node.tag}")
            return None
        if getattr(node, "style", None):
            return text
        if text.startswith("cron("):
            stop = f"must have {text} in quotes: the engine's reader stops at its ?"
            self._refuse(node, path, stop)
        if text in _NULLS:
            self._refuse(node, path, _nothing(path))
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _NUMBER.fullmatch(text):
            return self._number(node, path, text)
        if _OTHER_NUMBER.fullmatch(text) or _DATE.fullmatch(text) or text.lower() in _OLD_BOOLEANS:
            self._refuse(node, path, _unclear(path, text))
        return text

    def _number(self, node: yaml.Node, path: _Path, text: str) -> int:
        if len(text) <= _MOST_DIGITS:
            return int(text)
        self._refuse(node, path, f"must have at most {_MOST_DIGITS} digits, got {len(text)}")
        return 0

    def _refuse(self, node: yaml.Node, path: _Path, message: str) -> None:
        where = f"{self._name}:{node.start_mark.line + 1}"
        self.problems.append(Problem(where, path_in(path), message))


def _nothing(path: _Path) -> str:
    what = wanted(path_in(path))
    return f"must be {what}, got nothing" if what else 'has no value here; write "" for empty text'


def _unclear(path: _Path, text: str) -> str:
    """Return what to write instead; quotes only where text is wanted."""
    if what := wanted(path_in(path)):
        return f"must be {what}, got {text}"
    return f"must have {text} in quotes, so that every reader takes it as text"
