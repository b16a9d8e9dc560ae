"""Hold what the engine was given against what the files say.

The engine reads the files for itself, and ``--config-file`` or a value set by hand would make the
two differ in silence: what is checked would not be what is deployed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi

from settings import Settings, SettingsError, load, raw_sections


def settings_of(root: Path, stack: str) -> Settings:
    """Return the settings of ``stack``; pulumi.RunError, one line each, where they are refused."""
    try:
        settings = load(root, stack)
    except SettingsError as error:
        raise pulumi.RunError("\n".join(error.lines)) from None
    config = pulumi.Config()
    given = {name: config.get_object(name) for name in ("shape", "identity", "scale")}
    if differing := list(differences(raw_sections(root, stack), given)):
        raise pulumi.RunError("\n".join(differing))
    return settings


def differences(files: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each key at which the engine's configuration is not the files'."""
    for path in _differing(dict(files), dict(given), ""):
        yield (
            f"{path} of the engine's configuration differs from the file's: "
            "edit the file, and leave out --config and --config-file"
        )


def _differing(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            below = f"{path}.{key}" if path else key
            if key in one and key in other:
                yield from _differing(one[key], other[key], below)
            else:
                yield below
    elif one != other or isinstance(one, bool) is not isinstance(other, bool):
        yield path
