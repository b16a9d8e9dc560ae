"""The index can be checked by hand."""

from policies.parity.comparison import Difference, Standing
from policies.parity.proof import Proof

DATABASE = ("aws:rds/instance:Instance", "database", "environment")
REPLICA = ("aws:rds/instance:Instance", "replica-1", "environment")
ALARM = ("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", "environment")


def proof(*found: Difference) -> Proof:
    """Return a proof over a database of 9 properties, a replica of 5 and an alarm of 3."""
    return Proof("production", "staging", found, {DATABASE: 10, REPLICA: 6, ALARM: 4})


def difference(node: tuple[str, str, str], path: str, standing: Standing) -> Difference:
    return Difference(node, path, 1, 2, standing)


def test_without_a_difference_both_numbers_are_full() -> None:
    found = proof()

    assert (found.compared, found.equal, found.index, found.likeness) == (20, 20, 100.0, 100.0)


def test_a_declared_difference_lowers_the_likeness_alone() -> None:
    found = proof(
        difference(DATABASE, "size", Standing.SCALE),
        difference(REPLICA, "", Standing.SCALE),
    )

    # The property is 1 of 20, and the replica that is not there is 6.
    assert (found.equal, found.declared) == (13, 7)
    assert (found.index, found.likeness) == (100.0, 65.0)


def test_an_undeclared_difference_lowers_both() -> None:
    found = proof(
        difference(DATABASE, "engine", Standing.UNDECLARED),
        difference(DATABASE, "size", Standing.WRONG_WAY),
        difference(DATABASE, "days", Standing.TOO_SMALL),
        difference(ALARM, "", Standing.UNDECLARED),
    )

    assert (found.index, found.likeness) == (65.0, 65.0)
    assert len(found.undeclared) == 4


def test_a_single_undeclared_difference_among_many_is_not_rounded_away() -> None:
    found = Proof(
        "production",
        "staging",
        (difference(DATABASE, "engine", Standing.UNDECLARED),),
        {DATABASE: 1_000_000},
    )

    assert found.index == 99.9


def test_nothing_compared_is_no_failure() -> None:
    assert Proof("production", "staging", (), {}).index == 100.0
