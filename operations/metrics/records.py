"""What became of releases, read from the ledger's records.

``python -m operations releases list STACK --json`` says them: ``{"stack": ..., "records": [...]}``.
A file may hold several such objects or records, one to a line.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic import AwareDatetime, Field

from operations.errors import OperationError
from operations.json_file import first_fault
from operations.releases.record import Outcome

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Record(pydantic.BaseModel):
    """What the metrics need of a record; it may hold more."""

    model_config = pydantic.ConfigDict(extra="ignore", frozen=True)

    digest: Digest
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    stack: str
    outcome: Outcome
    time: AwareDatetime | None = None
    began: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    rollback_of: Digest | None = None

    @pydantic.model_validator(mode="after")
    def _has_a_moment(self) -> "Record":
        if not (self.time or self.ended or self.began):
            raise ValueError("one of time, began and ended must be given")
        return self

    @property
    def moment(self) -> datetime:
        """When it was written, as far as it says so."""
        found = self.time or self.ended or self.began
        if found is None:
            raise AssertionError("checked when it was read")
        return found


@dataclass(frozen=True)
class Deployment:
    """One deployment, by its last record."""

    digest: str
    commit: str
    outcome: Outcome
    began: datetime
    ended: datetime
    rollback_of: str | None


def deployments(records: Iterable[Record], stack: str) -> list[Deployment]:
    """Return a stack's deployments, the oldest first: records that began together are one."""
    last: dict[tuple[str, datetime], Record] = {}
    for each in sorted(records, key=lambda record: record.moment):
        if each.stack == stack:
            last[each.digest, each.began or each.moment] = each
    found = [
        Deployment(
            digest=each.digest,
            commit=each.commit,
            outcome=each.outcome,
            began=began,
            ended=each.ended or each.moment,
            rollback_of=each.rollback_of,
        )
        for (_, began), each in last.items()
    ]
    return sorted(found, key=lambda deployment: deployment.ended)


def load_records(file: Path) -> list[Record]:
    """Return the records of a file; OperationError, one line, where one is none."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise OperationError(f"{file}: can't be read: {why}") from None
    return [_record(file, n, data) for n, line in _parts(text) for data in _objects(file, n, line)]


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the whole text where it is one document, and else each line with its number."""
    try:
        json.loads(text)
    except ValueError:
        yield from ((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip())
    else:
        yield 1, text


def _objects(file: Path, n: int, text: str) -> Iterator[Any]:
    try:
        data = json.loads(text)
    except ValueError:
        raise OperationError(f"{file}:{n}: must be JSON") from None
    if isinstance(data, dict) and "records" in data:
        data = data["records"]
    yield from data if isinstance(data, list) else [data]


def _record(file: Path, n: int, data: Any) -> Record:
    try:
        return Record.model_validate(data)
    except pydantic.ValidationError as error:
        where, words = first_fault(error, "the record")
        raise OperationError(f"{file}:{n}: {where}: {words.lower()}") from None
