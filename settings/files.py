"""Read a settings file as the engine would, and refuse what two readers could read differently.

Refused besides broken YAML: a key twice, anchors and aliases, and anything but text, whole numbers,
true and false. Words like ``on`` or ``12:30`` are text, as they are to the engine (YAML 1.2).
"""

import re
from pathlib import Path
from typing import Any

import yaml

from settings.errors import Problem, refusal

_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
_OTHER_NUMBER = re.compile(
    r"[-+]?(\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|\.inf|\.nan)|\.nan"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_OLD_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n"})


def read(root: Path, name: str) -> dict[str, Any]:
    """Return the mapping that the file holds.

    Raises SettingsError with the file and line where it can't be read.
    """
    path = root / name
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError:
        raise refusal([Problem(name, "", "there is no such file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise refusal([Problem(name, "", f"can't be read: {error}")]) from None
    except yaml.YAMLError as error:
        raise refusal([_syntax(name, error)]) from None
    reader = _Reader(name)
    value = reader.value(node)
    if reader.problems:
        raise refusal(reader.problems)
    if not isinstance(value, dict):
        raise refusal([Problem(name, "", "must be a mapping of keys")])
    return value


def _syntax(name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = " ".join(str(getattr(error, "problem", None) or error).split())
    return Problem(f"{name}:{mark.line + 1}" if mark else name, "", f"is not YAML: {what}")


class _Reader:
    """Turns nodes into plain values and collects what is refused."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._seen: set[int] = set()

    def value(self, node: yaml.Node | None) -> Any:
        """Return the plain value of a node, None where it is refused."""
        if node is None:
            return None
        if id(node) in self._seen:
            self._refuse(node, "must not use an alias; write the value out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key == "<<":
                self._refuse(key_node, "must have plain keys")
                continue
            if key in found:
                self._refuse(key_node, f"has the key {key} twice, first in line {lines[key]}")
            found[key] = self.value(value_node)
            lines[key] = key_node.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.Node) -> str | int | bool | None:
        text = str(node.value)
        if node.tag.startswith("!") or node.tag == "tag:yaml.org,2002:binary":
            self._refuse(node, f"must not use the tag {node.tag}")
            return None
        if getattr(node, "style", None):
            return text
        if text.startswith("cron("):
            self._refuse(node, f"must have {text} in quotes: the engine's reader stops at its ?")
        if text in _NULLS:
            self._refuse(node, 'has no value here; write "" for empty text')
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _NUMBER.fullmatch(text):
            return int(text)
        if _OTHER_NUMBER.fullmatch(text) or _DATE.fullmatch(text) or text.lower() in _OLD_BOOLEANS:
            self._refuse(node, f"must have {text} in quotes, so that every reader takes it as text")
        return text

    def _refuse(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(f"{self._name}:{node.start_mark.line + 1}", "", message))
