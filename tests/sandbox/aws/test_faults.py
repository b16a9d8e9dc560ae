"""A fault strikes what it names, as often as it says."""

import threading
from typing import Any

import pytest

from sandbox.aws.faults import KINDS, OF_REQUESTS, Fault, Faults


def test_a_fault_strikes_what_it_names_as_often_as_it_says() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail", "operation": "rds.create_*", "resource": "db*", "times": 2}])

    assert faults.strike("ec2.create_vpc", "db-1") is None
    assert faults.strike("rds.create_db_instance", "web") is None
    for left in (1, 0):
        struck = faults.strike("rds.create_db_instance", "db-1")
        assert struck is not None
        assert struck.times == left
    assert faults.strike("rds.create_db_instance", "db-1") is None
    assert faults.listed() == []


def test_the_first_fault_that_fits_strikes_and_the_next_when_it_is_used_up() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail"}, {"kind": "slow", "seconds": 0.5}])

    struck = [faults.strike("ec2.create_vpc", "x") for _ in range(3)]
    assert [fault.kind if fault else None for fault in struck] == ["fail", "slow", None]


def test_no_request_uses_up_a_rollback() -> None:
    faults = Faults()
    faults.replace([{"kind": "rollback"}])

    assert faults.strike("ecs.update_service", "web", OF_REQUESTS) is None
    struck = faults.strike("ecs.deployment", "web")
    assert struck is not None
    assert struck.kind == "rollback"
    assert set(OF_REQUESTS) < set(KINDS)


def test_new_faults_stand_in_for_the_old_ones() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail", "times": 9}])
    faults.replace([])

    assert faults.strike("ec2.create_vpc", "x") is None


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ([{"kind": "melt"}], ValueError),
        ([{"kind": "fail", "colour": "red"}], TypeError),
        ([{"operation": "*"}], TypeError),
        (None, TypeError),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_and_the_old_ones_stay(
    given_: Any, error: type[Exception]
) -> None:
    faults = Faults()
    faults.replace([{"kind": "slow"}])

    with pytest.raises(error):
        faults.replace(given_)
    assert [fault["kind"] for fault in faults.listed()] == ["slow"]


def test_the_list_cannot_be_changed_from_outside() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail"}])
    faults.listed()[0]["times"] = 99

    assert faults.listed()[0]["times"] == 1


def test_no_fault_strikes_more_often_under_many_hands() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail", "times": 100}])
    struck: list[Fault] = []

    def work() -> None:
        met = (faults.strike("a.b", "c") for _ in range(50))
        struck.extend(fault for fault in met if fault is not None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(struck) == 100
