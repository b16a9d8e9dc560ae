"""One stack as far as its file could be read, for checks that look at more than one section."""

from dataclasses import dataclass
from typing import Any

from settings.errors import Problem
from settings.identity import Identity
from settings.scale import Scale
from settings.stackfile import stack_file

REFERENCE = "production"
"""The stack that the others are held against."""


@dataclass(frozen=True)
class Stack:
    """One stack file as far as it could be read."""

    name: str
    raw: dict[str, Any]
    identity: Identity | None
    scale: Scale | None

    @property
    def file(self) -> str:
        """The stack file's name."""
        return stack_file(self.name)

    def problem(self, path: str, message: str) -> Problem:
        """Return a problem of this file."""
        return Problem(self.file, path, message)
