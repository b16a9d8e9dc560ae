"""A drill on RDS: restored, checked, measured, written down, and gone; on real moto."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from operations.backup import history, restore
from operations.backup import instances as known
from operations.backup.restore import DRILL, Wanted
from tests.operations.backup.shop import SCHEMA
from tests.operations.backup.stack import PASSWORD, Stack
from tests.support.postgres import database

pytestmark = pytest.mark.moto


@pytest.fixture(name="reach")
def _reach(server: str) -> Iterator[list[str]]:
    with database(server, "live", *SCHEMA) as live, database(server, "restored", *SCHEMA) as copy:
        yield ["--connect", copy, "--connect-live", live]


def lines(stack: Stack) -> list[dict[str, object]]:
    return history.read(stack.root / ".reports/backup-drills.jsonl")


def test_a_drill_leaves_a_line_and_nothing_else(stack: Stack, reach: list[str]) -> None:
    before = stack.shown()
    code, out, err = stack.said("drill", *reach)

    assert code == 0, err
    assert stack.names() == [stack.identifier]
    assert {**stack.shown(), "LatestRestorableTime": 0} == {**before, "LatestRestorableTime": 0}
    (line,) = lines(stack)
    assert (line["verdict"], line["kind"], line["of"]) == ("passed", "rds", stack.identifier)
    assert line["counts"] == {
        "public.customers": 100,
        "public.orders": 100,
        "public.readings": 10,
        "public.schema_steps": 2,
    }
    seconds = line["recoveryTimeSeconds"]
    assert isinstance(seconds, float)
    assert 0 < seconds < 60
    assert f"recovery time   {seconds:.1f} s" in out
    assert PASSWORD not in out + err + json.dumps(line)


def test_a_drill_that_fails_is_removed_and_recorded_too(stack: Stack, reach: list[str]) -> None:
    with psycopg.connect(reach[1], autocommit=True) as connection:
        connection.execute("drop table orders")
    code, out, _ = stack.said("drill", "--json", *reach)

    assert code == 1
    assert json.loads(out) == lines(stack)[-1]
    assert lines(stack)[-1]["verdict"] == "failed"
    assert stack.names() == [stack.identifier]


def test_a_database_that_cannot_be_reached_is_a_failed_drill(stack: Stack) -> None:
    nobody = "host=127.0.0.1 port=1 dbname=x user=x"
    code, _, err = stack.said("drill", "--connect", nobody, "--connect-live", nobody)

    assert code == 2
    assert "database: connection failed" in err
    assert lines(stack)[-1]["verdict"] == "failed"
    assert stack.names() == [stack.identifier]


def test_a_drill_that_was_killed_is_gone_on_with_and_its_time_counts(
    stack: Stack, reach: list[str]
) -> None:
    place = stack.place()
    step = restore.plan(place, Wanted(DRILL), datetime.now(UTC))
    killed = restore.run(place, step, lambda _: None)
    known.tag(place, killed, {known.BEGAN: "2031-05-01T00:00:00Z"})
    assert len(stack.names()) == 2

    code, _, err = stack.said("drill", *reach)
    assert code == 0, err
    assert f"{killed.name}: goes on with what 2031-05-01T00:00:00Z began" in err
    assert stack.names() == [stack.identifier]


def test_a_dry_run_restores_nothing(stack: Stack) -> None:
    assert stack.run("drill", "--dry-run") == 0
    assert stack.names() == [stack.identifier]
    assert lines(stack) == []


def test_what_a_drill_of_another_moment_left_goes_after_a_day(
    stack: Stack, reach: list[str]
) -> None:
    place = stack.place()
    stack.snapshot(f"{stack.identifier}-by-hand")
    wanted = Wanted(DRILL, snapshot=f"{stack.identifier}-by-hand")
    left = restore.run(place, restore.plan(place, wanted, datetime.now(UTC)), lambda _: None)
    assert stack.run("drill", *reach) == 0
    # It may be another person's drill, and under way.
    assert stack.names() == [stack.identifier, left.name]

    known.tag(place, left, {known.BEGAN: "2020-05-01T00:00:00Z"})
    assert stack.run("drill", *reach) == 0
    assert stack.names() == [stack.identifier]
