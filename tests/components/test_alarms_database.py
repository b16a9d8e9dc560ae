"""The database's alarms are the same at every size, with limits taken from the size."""

from dataclasses import replace

import pytest

from components.instance_class import instance_class
from tests.support.monitoring import (
    LARGE,
    METRIC_ALARM,
    SMALL,
    Size,
    database_alarms,
    database_args,
    monitored,
)

GIB = 2**30


def threshold(size: Size, key: str, **changes: object) -> float:
    node = database_alarms(size, **changes).one(METRIC_ALARM, f"database-alarms-{key}")
    return float(node.inputs["threshold"])


@pytest.mark.parametrize(
    ("name", "memory", "connections", "credits_per_day"),
    [
        ("db.t4g.micro", 1 * GIB, 112, 288),
        ("db.t4g.medium", 4 * GIB, 450, 576),
        ("db.t3.large", 8 * GIB, 901, 864),
        ("db.m6i.large", 8 * GIB, 901, 0),
        ("db.r7g.xlarge", 32 * GIB, 3604, 0),
        ("db.r7g.2xlarge", 64 * GIB, 5000, 0),
    ],
)
def test_instance_class_holds_what_aws_says(
    name: str, memory: int, connections: int, credits_per_day: int
) -> None:
    held = instance_class(name)

    assert held.memory_bytes == memory
    assert held.default_connections == connections
    assert held.credits_per_day == credits_per_day


@pytest.mark.parametrize("name", ["t4g.medium", "db.t2.micro", "db.x2g.large", "db.m6i.micro", ""])
def test_unknown_instance_class_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"got '{name}'"):
        instance_class(name)
    with pytest.raises(ValueError, match="instance_class must be"):
        replace(database_args(SMALL), instance_class=name)


@pytest.mark.parametrize(("size", "expected"), [(SMALL, 315), (LARGE, 2522)])
def test_connections_ring_at_a_share_of_what_the_memory_allows(size: Size, expected: float) -> None:
    assert threshold(size, "connections") == expected


def test_connections_that_a_parameter_allows_count_instead() -> None:
    assert threshold(SMALL, "connections", max_connections=200) == 140


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["staging", "production"])
def test_storage_and_memory_ring_at_a_share_of_what_there_is(size: Size) -> None:
    memory = instance_class(size.instance_class).memory_bytes

    assert threshold(size, "storage") == size.storage_gib * GIB * 15 // 100
    assert threshold(size, "memory") == memory * 5 // 100


def test_cpu_credits_owed_ring_at_half_a_days_earnings() -> None:
    inputs = monitored(SMALL).one(METRIC_ALARM, "database-alarms-cpu-credits").inputs

    assert inputs["metricName"] == "CPUSurplusCreditBalance"
    assert inputs["comparisonOperator"] == "GreaterThanThreshold"
    assert inputs["threshold"] == 288


@pytest.mark.parametrize("key", ["cpu-credits", "disk-requests", "disk-bytes"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["staging", "production"])
def test_credit_alarms_exist_for_every_class_and_are_quiet_without_credits(
    size: Size, key: str
) -> None:
    inputs = monitored(size).one(METRIC_ALARM, f"database-alarms-{key}").inputs

    assert inputs["treatMissingData"] == "notBreaching"
    # RDS reports them every five minutes: of shorter periods most would count as healthy.
    assert inputs["period"] == 300
    assert inputs["evaluationPeriods"] == inputs["datapointsToAlarm"] == 3


def test_silent_database_rings() -> None:
    inputs = monitored(SMALL).one(METRIC_ALARM, "database-alarms-silent").inputs

    assert inputs["treatMissingData"] == "breaching"
    assert inputs["dimensions"] == {"DBInstanceIdentifier": "database"}


@pytest.mark.parametrize("key", ["silent", "cpu", "connections", "storage", "memory"])
def test_each_replica_has_the_limits_of_the_primary(key: str) -> None:
    graph = monitored(LARGE)
    primary = graph.one(METRIC_ALARM, f"database-alarms-{key}").inputs
    replica = graph.one(METRIC_ALARM, f"database-alarms-replica-1-{key}").inputs

    assert replica["dimensions"] == {"DBInstanceIdentifier": "replica-1"}
    for same in ("metricName", "threshold", "period", "evaluationPeriods", "treatMissingData"):
        assert replica[same] == primary[same]


def test_each_replica_has_its_own_alarm_on_lag() -> None:
    inputs = monitored(LARGE).one(METRIC_ALARM, "database-alarms-replica-1-lag").inputs

    assert inputs["dimensions"] == {"DBInstanceIdentifier": "replica-1"}
    assert inputs["treatMissingData"] == "missing"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("storage_gib", 0),
        ("max_connections", 0),
        ("replica_lag_seconds", -1),
        ("free_storage_percent", 0),
        ("connections_percent", 101),
    ],
)
def test_limit_that_no_threshold_can_be_made_from_is_refused(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{field} must be .* got {value}"):
        replace(database_args(SMALL), **{field: value})  # type: ignore[arg-type]


def test_replica_whose_name_cannot_end_an_alarms_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"replica_identifiers .* got \['One'\]"):
        replace(database_args(SMALL), replica_identifiers={"One": "replica"})
