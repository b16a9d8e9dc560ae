"""Which lines of the settings decide a quantity."""

from collections.abc import Mapping
from pathlib import Path

from policies.stackfile import Setting, settings_of


class Where:
    """The settings of one stack."""

    def __init__(self, root: Path, stack: str) -> None:
        self._settings: Mapping[str, Setting] = settings_of(root, stack)

    def scale(self, *keys: str) -> str:
        """Return the line of a key of the scale, and the other keys that count as well."""
        first, *more = (f"scale.{key}" for key in keys)
        found = self._settings.get(first)
        return " x ".join([str(found) if found else first, *more])

    @staticmethod
    def shape(key: str) -> str:
        """Return what both environments have alike."""
        return f"Pulumi.yaml: shape.{key}"


BLUEPRINT = "blueprint: every environment has it"
