"""What a scan is told: ``scan.yaml``, and which columns the sanitiser's rules mask."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self, TypeVar

import pydantic
from pydantic import Field

from operations.errors import refusals
from operations.scan.kinds import KINDS, RESERVED
from policies.files import Model, read

_Read = TypeVar("_Read", bound=pydantic.BaseModel)

COMPARED = frozenset({"original", "unchanged"})
ELSEWHERE = frozenset({"foreign-table", "other-database"})
NEVER = frozenset({"canary", "private-key", "aws-access-key"})
"""Findings that no reason makes right."""
ALLOWABLE = (KINDS.keys() | COMPARED | ELSEWHERE) - NEVER


class Allowance(Model):
    """A finding that is right, and why."""

    where: Annotated[str, Field(min_length=1)]
    """As the finding names it: ``schema.table.column`` of a value."""
    kind: str
    reason: Annotated[str, Field(min_length=10)]

    @pydantic.field_validator("kind")
    @classmethod
    def _is_allowable(cls, kind: str) -> str:
        if kind not in ALLOWABLE:
            raise ValueError(f"must be one of {', '.join(sorted(ALLOWABLE))}")
        return kind


class Settings(Model):
    """What is safe and what is allowed."""

    safe_domains: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")], ...] = Field(
        default=(), alias="safeDomains"
    )
    """Domains of one's own, whose addresses and pages are no person's."""
    allow: tuple[Allowance, ...] = ()

    @pydantic.model_validator(mode="after")
    def _is_said_once(self) -> Self:
        pairs = [(each.where, each.kind) for each in self.allow]
        if len(set(pairs)) < len(pairs):
            raise ValueError("allow: one where and kind stand there twice")
        return self

    @property
    def safe(self) -> frozenset[str]:
        """Every domain that is safe."""
        return RESERVED | set(self.safe_domains)


class _Lenient(pydantic.BaseModel):
    """A part of the sanitiser's file: what the scan does not need is not looked at."""

    model_config = pydantic.ConfigDict(extra="ignore", frozen=True)


class ColumnMask(_Lenient):
    """How a column is masked."""

    mask: str
    value: str | None = None


class TableMasks(_Lenient):
    """How a table's columns are masked."""

    empty: bool = False
    columns: dict[str, ColumnMask] = {}


class Masks(_Lenient):
    """Which columns stay as they are; what is not named counts as masked."""

    tables: dict[str, TableMasks]

    def keeps(self, table: str, column: str) -> bool:
        """Tell whether a column's values are in the copy as they were."""
        found = self.tables.get(table, TableMasks())
        rule = found.columns.get(column)
        return not found.empty and rule is not None and rule.mask == "keep"

    def takes_words(self, table: str, column: str) -> bool:
        """Tell whether a column is masked, and its mask would take any word for a value.

        One for addresses of the internet reads text as such, and would stop at a word.
        """
        rule = self.tables.get(table, TableMasks()).columns.get(column)
        return not self.keeps(table, column) and (rule is None or rule.mask != "ip")

    def constant(self, table: str, column: str) -> str | None:
        """Return the text that every row gets, where the rules give one."""
        rule = self.tables.get(table, TableMasks()).columns.get(column)
        return rule.value if rule else None


def load_settings(file: Path) -> tuple[Settings, str]:
    """Return what ``scan.yaml`` says with its hash; OperationError where it is refused."""
    return _read(file, Settings), _hash(file)


def load_masks(file: Path) -> tuple[Masks, str]:
    """Return which columns the sanitiser's rules mask, with their hash."""
    return _read(file, Masks), _hash(file)


def _read(file: Path, model: type[_Read]) -> _Read:
    with refusals():
        return read(file.parent, file.name, model)


def _hash(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
