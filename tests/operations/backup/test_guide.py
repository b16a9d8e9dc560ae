"""Every command of the guide is run as it stands, from the first to the last."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from operations.backup.checks_file import FILE, load_checks
from operations.command import main
from operations.moments import shown
from tests.operations.backup.shop import SCHEMA
from tests.operations.backup.stack import Stack
from tests.settings.workspace import ROOT
from tests.support.guides import commands
from tests.support.postgres import database

PAGE = ROOT / "docs" / "backup-and-restore.md"


@pytest.fixture(name="reach")
def _reach(server: str) -> Iterator[list[str]]:
    with database(server, "live", *SCHEMA) as live, database(server, "restored", *SCHEMA) as copy:
        yield ["--connect", copy, "--connect-live", live]


def test_every_command_does_what_it_says(
    stack: Stack, reach: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    stack.snapshot(f"{stack.identifier}-by-hand")
    time.sleep(1)  # So that there is a whole second to restore.
    ran = []
    for words in commands(PAGE):
        if "--base-backup" in words:
            continue  # tests/operations/backup/test_local_recovery.py has the base backup.
        given = [shown(datetime.now(UTC)) if word.startswith("2026-") else word for word in words]
        more = reach if words[1] in ("drill", "restore") else []
        if words[0] == "rollback-check":
            more = ["--running", "1.0.0"]
        code = main([*given, *more, "--root", str(stack.root)])
        told = capsys.readouterr()
        # The ledger as it is committed lists no migrations, and says so.
        assert code == (1 if words[0] == "rollback-check" else 0), (words, told)
        ran.append(words[1] if words[0] == "backup" else words[0])
    assert ran == [
        "list", "verify", "drill", "restore", "swap", "undo", "rollback-check",
    ]  # fmt: skip


def test_the_checks_that_it_shows_are_taken(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    (tmp_path / FILE).write_text(text)

    assert load_checks(tmp_path).freshness[0].table == "public.orders"
    assert yaml.safe_load(text)["migrations"]["column"] == "version_num"
