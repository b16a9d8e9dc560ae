"""A real disaster and a real point-in-time recovery: the drill finds what came back, and how fast.

A PostgreSQL that archives its WAL, a base backup, writes with known times, a mistake, and a second
server that recovers to the moment before.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from operations.backup import history, local
from operations.backup.checks_file import Checks, Counts, Freshness, Migrations
from operations.backup.connecting import reading
from operations.backup.drill import Report, drill
from operations.backup.local import MARK, PREFIX, Local
from operations.command import main
from operations.errors import OperationError
from operations.moments import shown
from tests.operations.backup.shop import SCHEMA
from tests.support.postgres import base_backup, cluster, database, give, new_folder

pytestmark = pytest.mark.slow

CHECKS = Checks(
    counts=Counts(against="recorded", least=100, most=100),
    freshness=(Freshness(table="orders", column="made", minutes=5),),
    migrations=Migrations(table="public.schema_steps", column="step", newest_by="number"),
)


@dataclass
class Past:
    """A live database with a base backup, and moments of its life."""

    live: str
    folder: Path
    good: datetime
    """After the last good write."""
    last_write: datetime
    """The time that the last good transaction bears."""
    disaster: datetime

    @property
    def restorer(self) -> Local:
        return Local(self.folder / "base", self.folder / "archive", self.live, self.folder)

    def leftovers(self) -> set[Path]:
        """Return the copies that are there."""
        return set(self.folder.glob(f"{PREFIX}*"))


def now(connection: psycopg.Connection) -> datetime:
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


@pytest.fixture(name="past", scope="module")
def _past() -> Iterator[Past]:
    folder = new_folder()
    archive = folder / "archive"
    archive.mkdir()
    give(archive)
    archiving = (
        "archive_mode=on",
        f"archive_command=test ! -f {archive}/%f && cp %p {archive}/%f",
    )
    with cluster(*archiving) as server, database(server, "shop", *SCHEMA) as live:
        base_backup(server, folder / "base")
        with psycopg.connect(live, autocommit=True) as connection:
            connection.execute("insert into orders (customer) select id from customers limit 50")
            last_write = now(connection)
            time.sleep(0.3)
            good = now(connection)
            time.sleep(0.3)
            disaster = now(connection)
            connection.execute("update orders set customer = 1")
            connection.execute("drop table readings")
            connection.execute("delete from orders where id > 10")
            connection.execute("select pg_switch_wal()")
            archived = "select count(*) from pg_stat_archiver where last_archived_wal >= %s"
            row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
            assert row is not None
            while connection.execute(archived, (row[0],)).fetchone() != (1,):
                time.sleep(0.05)
        yield Past(live, folder, good, last_write, disaster)
    shutil.rmtree(folder)


BEFORE = {
    "public.customers": 100,
    "public.orders": 150,
    "public.readings": 10,
    "public.schema_steps": 2,
}


def recovered(past: Past, file: Path, moment: datetime | None, head: str = "second") -> Report:
    if not file.exists():
        history.append(file, {"stack": "staging", "verdict": "passed", "counts": BEFORE})
    return drill(past.restorer, CHECKS, stack="staging", file=file, moment=moment, head=head)


def test_the_moment_before_the_disaster_comes_back_and_is_measured(
    past: Past, tmp_path: Path
) -> None:
    file = tmp_path / "history" / "drills.jsonl"
    began = time.monotonic()
    report = recovered(past, file, past.good)
    took = time.monotonic() - began

    assert {f.check: f.verdict for f in report.outcome.findings if f.verdict != "passed"} == {}
    assert report.outcome.counts == BEFORE
    line = history.read(file)[-1]
    assert line == report.line
    assert (line["verdict"], line["kind"], line["stack"]) == ("passed", "local", "staging")
    assert 0 < line["recoveryTimeSeconds"] <= took
    # The newest transaction that came back is the last good write: so much was lost, no more.
    lost = (past.good - past.last_write).total_seconds()
    assert line["recoveryPointBy"] == "newest transaction"
    assert line["recoveryPointSeconds"] == pytest.approx(lost, abs=0.2)


def test_a_moment_after_the_disaster_does_not_pass(past: Past, tmp_path: Path) -> None:
    report = recovered(past, tmp_path / "drills.jsonl", None)

    assert not report.passed
    failed = {f.check: f.words for f in report.outcome.findings if f.verdict == "failed"}
    assert failed == {
        "row counts": "too few or too many rows: "
        "public.orders 10 of 150, public.readings is missing of 10"
    }
    assert report.line["verdict"] == "failed"


def test_the_wrong_release_does_not_pass(past: Past, tmp_path: Path) -> None:
    report = recovered(past, tmp_path / "drills.jsonl", past.good, head="third")

    assert [f.check for f in report.outcome.findings if f.verdict == "failed"] == ["migration head"]


def test_a_moment_that_the_archive_does_not_reach_is_refused_and_recorded(
    past: Past, tmp_path: Path
) -> None:
    file, later = tmp_path / "drills.jsonl", datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(OperationError, match="recovery ended before configured recovery target"):
        recovered(past, file, later)

    assert history.read(file)[-1]["verdict"] == "failed"
    assert past.leftovers() == set()


def test_the_live_database_and_other_folders_stay(past: Past, tmp_path: Path) -> None:
    before = past.leftovers()
    recovered(past, tmp_path / "drills.jsonl", past.good)

    assert past.leftovers() == before == set()
    with reading(past.live) as live:
        assert live.execute("select count(*) from public.orders").fetchone() == (10,)
    restored = past.restorer.restore(past.good)
    (Path(restored.name) / MARK).rename(Path(restored.name) / "kept")
    past.restorer.remove(restored)
    assert Path(restored.name).is_dir()
    (Path(restored.name) / "kept").rename(Path(restored.name) / MARK)
    past.restorer.remove(restored)
    assert not Path(restored.name).exists()


def test_what_a_killed_drill_left_is_removed_by_the_next(past: Past, tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom operations.backup.local import Local\n"
        "base, archive, conninfo, copies = sys.argv[1:]\n"
        "r = Local(Path(base), Path(archive), conninfo, Path(copies)).restore(None)\n"
        "print(r.name, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    restorer = past.restorer
    killed = subprocess.run(
        [
            *(sys.executable, "-c", script),
            *(restorer.base, restorer.archive, restorer.conninfo, restorer.copies),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )
    left = Path(killed.stdout.strip())
    assert (left / "data" / "postmaster.pid").exists()

    assert recovered(past, tmp_path / "drills.jsonl", past.good).passed
    assert not left.exists()


def test_half_a_line_of_a_crash_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "drills.jsonl"
    history.append(file, {"stack": "a", "verdict": "passed", "counts": {"t": 1}})
    with file.open("a") as half:
        half.write('{"stack": "a", "verd')
    history.append(file, {"stack": "a", "verdict": "failed", "counts": {"t": 2}})

    assert [each["verdict"] for each in history.read(file)] == ["passed", "failed"]
    assert history.last_counts(file, "a") == {"t": 1}
    assert history.last_counts(file, "b") is None
    assert history.last_counts(tmp_path / "none", "a") is None


def test_the_command_runs_the_same_drill(
    past: Past, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["backup", "drill", "staging", "--root", str(tmp_path), "--base-backup"]
    words += [str(past.restorer.base), "--archive", str(past.restorer.archive)]
    assert main([*words, "--dry-run", "--connect-live", past.live]) == 0
    assert main(words) == 2
    capsys.readouterr()

    # Held against the live database, which has lost rows since, the past has all of them.
    code = main([*words, "--connect-live", past.live, "--to-time", shown(past.good)])
    told = capsys.readouterr().out
    assert code == 0, told
    assert "recovery time " in told
    assert history.read(tmp_path / ".reports" / "backup-drills.jsonl")[-1]["verdict"] == "passed"


def test_the_copys_port_is_none_that_a_client_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(given.read_text().split()[0]) if given.exists() else 49_152
    assert local.free_port() < first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", local.free_port()))
        port = taken.getsockname()[1]
        monkeypatch.setattr(local, "PORTS", range(port, port + 1))
        with pytest.raises(OperationError, match=f"from {port} to {port} is free"):
            local.free_port()
    assert local.free_port() == port
