"""A copy is held against all of the original, or against nothing."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.command import main
from tests.support.persons import MADE
from tests.support.postgres import database

pytestmark = pytest.mark.slow


@pytest.fixture
def taken(originals: str, here: Path, capsys: Any) -> Path:
    with database(originals, "taken", *MADE) as original:
        assert main(["scan", "fingerprint", "--database", original]) == 0
    capsys.readouterr()
    return here / "fingerprint.db"


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_half_of_one_is_none(copies: str, taken: Path, capsys: Any, kept: float) -> None:
    data = taken.read_bytes()
    taken.write_bytes(data[: int(kept * len(data))])
    with database(copies, "compared", *MADE) as target:
        refused(target, taken, capsys)


def test_one_that_is_damaged_inside_is_none(copies: str, taken: Path, capsys: Any) -> None:
    data = bytearray(taken.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    # The first page holds what tables there are; of all others nothing is left.
    data[2 * page :] = b"\xff" * len(data[2 * page :])
    taken.write_bytes(data)
    with database(copies, "compared", *MADE) as target:
        refused(target, taken, capsys)


def refused(target: str, taken: Path, capsys: Any) -> None:
    fingerprint = ["--fingerprint", str(taken)]
    assert main(["scan", "run", "--database", target, *fingerprint]) == 2
    (line,) = (each for each in capsys.readouterr().err.splitlines() if not each.startswith("  "))
    assert line == f"{taken}: can't be read as a fingerprint"
    assert not taken.with_name("scan.json").exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("drop table orders cascade", "public.orders.text"),
        ("alter table people drop bio", "public.people.bio"),
    ],
)
def test_what_the_original_has_must_be_there(
    copies: str, taken: Path, capsys: Any, change: str, name: str
) -> None:
    fingerprint = ["--fingerprint", str(taken)]
    with database(copies, "compared", *MADE, change) as target:
        assert main(["scan", "run", "--database", target, *fingerprint]) == 2
    assert capsys.readouterr().err == (
        f"database: is not whole: has no {name}, which the original has\n"
    )
    assert not taken.with_name("scan.json").exists()


def test_what_the_sanitiser_notes_in_the_original_is_none_of_it(
    originals: str, here: Path, capsys: Any
) -> None:
    notes = ("create schema understudy_subset_0", "create table understudy_subset_0.t (a text)")
    with database(originals, "noted", *MADE, *notes) as original:
        assert main(["scan", "fingerprint", "--database", original]) == 0
        told = capsys.readouterr().err
        assert "people" in told
        assert "understudy" not in told
        command = ["scan", "run", "--fingerprint", str(here / "fingerprint.db")]
        with psycopg.connect(original) as connection:
            connection.execute("drop schema understudy_subset_0 cascade")
        assert main([*command, "--database", original]) == 1
    assert json.loads((here / "scan.json").read_text())["findings"]
