"""One record of the ledger: a release in a stack, and what became of it there."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import pydantic
from pydantic import AwareDatetime, Field

from operations.errors import OperationError
from operations.json_file import first_fault
from policies.releases import Release

Outcome = Literal["begun", "deployed", "verified", "failed", "rolled-back"]
"""``begun``: something may have been changed, and nothing is known yet. ``deployed``: the update is
done, and nobody has looked. ``verified`` and ``rolled-back``: the release runs well."""
GOOD = ("verified", "rolled-back")
UNDER_WAY = ("begun", "deployed")


class Record(Release):
    """What a deployment came to. Its verdict is `passed` only once the release was seen well."""

    time: AwareDatetime
    """When this was written."""
    outcome: Outcome
    began: AwareDatetime | None = None
    """Of the deployment, to which up to three records belong; None where nobody knows."""
    ended: AwareDatetime | None = None
    by: str | None = None
    """The ARN of whoever deployed."""
    plan: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the plan that the update was held to."""
    parity: Annotated[float, Field(ge=0, le=100)] | None = None
    """The environment parity index of then."""
    rollback_of: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    """The digest of the release that this one took the place of again."""

    @pydantic.model_validator(mode="after")
    def _agrees(self) -> "Record":
        if (self.verdict == "passed") != (self.outcome in GOOD):
            raise ValueError(f"verdict {self.verdict} does not go with outcome {self.outcome}")
        return self

    @property
    def name(self) -> str:
        """What the record is called in its stack's folder; sorted, the oldest comes first."""
        moment = self.time.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return f"{moment}-{self.digest.removeprefix('sha256:')[:12]}.json"

    def release(self) -> Release:
        """Return what ``policies/releases.yaml`` holds of it."""
        return Release(**{name: getattr(self, name) for name in Release.model_fields})


def parsed(name: str, text: bytes) -> Record:
    """Return what a record says; OperationError where it is damaged: what it said guards others."""
    try:
        found = Record.model_validate_json(text)
    except pydantic.ValidationError as error:
        where, words = first_fault(error, "it")
        raise OperationError(f"{name}: is no record of the ledger: {where}: {words}") from None
    if not name.endswith(f"/{found.stack}/{found.name}"):
        raise OperationError(f"{name}: holds the record {found.stack}/{found.name}, of another")
    return found


def last_by_digest(records: list[Record]) -> dict[str, Record]:
    """Return each digest's last record, among these in order: it is the one that counts."""
    return {each.digest: each for each in records}


def now() -> datetime:
    """Return the moment for a record."""
    return datetime.now(UTC)
