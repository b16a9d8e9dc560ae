"""Which releases a mirror has verified: ``releases.yaml``, one record for each.

Delivery writes it: what a deployment came to, and that the tests of what runs have passed. Only
what a mirror has tested may production have. A record also says which migrations the release's
schema is made of, for who wants to go back to it.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import pydantic
from pydantic import AwareDatetime, Field

from policies.files import Model, read

FILE = "policies/releases.yaml"
SANDBOX_FILE = "releases.yaml"
"""In the sandbox's own folder: its records count there alone, beside the project's."""
SANDBOX_VARIABLE = "UNDERSTUDY_SANDBOX"
"""Names that folder to whatever the sandbox's engine starts."""


class Migration(Model):
    """One step of the schema, and whether it can be undone without loss."""

    id: Annotated[str, Field(min_length=1)]
    reversible: bool


class Release(Model):
    """One release and what became of it in a stack."""

    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Of the image; the same image has the same one in every registry."""
    version: Annotated[str, Field(min_length=1)]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    """Of this project: what the release was verified with."""
    stack: str
    verdict: Literal["passed", "failed"]
    time: AwareDatetime
    migrations: tuple[Migration, ...] | None = None
    """Every step of the release's schema, from the first on; None where nobody recorded them."""
    migrated: AwareDatetime | None = None
    """When the release's migration began in this stack; None where it had nothing to do."""
    tested: bool = False
    """Whether tests of what runs have passed too, and not only the look at whether it runs."""

    @pydantic.field_validator("tested")
    @classmethod
    def _tested_well(cls, tested: bool, told: pydantic.ValidationInfo) -> bool:  # noqa: FBT001  (pydantic's own signature)
        if tested and told.data.get("verdict") == "failed":
            raise ValueError("does not go with verdict failed")
        return tested

    @pydantic.field_validator("migrations")
    @classmethod
    def _once(cls, steps: tuple[Migration, ...] | None) -> tuple[Migration, ...] | None:
        ids = [step.id for step in steps or ()]
        if len(set(ids)) != len(ids):
            raise ValueError("must each stand once")
        return steps

    @property
    def head(self) -> str | None:
        """The last step of the release's schema; None where none is recorded or there is none."""
        return self.migrations[-1].id if self.migrations else None


class _File(Model):
    releases: list[Release]


def load_releases(root: Path, sandbox: Path | None = None) -> list[Release]:
    """Return every record, the oldest first; with the sandbox's folder, those that it has too.

    Raises PolicyError, a line for each mistake, where a file cannot be read.
    """
    found = read(root, FILE, _File).releases
    if sandbox is not None and (sandbox / SANDBOX_FILE).exists():
        found += read(sandbox, SANDBOX_FILE, _File).releases
    return sorted(found, key=lambda release: release.time)


def load_verified(root: Path, reference: str) -> frozenset[str]:
    """Return the digests that a mirror has verified and tested; a later failure takes that back.

    Within the sandbox's engine, those verified in the sandbox too.
    Raises PolicyError, a line for each mistake, where the file cannot be read.
    """
    folder = os.environ.get(SANDBOX_VARIABLE)
    found = load_releases(root, Path(folder) if folder else None)
    return frozenset(promotable(found, reference))


def verified(releases: list[Release], reference: str) -> frozenset[str]:
    """Return the digests whose last record in a mirror, among these in order, has passed."""
    last: dict[str, bool] = {}
    for each in releases:
        if each.stack != reference:
            last[each.digest] = each.verdict == "passed"
    return frozenset(digest for digest, passed in last.items() if passed)


def promotable(releases: Iterable[Release], reference: str) -> dict[str, Release]:
    """Return by digest what the reference may have, each with the record that vouches for it.

    ``releases`` are records, the oldest first. That record is the last one in a mirror whose tests
    have passed. Where the release was deployed again since then, the tests of that may not have
    run, and the project may be another; a failure since then takes it back.
    """
    found: dict[str, Release] = {}
    for each in releases:
        if each.stack == reference:
            continue
        if each.verdict == "failed":
            found.pop(each.digest, None)
        elif each.tested:
            found[each.digest] = each
    return found
