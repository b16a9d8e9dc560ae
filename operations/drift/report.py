"""What drifted, as people and machines read it."""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from operations.drift.expected import Expected, reason_for
from operations.drift.found import Change
from operations.drift.parity import Parity
from operations.errors import OperationError, refusals
from operations.moments import shown
from operations.talk import as_json, say
from policies.files import write


@dataclass(frozen=True)
class Drift:
    """One look at a stack."""

    stack: str
    drifted: tuple[Change, ...]
    expected: tuple[tuple[Change, Expected], ...]
    errors: tuple[str, ...]
    parity: Parity | None
    """None where it was not asked for."""

    @classmethod
    def of(
        cls,
        stack: str,
        changes: Iterable[Change],
        known: Sequence[Expected],
        *,
        errors: Iterable[str],
        parity: Parity | None,
    ) -> "Drift":
        """Part what was to be expected from what drifted."""
        sorted_out = [(change, reason_for(change, known)) for change in changes]
        return cls(
            stack,
            tuple(change for change, reason in sorted_out if reason is None),
            tuple((change, reason) for change, reason in sorted_out if reason is not None),
            tuple(errors),
            parity,
        )

    @property
    def is_well(self) -> bool:
        """Tell whether nothing drifted, all was read, and what was compared mirrors."""
        return not (self.drifted or self.errors or (self.parity and self.parity.stopping))

    @property
    def resources(self) -> int:
        """How many resources drifted."""
        return len({change.urn for change in self.drifted})


def told(drift: Drift) -> dict[str, Any]:
    """Return the whole of it for a machine."""
    return {
        "stack": drift.stack,
        "drifted": [_change(each) for each in drift.drifted],
        "expected": [
            {**_change(change), "reason": reason.reason, "owner": reason.owner}
            for change, reason in drift.expected
        ],
        "errors": list(drift.errors),
        "parity": asdict(drift.parity) if drift.parity else None,
        "passed": drift.is_well,
    }


def tell(drift: Drift, options: argparse.Namespace) -> None:
    """Say it: one line of JSON, or a table and a sentence."""
    if options.json:
        as_json(told(drift))
        return
    for resource in dict.fromkeys(each.resource for each in drift.drifted):
        own = [each for each in drift.drifted if each.resource == resource]
        say(f"{own[0].kind}: {resource}")
        for each in own:
            if each.path:
                say(f"    {each.path}: {each.before} -> {each.after}")
    for change, reason in drift.expected:
        say(f"expected: {change.resource} {change.path}: {reason.reason} ({reason.owner})")
    for error in drift.errors:
        say(f"not read: {error}")
    say(_sentence(drift))
    if drift.parity:
        _tell_parity(drift.parity)


def _sentence(drift: Drift) -> str:
    if drift.errors:
        return f"{drift.stack}: not everything could be read: nobody knows whether it drifted"
    if not drift.drifted:
        return f"{drift.stack}: nothing drifted"
    number = len(drift.drifted)
    return (
        f"{drift.stack}: {number} change{'' if number == 1 else 's'} in {drift.resources} "
        f"resource{'' if drift.resources == 1 else 's'}; `pulumi up --refresh` puts back what the "
        "program says, an edit of the program keeps it"
    )


def _tell_parity(parity: Parity) -> None:
    if parity.index is None:
        say(f"parity of what is deployed: not known: {parity.unknown}")
        return
    say(
        f"parity of what is deployed: {parity.index:.1f}, {parity.undeclared} not declared, "
        f"{len(parity.stopping)} findings that stop"
    )
    for line in parity.stopping:
        say(f"  {line}")


def remember(drift: Drift, file: Path, when: datetime) -> None:
    """Add a line of JSON to a history; it is written whole or not at all."""
    parity = drift.parity
    line = {
        "time": shown(when),
        "stack": drift.stack,
        "passed": drift.is_well,
        "drifted": len(drift.drifted),
        "resources": drift.resources,
        "expected": len(drift.expected),
        "errors": len(drift.errors),
        "index": parity.index if parity else None,
    }
    with refusals():
        try:
            before = file.read_text(encoding="utf-8") if file.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise OperationError(f"--history: {file}: can't be read: {error}") from None
        write(file, f"{before}{json.dumps(line)}\n")


def _change(change: Change) -> dict[str, str]:
    return {
        "resource": change.resource,
        "urn": change.urn,
        "what": change.kind,
        "property": change.path,
        "before": change.before,
        "after": change.after,
    }
