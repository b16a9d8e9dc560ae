"""The ledger's records in ``policies/releases.yaml``, which the policies and rollbacks read.

In the sandbox they go into a file of the sandbox's own: what has run on a stand-in vouches for
nothing on AWS.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from operations.errors import OperationError, refusals
from operations.moments import shown
from operations.releases.record import UNDER_WAY, Record
from policies.files import write
from policies.releases import FILE, SANDBOX_FILE, Migration, Release, load_releases

SANDBOX = ".sandbox"


def known_releases(root: Path, *, sandbox: bool) -> list[Release]:
    """Return what the policies know, the oldest first; OperationError where it can't be read."""
    with refusals():
        return load_releases(root, sandbox=root / SANDBOX if sandbox else None)


def known_steps(releases: Sequence[Release], digest: str) -> tuple[Migration, ...] | None:
    """Return the steps of a release's schema as its newest record that has any tells them."""
    told = [each.migrations for each in releases if each.digest == digest]
    return next((steps for steps in reversed(told) if steps is not None), None)


def pull(root: Path, records: Sequence[Record], *, sandbox: bool) -> int:
    """Merge a stack's records into the file, whole or not at all; return how many were new.

    Raises OperationError where the file can't be read or written, or says otherwise of a moment
    that the ledger has a record of.
    """
    before = known_releases(root, sandbox=sandbox)
    after = merged(before, records)
    if after == before:
        return 0
    with refusals():
        if sandbox:
            project = load_releases(root)
            own = [each for each in after if each not in project]
            write(root / SANDBOX / SANDBOX_FILE, as_yaml("", own))
        else:
            text = (root / FILE).read_text(encoding="utf-8")
            write(root / FILE, as_yaml(_heading(text), after))
    return len(after) - len(before)


def merged(known: Sequence[Release], records: Sequence[Record]) -> list[Release]:
    """Return the records of both, sorted by time, stack and digest, each once."""
    counted = settled(records)
    passing = {_key(each) for each in records} - {_key(each) for each in counted}
    found = {_key(each): each for each in known if _key(each) not in passing}
    for each in counted:
        release, key = each.release(), _key(each)
        if found.setdefault(key, release) != release:
            raise OperationError(
                f"{FILE}: says otherwise than the ledger of {each.version} in {each.stack} at "
                f"{each.time.isoformat()}; take that record out of the file"
            )
    return sorted(found.values(), key=_key)


def settled(records: Sequence[Record]) -> list[Record]:
    """Leave out what was under way where the same deployment has come to something."""
    ended = {_deployment(each) for each in records if each.outcome not in UNDER_WAY}
    last = {_deployment(each): each for each in records}
    return [
        each
        for each in records
        if each.outcome not in UNDER_WAY
        or (_deployment(each) not in ended and last[_deployment(each)] is each)
    ]


def _deployment(record: Record) -> tuple[str, str, datetime]:
    return record.stack, record.digest, record.began or record.time


def _key(release: Release) -> tuple[datetime, str, str]:
    return release.time, release.stack, release.digest


def _heading(text: str) -> str:
    """Return the comment that the file begins with."""
    lines = text.splitlines(keepends=True)
    first = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:first])


def as_yaml(heading: str, releases: Iterable[Release]) -> str:
    """Return the file's text."""
    told = [
        {name: value for name, value in each.model_dump().items() if value not in (None, False)}
        for each in releases
    ]
    return heading + yaml.dump({"releases": told}, Dumper=_Dumper, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes moments as YAML has them, and lists set in, as the file was always written."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  (PyYAML's own signature)
        super().increase_indent(flow, indentless=False)


def _moment(dumper: yaml.SafeDumper, when: datetime) -> Any:
    text = shown(when)
    if when.microsecond:
        text = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)


def _tuple(dumper: yaml.SafeDumper, values: tuple[Any, ...]) -> Any:
    return dumper.represent_list(values)


_Dumper.add_representer(datetime, _moment)
_Dumper.add_representer(tuple, _tuple)
