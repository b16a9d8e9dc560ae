"""Records for tests of the ledger and of what reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from operations.releases.record import Outcome, Record

START = datetime(2031, 5, 1, tzinfo=UTC)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def record(number: int, hours: float, outcome: Outcome = "verified", **more: Any) -> Record:
    """Return a record of the release 1.<number>.0, so many hours after the start."""
    moment = START + timedelta(hours=hours)
    given: dict[str, Any] = {
        "digest": digest(number),
        "version": f"1.{number}.0",
        "commit": "b" * 40,
        "stack": "staging",
        "verdict": "passed" if outcome in {"verified", "rolled-back"} else "failed",
        "time": moment,
        "began": moment,
        "outcome": outcome,
        **more,
    }
    return Record(**given)
