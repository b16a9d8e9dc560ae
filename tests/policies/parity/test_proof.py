"""The index can be checked by hand."""

from dataclasses import replace

from policies.graph import STACK, Resource, graph_of
from policies.parity.comparison import Difference, Standing
from policies.parity.contract import Contract
from policies.parity.proof import Proof, prove
from policies.stackfile import Setting

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


def test_what_is_said_of_undeclared_differences_is_put_in_their_places() -> None:
    declared = difference(DATABASE, "size", Standing.SCALE)
    undeclared = [difference(DATABASE, path, Standing.UNDECLARED) for path in ("a", "b")]
    explained = [replace(each, causes=(f"scale.{each.path}",)) for each in undeclared]

    found = proof(undeclared[0], declared, undeclared[1]).with_undeclared(explained)

    assert found == proof(explained[0], declared, explained[1])


def settings(name: str, network: str) -> dict[str, Setting]:
    values = {"identity.name": name, "identity.cidr": network, "identity.tone": name}
    return {key: Setting(key, value, "file", 1) for key, value in values.items()}


def test_two_graphs_are_compared_by_who_each_of_them_is() -> None:
    queue, alarm = "aws:sqs/queue:Queue", "aws:cloudwatch/metricAlarm:MetricAlarm"
    contract = Contract(
        reference="production",
        named=["identity.name"],
        network="identity.cidr",
        identity=[],
        scale=[],
        presence=[],
    )
    one = [
        Resource(
            queue, "q", properties={"name": "q-production", "from": "10.1.2.0/24", "days": 14}
        ),
        Resource(alarm, "a", properties={"days": 1, "hours": 2}),
    ]
    other = [
        Resource(queue, "q", properties={"name": "q-staging", "from": "10.2.2.0/24", "size": 7})
    ]

    found = prove(
        graph_of("production", one),
        graph_of("staging", other),
        contract,
        {
            "production": settings("production", "10.1.0.0/16"),
            "staging": settings("staging", "10.2.0.0/16"),
        },
    )

    stack = (STACK, "{identity.name}", "")
    assert (found.reference, found.mirror) == ("production", "staging")
    # Each with its options; the queue has four properties besides, the alarm two, the stack none.
    assert found.sizes == {(queue, "q", ""): 6, (alarm, "a", ""): 4, stack: 3}
    assert [(each.node[1], each.path) for each in found.differences] == [
        ("a", ""),
        ("q", "days"),
        ("q", "size"),
    ]


def test_nothing_compared_is_no_failure() -> None:
    assert Proof("production", "staging", (), {}).index == 100.0
