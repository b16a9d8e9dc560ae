"""A disk that is full, the target's or this machine's: no copy, no half of a file, and a way on."""

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.command import main
from tests.operations.sanitise.copies import copying, is_no_copy, is_whole
from tests.support.disk import disk, fill, root_only
from tests.support.persons import MADE
from tests.support.postgres import database, tablespace

pytestmark = [pytest.mark.slow, root_only]

WIDE = (
    *MADE,
    "create table wide as select n, n as m from generate_series(1, 100000) n",
    *(f"create index wide_{n} on wide (m, n)" for n in range(5)),
)
"""Rows of 4 MiB, and indexes of two and more each."""


@pytest.mark.parametrize(
    ("free_kib", "line"),
    [
        # Whichever table was the first to find none.
        (2048, r"public\.\w+: could not be copied \(DiskFull, SQLSTATE 53100\)"),
        (7168, r'pg_restore: could not extend file "[\w/]+": .+'),
    ],
)
def test_a_copy_whose_disk_is_full_goes_on_once_there_is_room(
    server: str, rules: Path, capsys: Any, free_kib: int, line: str
) -> None:
    told = yaml.safe_load(rules.read_text())
    column = {"type": "integer", "mask": "keep"}
    told["tables"]["public.wide"] = {"columns": {"n": column, "m": column}}
    rules.write_text(yaml.safe_dump(told))
    with (
        disk(40_960) as folder,
        tablespace(server, "small", folder),
        database(server, "wide_source", *WIDE) as source,
        database(server, "small", tablespace="small") as target,
    ):
        ballast = fill(folder, but_kib=free_kib)
        assert re.fullmatch(line, copying(source, target, rules).ends(1))
        is_no_copy(target, rules, capsys, begun=True)
        ballast.unlink()
        copying(source, target, rules).done()
        is_whole(target)


def test_a_draft_that_finds_no_room_leaves_no_half_of_it(persons: str, capsys: Any) -> None:
    with disk(64) as folder:
        ballast = fill(folder)
        rules = folder / "sanitise.yaml"
        assert main(["sanitise", "init", "--database", persons, "--rules", str(rules)]) == 2
        assert capsys.readouterr().err == f"{rules}: can't be written: No space left on device\n"
        assert list(folder.iterdir()) == [ballast]


def test_definitions_that_find_no_room_on_this_machine_leave_no_copy(
    server: str, target: str, rules: Path, capsys: Any
) -> None:
    comment = f"comment on table people is '{secrets.token_hex(20_000)}'"
    with database(server, "wordy", *MADE, comment) as source:
        with disk(64) as folder:
            # A page, so that Python finds the folder to be one that can be written to.
            ballast = fill(folder, but_kib=4)
            line = copying(source, target, rules, TMPDIR=str(folder)).ends(1)
            assert line == "pg_dump: could not write to output file: No space left on device"
            assert list(folder.iterdir()) == [ballast]
        is_no_copy(target, rules, capsys, begun=True)
        copying(source, target, rules).done()
    is_whole(target)
