"""The parity index that was measured for a commit, where somebody did so."""

import json
from pathlib import Path

HISTORY = ".reports/history.jsonl"
"""What ``python -m policies.command --history`` adds a line to."""


def parity_of(root: Path, commit: str) -> float | None:
    """Return the newest index of a commit; None where none was measured, or can't be read."""
    found = None
    try:
        for text in (root / HISTORY).read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if line["commit"] == commit:
                found = float(line["index"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found
