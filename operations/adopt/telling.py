"""How the steps' findings are said: as tables for people, as plain data for ``--json``."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from operations.adopt.comparison import Compared
from operations.adopt.inventory import UNNAMED, Item
from operations.adopt.keeping import HOLDS_DATA
from operations.adopt.listings import LISTINGS
from operations.adopt.matches import FOUND, MISSING, UNCLEAR, Match, Matches
from operations.adopt.preview import Loss, Preview
from operations.adopt.proposals import Proposals
from operations.table import table

NO_TYPE = "the blueprint has no such type: it stays beside, as it is"
NO_PLACE = "the blueprint has the type, and nothing of its own is this one: it stays beside"


def rows_of(items: Iterable[Item]) -> list[tuple[str, str, str, str]]:
    """Return a row for each resource, by type and name."""
    return sorted((item.type, item.id, item.name, item.region or "everywhere") for item in items)


def why_left(item: Item) -> str:
    """Return why a resource is none of the program's."""
    return NO_PLACE if item.type in LISTINGS else NO_TYPE


def matches_shown(matches: Matches, *, every: bool) -> str:
    """Return what is imported, what stays beside and why, and what would be created."""
    shown = [each for each in matches.matches if every or each.standing != MISSING]
    rows = [
        (each.standing, str(each.resource), each.item.id if each.item else "", each.why)
        for each in shown
    ]
    rows += [
        ("not covered", item.type, item.id, why_left(item))
        for item in sorted(matches.left, key=lambda item: (item.type, item.id))
    ]
    lines = [table(("", "the program's", "what is there", "why"), rows)]
    lines += [line for each in shown for line in _changes(each, every=every)]
    counts = Counter(each.standing for each in matches.matches)
    told = ", ".join(f"{number} {standing}" for standing, number in sorted(counts.items()))
    return "\n".join([*lines, f"{told}; {len(matches.left)} not covered"])


def _changes(each: Match, *, every: bool) -> list[str]:
    if each.standing != FOUND or not (every or each.resource.type in HOLDS_DATA):
        return []
    return [
        f"{each.resource}: {change.property} would become {change.after}, is {change.before}"
        for change in each.changes
    ]


def matches_told(matches: Matches, obstacles: Sequence[str]) -> dict[str, Any]:
    """Return the matches as plain data."""
    return {
        "resources": [
            {
                "type": each.resource.type,
                "name": each.resource.name,
                "standing": each.standing,
                "why": each.why,
                "id": each.item.id if each.item else None,
                "holdsData": each.resource.type in HOLDS_DATA,
                "changes": [vars(change) for change in each.changes],
                "candidates": [item.id for item in each.candidates],
            }
            for each in matches.matches
        ],
        "notCovered": [
            {
                "type": None if item.type == UNNAMED else item.type,
                "id": item.id,
                "name": item.name,
                "why": why_left(item),
            }
            for item in matches.left
        ],
        "ambiguous": sum(1 for each in matches.matches if each.standing == UNCLEAR),
        "inTheWay": list(obstacles),
    }


def proposals_told(proposals: Proposals) -> dict[str, Any]:
    """Return the proposals as plain data."""
    return {
        "changes": [
            {"key": reading.key, "now": now, "found": reading.value, "from": reading.source}
            for reading, now in proposals.changes
        ],
        "same": [reading.key for reading in proposals.same],
        "cannotBeSaid": [
            {"key": reading.key, "found": reading.value, "from": reading.source, "why": line}
            for reading, line in proposals.refused
        ],
        "diff": proposals.diff,
    }


def comparison_rows(compared: Sequence[Compared]) -> list[tuple[str, str, str, str]]:
    """Return a row for each difference."""
    return [(each.kind, each.what, each.one, each.other) for each in compared]


def comparison_told(compared: Sequence[Compared]) -> dict[str, Any]:
    """Return the differences as plain data."""
    return {"differences": [vars(each) for each in compared]}


def preview_shown(found: Preview) -> str:
    """Return what would be lost, what else would be replaced, and the verdict."""
    data = [each for each in found.losses if each.holds_data]
    rows = [
        ("DATA" if each.holds_data else "", each.op, f"{each.type}::{each.name}", _forced(each))
        for each in sorted(found.losses, key=lambda each: (not each.holds_data, each.urn))
    ]
    lines = [table(("", "would be", "what", "forced by"), rows)] if rows else []
    lines += [f"the preview failed: {line}" for line in found.failed]
    counts = ", ".join(f"{number} {op}" for op, number in sorted(found.counts.items()))
    verdict = (
        "no data would be replaced or deleted"
        if found.passed
        else f"stop: {len(data)} that hold data would be replaced or deleted"
    )
    return "\n".join([*lines, f"preview: {counts or 'nothing'}", verdict])


def _forced(each: Loss) -> str:
    if each.op == "deleted":
        return "the program does not have it"
    known = "" if each.known else " (not among the measured facts)"
    return f"{', '.join(each.forced_by) or 'what it hangs on'}{known if each.forced_by else ''}"


def preview_told(found: Preview) -> dict[str, Any]:
    """Return the preview as plain data."""
    return {
        "passed": found.passed,
        "counts": dict(found.counts),
        "failed": list(found.failed),
        "losses": [
            {
                "urn": each.urn,
                "type": each.type,
                "would": each.op,
                "forcedBy": list(each.forced_by),
                "holdsData": each.holds_data,
            }
            for each in found.losses
        ],
    }
