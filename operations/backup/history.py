"""What every drill found: one line of JSON each, the oldest first."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from operations.errors import OperationError


def append(file: Path, line: Mapping[str, Any]) -> None:
    """Add one drill; OperationError where it can't be written.

    In one write at the end of the file: two drills at once do not mix, and a crash leaves at most
    half a line, which ``read`` passes over.
    """
    text = (json.dumps(line, sort_keys=False) + "\n").encode()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                text = b"\n" + text
            os.write(handle, text)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise OperationError(f"{file}: can't be written: {error.strerror}") from None


def read(file: Path) -> list[dict[str, Any]]:
    """Return every drill; a line that is no record is passed over. Empty where there is no file."""
    if not file.exists():
        return []
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            found.append(record)
    return found


def last_counts(file: Path, stack: str) -> dict[str, int] | None:
    """Return the rows of each table by the stack's last drill that passed."""
    for record in reversed(read(file)):
        if record.get("stack") == stack and record.get("verdict") == "passed":
            counts = record.get("counts")
            return counts if isinstance(counts, dict) else None
    return None
