"""What a scan says: how much it read, what it found, and never a value."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from operations.errors import OperationError, refusals
from operations.json_file import read
from policies.files import Model, write

VERSION = "1"
"""Of what is looked for and how; a report of another version is none for this one."""


class Finding(Model):
    """A kind of thing that was found in one place."""

    where: str
    """``schema.table.column``, or what else holds text, as PostgreSQL describes it."""
    kind: str
    count: int
    """In how many values."""
    of: int
    """How many values were looked at there."""

    def __str__(self) -> str:
        return f"{self.where}: {self.kind} in {self.count} of {self.of} values"


class Allowed(Model):
    """A finding that ``scan.yaml`` allows."""

    finding: Finding
    reason: str


class Report(Model):
    """The outcome of one scan."""

    version: str
    tool: str
    """The SHA-256 of the scan's own code."""
    time: datetime
    verdict: Literal["clean", "findings"]
    schema_hash: str
    settings_hash: str
    """Of ``scan.yaml``; of nothing where there is none."""
    rules_hash: str | None
    """Of the sanitiser's rules, as the original was fingerprinted by; none without comparison."""
    canaries: int
    """How many were looked for."""
    rows: dict[str, int]
    """By table."""
    values: int
    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    not_compared: tuple[str, ...]
    """Masked columns whose values say too little each, in tables without a key that stays."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found that is not allowed."""
        return self.verdict == "clean"

    def as_json(self) -> str:
        """Return it as its file has it."""
        return self.model_dump_json(indent=2) + "\n"


def load_report(file: Path) -> Report:
    """Return a report; OperationError where the file is none of this version."""
    report = read(file, Report)
    if report.version != VERSION:
        raise OperationError(f"{file}: version: must be {VERSION}, got {report.version}")
    return report


def write_report(file: Path, report: Report) -> None:
    """Write a report whole, or not at all."""
    with refusals():
        write(file, report.as_json())


@cache
def tool_hash() -> str:
    """Return what tells one state of the scan's code from another."""
    found = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()
