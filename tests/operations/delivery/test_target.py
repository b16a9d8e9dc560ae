"""A rollback goes to the last release that ran well, never across what can't be undone."""

import pytest

from operations.delivery.target import target
from operations.errors import OperationError
from operations.releases.merge import merged
from operations.releases.record import Outcome, Record
from operations.rollback_gate import Way
from policies.releases import Migration
from tests.operations.releases.records import digest, record

FIRST = Migration(id="first", reversible=False)
INDEX = Migration(id="index", reversible=True)
DROP = Migration(id="drop", reversible=False)


def found(records: list[Record], running: int, to: str = "", stack: str = "staging") -> str:
    chosen = target(records, merged([], records), stack=stack, running=digest(running), to=to)
    assert chosen.decision.allowed, chosen.decision.why
    return chosen.record.version


def made(*steps: tuple[int, Outcome]) -> list[Record]:
    """Return records of these releases and outcomes, one after the other, with one schema."""
    return [
        record(number, hour, outcome, migrations=(FIRST,))
        for hour, (number, outcome) in enumerate(steps)
    ]


@pytest.mark.parametrize(
    ("steps", "running", "wanted"),
    [
        # The running release ran well, and still is to be left.
        ([(1, "verified"), (2, "verified")], 2, "1.1.0"),
        # The last one failed, and runs.
        ([(1, "verified"), (2, "failed")], 2, "1.1.0"),
        # It failed, and a rollback that was broken off has brought the services back already.
        ([(1, "verified"), (2, "failed")], 1, "1.1.0"),
        ([(1, "verified"), (2, "begun")], 1, "1.1.0"),
        # What was gone back to counts as good.
        ([(1, "verified"), (2, "failed"), (1, "rolled-back"), (3, "failed")], 3, "1.1.0"),
        # The last record of a digest counts.
        ([(1, "verified"), (2, "verified"), (2, "failed"), (3, "failed")], 3, "1.1.0"),
        ([(1, "verified"), (2, "verified"), (1, "verified"), (3, "failed")], 3, "1.1.0"),
    ],
)
def test_it_goes_to_the_last_good_release(
    steps: list[tuple[int, Outcome]], running: int, wanted: str
) -> None:
    assert found(made(*steps), running) == wanted


def test_it_goes_where_it_is_told_by_version_or_digest() -> None:
    records = made((1, "verified"), (2, "verified"), (3, "verified"))
    assert found(records, 3, "1.1.0") == "1.1.0"
    assert found(records, 3, digest(1)) == "1.1.0"
    assert found(records, 3) == "1.2.0"


@pytest.mark.parametrize("to", ["9.9.9", "1.2.0"])
def test_it_goes_nowhere_that_did_not_run_well(to: str) -> None:
    records = made((1, "verified"), (2, "failed"), (3, "verified"))
    with pytest.raises(OperationError, match=r"must be a release that ran well in staging last"):
        found(records, 3, to)


def test_without_another_good_release_it_is_refused() -> None:
    with pytest.raises(OperationError, match="has no other release that ran well"):
        found(made((1, "verified")), 1)
    twin = record(7, 5, version="1.1.0", migrations=(FIRST,))
    with pytest.raises(OperationError, match="names 2 images; give the digest"):
        found([*made((1, "verified"), (3, "verified")), twin], 3, "1.1.0")


def test_a_failed_deployment_may_have_migrated_whatever_runs() -> None:
    records = [
        record(1, 1, migrations=(FIRST,)),
        record(2, 2, "failed", migrations=(FIRST, DROP), migrated=record(2, 2).time),
    ]
    chosen = target(records, merged([], records), stack="staging", running=digest(1))
    assert chosen.record.version == "1.1.0"
    assert not chosen.decision.allowed
    assert "backup restore staging --to-time 2031-05-01T01:59:59Z" in chosen.decision.restore


def test_steps_that_can_be_undone_are_said() -> None:
    records = [
        record(1, 1, migrations=(FIRST,)),
        record(2, 2, migrations=(FIRST, INDEX)),
    ]
    chosen = target(records, merged([], records), stack="staging", running=digest(2))
    assert (chosen.decision.way, chosen.decision.undo) == (Way.DOWN, ("index",))


def test_production_goes_back_to_what_ran_there_and_is_still_verified_in_a_mirror() -> None:
    mirror = [record(1, 0, migrations=(FIRST,)), record(2, 1, migrations=(FIRST,))]
    own = [
        record(1, 2, stack="production", migrations=(FIRST,)),
        record(2, 3, "failed", stack="production", migrations=(FIRST,)),
    ]
    releases = merged([], [*mirror, *own])
    chosen = target(own, releases, stack="production", running=digest(2))
    assert chosen.record.version == "1.1.0"
    assert chosen.decision.allowed
    taken_back = merged(releases, [record(1, 5, "failed", migrations=(FIRST,))])
    chosen = target(own, taken_back, stack="production", running=digest(2))
    assert "is not verified" in chosen.decision.why
