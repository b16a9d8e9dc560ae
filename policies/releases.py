"""Which releases a mirror has verified: ``releases.yaml``, one record for each.

Delivery writes it: once staging runs a release and its tests have passed, the release is recorded,
and only then may production have it.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from policies.files import Model, read

FILE = "policies/releases.yaml"


class Release(Model):
    """One release and what became of it in a mirror."""

    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Of the image; the same image has the same one in every registry."""
    version: Annotated[str, Field(min_length=1)]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    """Of this project: what the release was verified with."""
    stack: str
    verdict: Literal["passed", "failed"]
    time: datetime


class _File(Model):
    releases: list[Release]


def load_verified(root: Path, reference: str) -> frozenset[str]:
    """Return the digests that a mirror has verified; a later failure takes that back.

    Raises PolicyError, a line for each mistake, where the file cannot be read.
    """
    verified: dict[str, bool] = {}
    for each in sorted(read(root, FILE, _File).releases, key=lambda release: release.time):
        if each.stack != reference:
            verified[each.digest] = each.verdict == "passed"
    return frozenset(digest for digest, passed in verified.items() if passed)
