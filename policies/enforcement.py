"""What a broken rule does, by its severity or by name: ``enforcement.yaml``."""

from pathlib import Path
from typing import Literal

from policies.errors import PolicyError
from policies.files import Model, read
from policies.rule import Severity

FILE = "policies/enforcement.yaml"
Level = Literal["mandatory", "advisory"]


class _Levels(Model):
    critical: Level
    high: Level
    medium: Level
    low: Level


class Enforcement(Model):
    """The level of each severity, and of the rules that are to do otherwise."""

    levels: _Levels
    rules: dict[str, Level]

    def of(self, name: str, severity: Severity) -> Level:
        """Return what a broken rule does."""
        level: Level = getattr(self.levels, str(severity))
        return self.rules.get(name, level)


def load_enforcement(root: Path, names: set[str]) -> Enforcement:
    """Return the levels; PolicyError where they cannot be read or name an unknown rule."""
    found = read(root, FILE, Enforcement)
    for name in found.rules:
        if name not in names:
            raise PolicyError(f"{FILE}: rules.{name}: is no rule; docs/rules.md has them all")
    return found
