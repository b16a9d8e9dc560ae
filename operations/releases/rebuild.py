"""A ledger that was lost, made again from what the project's file still says."""

from collections.abc import Sequence

from operations.releases.record import Record
from policies.releases import Release


def rebuilt(releases: Sequence[Release], records: Sequence[Record], stack: str) -> list[Record]:
    """Return a stack's records that the ledger lacks, with nothing in them that nobody knows.

    A release that failed may have been rolled back or only broken off: it counts as failed.
    """
    there = {(each.digest, each.time) for each in records}
    return [
        Record(
            **each.model_dump(),
            outcome="verified" if each.verdict == "passed" else "failed",
        )
        for each in releases
        if each.stack == stack and (each.digest, each.time) not in there
    ]
