"""A copy of the committed settings that a test may break, one key at a time."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from settings import SettingsError, load_all

ROOT = Path(__file__).parent.parent.parent
FILES = ("Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml")
GONE = object()
"""The value of a key that is to be left out."""

DIGEST = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
"""What the committed files release."""

_SECTIONS = {
    "shape": ("Pulumi.yaml", ["config", "shape", "default"]),
    "project": ("Pulumi.yaml", []),
    "staging": ("Pulumi.staging.yaml", ["config"]),
    "production": ("Pulumi.production.yaml", ["config"]),
}


@cache
def _committed() -> dict[str, Any]:
    return {name: yaml.safe_load((ROOT / name).read_text()) for name in FILES}


class Workspace:
    """The three files in a folder of their own, written as JSON, which is YAML too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = copy.deepcopy(_committed())
        self.write()

    def write(self) -> None:
        """Write the files as they now are."""
        for name in self._data:
            self._write(name)

    def _write(self, name: str) -> None:
        (self.folder / name).write_text(json.dumps(self._data[name]))

    def put(self, key: str, value: Any) -> "Workspace":
        """Change one key: ``shape.…``, ``staging.scale.…``, ``project.…``; write the file."""
        section, _, rest = key.partition(".")
        name, path = _SECTIONS[section]
        steps: list[str | int] = [*path, *_steps(rest)]
        if section in ("staging", "production") and steps[1] in ("identity", "scale"):
            steps[1] = f"understudy:{steps[1]}"
        target = self._data[name]
        for step in steps[:-1]:
            target = target[step]
        if value is GONE:
            del target[steps[-1]]
        else:
            target[steps[-1]] = value
        self._write(name)
        return self

    def top(self, name: str, key: str, value: Any) -> None:
        """Add a key beside ``config`` in a file."""
        self._data[name][key] = value
        self._write(name)

    def text(self, name: str, text: str) -> None:
        """Write a file as it stands."""
        (self.folder / name).write_text(text)

    def lines(self) -> list[str]:
        """Return what the settings are refused for, nothing if they are well."""
        try:
            load_all(self.folder)
        except SettingsError as error:
            return list(error.lines)
        return []


def refusal_of(key: str, message: str) -> str:
    """Return the line that refuses a key, which is named as ``Workspace.put`` names it.

    A message that begins with ``.`` or ``[`` first goes on to a key below.
    """
    section, _, rest = key.replace("/", "").partition(".")
    gap = "" if message[0] in ".[" else " "
    return f"{_SECTIONS[section][0]}: {'shape.' if section == 'shape' else ''}{rest}{gap}{message}"


def _steps(path: str) -> list[str | int]:
    """Split ``jobs[0].name``; a key with a dot or colon in it stands between slashes."""
    found = re.findall(r"/([^/]+)/|([^.\[\]/]+)|\[(\d+)\]", path)
    return [int(index) if index else quoted or plain for quoted, plain, index in found]
