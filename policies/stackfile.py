"""What a stack file says of an environment, key by key, and in which line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from policies.errors import PolicyError
from policies.files import Loader

_PREFIX = "understudy:"


@dataclass(frozen=True)
class Setting:
    """One value of a stack file, as text."""

    key: str
    """Like ``scale.database.backupDays`` or ``identity.notifications.emails[0]``."""
    value: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}"


def settings_of(root: Path, stack: str) -> dict[str, Setting]:
    """Return every setting of a stack's identity and scale; PolicyError where there is no file."""
    file = f"Pulumi.{stack}.yaml"
    try:
        node = yaml.compose((root / file).read_text(encoding="utf-8"), Loader=Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyError(f"{file}: can't be read: {' '.join(str(error).split())}") from None
    found = [
        Setting(path.removeprefix("config.").removeprefix(_PREFIX), value, file, line)
        for path, value, line in _scalars(node, "")
    ]
    return {setting.key: setting for setting in found}


def as_deployed(settings: Mapping[str, Setting], runs: Mapping[str, str]) -> dict[str, Setting]:
    """Return settings with the values of some that what is deployed was made with."""
    values = {key: runs.get(key, setting.value) for key, setting in settings.items()}
    return {key: replace(setting, value=values[key]) for key, setting in settings.items()}


def at(settings: Mapping[str, Setting], key: str) -> list[Setting]:
    """Return the settings at a key or below it."""
    return [
        setting
        for name, setting in settings.items()
        if name == key or name.startswith((f"{key}.", f"{key}["))
    ]


def _scalars(node: yaml.Node | None, path: str) -> Iterator[tuple[str, str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            yield from _scalars(value, f"{path}.{name}" if path else name)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            yield from _scalars(value, f"{path}[{n}]")
    elif isinstance(node, yaml.ScalarNode):
        yield path, str(node.value), node.start_mark.line + 1
