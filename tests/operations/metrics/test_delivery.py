"""Five numbers on delivery, against what a person counts by hand."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.errors import OperationError
from operations.metrics.delivery import delivery
from operations.metrics.metric import Metric
from operations.metrics.records import Record, deployments, load_records

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAYS = 70


def digest(letter: str) -> str:
    return f"sha256:{letter * 64}"


def record(letter: str, outcome: str, began: str, ended: str = "", **more: Any) -> dict[str, Any]:
    """Return a record of the ledger on 20 November, or on another day."""
    day = more.pop("day", "2026-11-20")
    return {
        "digest": digest(letter),
        "version": f"1.0.{letter}",
        "commit": letter * 40,
        "stack": "production",
        "verdict": "passed" if outcome in ("verified", "rolled-back") else "failed",
        "outcome": outcome,
        "time": f"{day}T{ended or began}:00Z",
        "began": f"{day}T{began}:00Z",
        **({"ended": f"{day}T{ended}:00Z"} if ended else {}),
        **more,
    }


def numbers(records: Sequence[dict[str, Any]], **made: datetime) -> dict[str, Metric]:
    """Return the numbers by name; commits were made as they are given by letter."""
    every = deployments([Record.model_validate(each) for each in records], "production")
    found = delivery(every, NOW, DAYS, lambda commit: made.get(commit[0]))
    return {each.name: each for each in found}


PAGE = [
    record("a", "verified", "09:00", "09:10"),
    record("b", "failed", "10:00", "10:15"),
    record("a", "rolled-back", "10:15", "10:20", rollback_of=digest("b")),
    record("c", "verified", "11:00", "11:10"),
    record("a", "rolled-back", "12:00", "12:10", rollback_of=digest("c")),
    record("d", "verified", "13:00", "13:10"),
]


def test_the_numbers_of_the_page_are_right() -> None:
    found = numbers(PAGE)

    assert found["DeploymentSuccessRate"].value == 75
    assert found["ChangeFailureRate"].value == 50
    assert found["TimeToRestore"].value == 15 * 60
    assert found["DeploymentFrequency"].value == pytest.approx(0.3)


def test_records_that_began_together_are_one_deployment() -> None:
    steps = [
        record("a", "begun", "09:00"),
        record("a", "deployed", "09:00", "09:05"),
        record("a", "verified", "09:00", "09:10"),
    ]
    found = numbers(steps)

    assert found["DeploymentSuccessRate"].value == 100
    assert found["DeploymentSuccessRate"].words == "1 of 1 were verified in 70 days"


@pytest.mark.parametrize("outcome", ["begun", "deployed"])
def test_what_nobody_looked_at_is_neither_well_nor_failed(outcome: str) -> None:
    found = numbers([record("a", outcome, "09:00", "09:10")])

    assert found["DeploymentSuccessRate"].value is None
    assert "1 of which nobody knows the end left out" in found["DeploymentSuccessRate"].words


def test_nothing_known_is_unknown_and_not_zero() -> None:
    found = numbers([])

    assert [each.value for each in found.values()] == [None] * 5
    assert all(each.shown == "unknown" and each.words for each in found.values())


def test_a_ledger_without_anything_of_late_is_a_frequency_of_none() -> None:
    found = numbers([record("a", "verified", "09:00", "09:10", day="2026-01-01")])

    assert found["DeploymentFrequency"].value == 0
    assert found["DeploymentSuccessRate"].value is None


def test_what_is_not_restored_yet_is_said() -> None:
    found = numbers(
        [record("a", "verified", "09:00", "09:10"), record("b", "failed", "10:00", "10:05")]
    )

    assert found["TimeToRestore"].value is None
    assert found["TimeToRestore"].words == "nothing was restored in 70 days; 1 not restored yet"


def test_a_failure_ends_with_the_next_that_is_well() -> None:
    forward = [
        record("b", "failed", "10:00", "10:05"),
        record("c", "failed", "10:10", "10:15"),
        record("d", "verified", "10:20", "10:30"),
    ]

    assert numbers(forward)["TimeToRestore"].value == 25 * 60  # Of 30 and 20 minutes.


def test_what_was_verified_again_was_not_undone() -> None:
    again = [
        record("b", "verified", "10:00", "10:05"),
        record("b", "verified", "11:00", "11:05"),
        record("a", "rolled-back", "12:00", "12:05", rollback_of=digest("b")),
    ]

    assert numbers(again)["ChangeFailureRate"].value == 50


def test_lead_time_is_from_the_commit_to_the_end() -> None:
    begins = datetime(2026, 11, 20, tzinfo=UTC)
    found = numbers(PAGE, a=begins, c=begins + timedelta(hours=2), d=begins)

    # A 9 h 10 min, C 9 h 10 min, D 13 h 10 min.
    assert found["LeadTime"].value == (9 * 60 + 10) * 60
    assert numbers(PAGE, d=begins)["LeadTime"].words == (
        "the median of 1 from commit to verified in 70 days; of 2 the commit's time is not known"
    )
    assert numbers(PAGE)["LeadTime"].value is None
    assert numbers(PAGE)["LeadTime"].words == "of 3 the commit's time is not known"


def test_another_stacks_releases_are_not_this_ones() -> None:
    assert (
        numbers([record("a", "verified", "09:00", "09:10", stack="staging")])[
            "DeploymentFrequency"
        ].value
        is None
    )


def test_what_ended_after_the_moment_is_not_counted() -> None:
    later = record("a", "verified", "09:00", "09:10", day="2026-12-24")

    assert numbers([*PAGE, later])["DeploymentFrequency"].value == pytest.approx(0.3)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PAGE),
        json.dumps({"stack": "production", "records": PAGE}, indent=2),
        "\n".join(map(json.dumps, PAGE)),
        f"{json.dumps({'records': PAGE[:2]})}\n\n{json.dumps({'records': PAGE[2:]})}\n",
    ],
)
def test_records_are_read_in_each_form(tmp_path: Path, text: str) -> None:
    file = tmp_path / "releases.json"
    file.write_text(text)

    assert load_records(file) == [Record.model_validate(each) for each in PAGE]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": "fine"}, "outcome: input should be 'begun', 'deployed'"),
        ({"digest": "latest"}, "digest: string should match pattern"),
        ({"commit": "--output=x"}, "commit: string should match pattern"),
        ({"began": "2026-11-20T09:00:00"}, "began: input should have timezone info"),
        ({"began": None, "ended": None, "time": None}, "the record: value error, one of time"),
    ],
)
def test_a_record_that_is_none_is_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    file = tmp_path / "releases.json"
    file.write_text(f"{json.dumps(PAGE[0])}\n{json.dumps(PAGE[1] | change)}\n")

    with pytest.raises(OperationError) as refused:
        load_records(file)
    assert str(refused.value).startswith(f"{file}:2: {words}")


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "releases.json"
    with pytest.raises(OperationError, match="can't be read: No such file"):
        load_records(file)
    file.write_text(f"{json.dumps(PAGE[0])}\n{{\n")
    with pytest.raises(OperationError, match=r"releases.json:2: must be JSON"):
        load_records(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(OperationError, match="it is no UTF-8"):
        load_records(file)
