"""What becomes of each column: ``sanitise.yaml``, read into checked models."""

from pathlib import Path
from typing import Literal, Self

import pydantic
from pydantic import Field

from operations.data_files import RULES
from operations.errors import refusals
from operations.sanitise.json_paths import tree
from policies.files import Model, read

Mask = Literal[
    "keep",
    "null",
    "constant",
    "hash",
    "name",
    "email",
    "phone",
    "iban",
    "address",
    "ip",
    "date",
    "number",
    "redact",
    "url",
    "paths",
]

SUBJECT = "subject"
"""The domain of what goes by the subject, unless a rule names another."""
BY_SUBJECT: frozenset[Mask] = frozenset({"name", "address", "phone"})
"""Masks whose fakes may belong to a person; dates of a table with a subject always do."""


class RowRule(Model):
    """Rows of a column that get a text of their own: those in which other columns are so."""

    where: dict[str, str] = Field(min_length=1)
    """Columns of the same row, each with the text that it holds."""
    value: str


class Masking(Model):
    """How a value is masked, be it a column's or one inside a document."""

    mask: Mask
    value: str | None = None
    """Of ``constant`` alone: the text that stands in place of each."""
    domain: str = ""
    """Values of one domain map alike: the same e-mail is the same fake in every table."""
    by: Literal["value", "subject"] = "value"
    """What a fake follows from: one subject's are the same in every table, however spelled."""

    @pydantic.field_validator("mask", mode="before")
    @classmethod
    def _is_a_word(cls, mask: object) -> object:
        """Take YAML's null for the mask of that name."""
        return "null" if mask is None else mask

    @pydantic.model_validator(mode="after")
    def _has_its_value(self) -> Self:
        if (self.mask == "constant") is (self.value is None):
            raise ValueError("a value is given with the mask constant, and with no other")
        if self.by == "subject" and self.mask not in BY_SUBJECT:
            allowed = ", ".join(sorted(BY_SUBJECT))
            raise ValueError(f"by subject go {allowed}, and of their own dates, got {self.mask}")
        return self


class ColumnRule(Masking):
    """One column: the type that it had when the rule was written, and how it is masked."""

    type: str
    paths: dict[str, Masking] = Field(default_factory=dict)
    """Of ``paths`` alone: what a document holds, each place with its mask; the rest goes."""
    rows: tuple[RowRule, ...] = ()
    """Rows that get a text of their own, such as staging's address; the first that fits counts."""
    guess: str = ""
    """Why a draft proposes this mask. While it stands, nobody has confirmed the rule."""

    @property
    def changes(self) -> bool:
        """Whether any row may hold another value than before."""
        return self.mask != "keep" or bool(self.rows)

    @pydantic.model_validator(mode="after")
    def _has_its_paths(self) -> Self:
        if (self.mask == "paths") is (not self.paths):
            raise ValueError("paths are given with the mask paths, and with no other")
        if any(each.mask == "paths" for each in self.paths.values()):
            raise ValueError("a path ends at a value, so its mask must be another than paths")
        tree(self.paths)
        return self


class TableRule(Model):
    """One table: a rule for each of its columns, and whether it starts empty."""

    empty: bool = False
    subject: str = ""
    """The column that says whose row it is: the dates of one person are moved by the same days, and
    what goes ``by: subject`` is the same for one person."""
    columns: dict[str, ColumnRule]


class Root(Model):
    """Rows of one table that a subset begins with: those of a condition, or a share of all."""

    where: str = ""
    """A condition of SQL on the table's columns."""
    percent: float | None = Field(default=None, gt=0, le=100)

    @pydantic.model_validator(mode="after")
    def _has_one_of_both(self) -> Self:
        if bool(self.where) is (self.percent is not None):
            raise ValueError("either where or percent is given")
        return self


class Subset(Model):
    """Which rows are copied: those of the roots, their children's, and all that these refer to."""

    roots: dict[str, Root] = Field(min_length=1)
    children: tuple[str, ...] = ()
    """Tables whose rows come along with the chosen row that they refer to."""


class Rules(Model):
    """A rule for everything that the database stores."""

    tables: dict[str, TableRule]
    references: dict[str, str] = Field(default_factory=dict)
    """Columns that refer to another without a foreign key: ``schema.table.column`` for each."""
    subset: Subset | None = None
    large_objects: Literal["refuse", "drop"] = Field(default="refuse", alias="largeObjects")


def load_rules(root: Path, file: str = RULES) -> Rules:
    """Return the rules; OperationError, a line for each mistake, where they cannot be read."""
    with refusals():
        return read(root, file, Rules)
