"""``refresh status``: the last run, and which sanitised snapshots there are on a stack's side."""

import argparse
from datetime import datetime
from typing import Any

from operations.backup.mirror import Refusal, vouched
from operations.moments import shown
from operations.place import Place, chosen
from operations.refresh import execution, side, snapshots
from operations.table import table
from operations.talk import as_json, say

HEADS = {"vouched": "vouched for", "sharedWith": "shared with"}
"""Keys that people read in other words."""


def run(options: argparse.Namespace) -> int:
    """Show how things are; nothing is judged."""
    with chosen(options) as place:
        refusal = vouched(place.root)
        shares = side.shares(place)
        last = _run(place) if shares else None
        listed = _given(place, refusal) if shares else _taken(place, refusal)
    if options.json:
        return as_json({"run": last, "snapshots": listed} if shares else {"snapshots": listed})
    if shares:
        say(_sentence(last))
    rows = [[_cell(value) for value in each.values()] for each in listed]
    say(table([HEADS.get(name, name) for name in listed[0]], rows) if rows else "no snapshot")
    return 0


def _run(place: Place) -> dict[str, Any] | None:
    operator = side.operator(place)
    last = execution.newest(operator)
    if last is None:
        return None
    return {
        "name": last.name,
        "status": last.status,
        "state": execution.state(operator, last.arn),
        "started": last.started,
        "ended": last.ended,
        "snapshot": last.snapshot,
    }


def _sentence(run: dict[str, Any] | None) -> str:
    if run is None:
        return "the data refresh has never run"
    until = f"to {shown(run['ended'])}" if run["ended"] else f"now in {run['state']}"
    return f"{run['name']}: {run['status']}, from {shown(run['started'])} {until}"


def _given(place: Place, refusal: Refusal) -> list[dict[str, Any]]:
    """Return the snapshots of the account that shares them."""
    return [
        {
            "snapshot": each.name,
            "made": each.shown.get("SnapshotCreateTime"),
            "status": each.status,
            "vouched": refusal(each.name) is None,
            "sharedWith": snapshots.shared_with(place, each),
        }
        for each in snapshots.own(place)
    ]


def _taken(place: Place, refusal: Refusal) -> list[dict[str, Any]]:
    """Return the snapshots that are shared, or were taken over."""
    shared = {each.name: each for each in snapshots.shared(place)}
    own = {each.name: each for each in snapshots.own(place)}
    return [
        {
            "snapshot": name,
            "made": (shared.get(name) or own[name]).shown.get("SnapshotCreateTime"),
            "shared": name in shared,
            "vouched": refusal(name) is None,
            "copy": own[name].status if name in own else "",
        }
        for name in {**shared, **own}
    ]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return shown(value) if isinstance(value, datetime) else str(value or "")
