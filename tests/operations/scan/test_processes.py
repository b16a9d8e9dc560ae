"""Several processes come to the same as one, and none of them holds a table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.command import main
from operations.scan import stream
from tests.support.postgres import database
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

ROWS = """
insert into t select n, case when n % 500 = 0 then 'person' || n || '@posteo.de' else 'word' end
from generate_series(1, 5000) n
"""


def scanned(target: str, folder: Path, workers: int) -> dict[str, Any]:
    report = folder / f"{workers}.json"
    options = ["--database", target, "--report", str(report), "--workers", str(workers)]
    assert main(["scan", "run", *options]) == 1
    found: dict[str, Any] = json.loads(report.read_text())
    return {**found, "time": None}


def test_several_processes_find_what_one_does(
    copies: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database(copies, "parts", "create table t (id int, a text)", ROWS) as target:
        whole = scanned(target, tmp_path, 1)
        monkeypatch.setattr(stream, "AT_ONCE", 5)
        monkeypatch.setattr(stream, "LARGE_PAGES", 1)

        assert scanned(target, tmp_path, 2) == whole
    assert whole["rows"] == {"public.t": 5000}
    assert [each["count"] for each in whole["findings"]] == [10]


def test_a_process_that_cannot_read_stops_the_scan(
    copies: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(stream, "LARGE_PAGES", 1)
    monkeypatch.setattr(stream, "AT_ONCE", 5)
    statements = (
        "create table t (id int, a text)",
        ROWS,
        "alter table t enable row level security",
        "create role reader login",
        "grant select on t to reader",
    )
    report = tmp_path / "scan.json"
    with database(copies, "hidden_parts", *statements) as target:
        reader = target.replace("user=postgres", "user=reader")
        try:
            options = ["--report", str(report), "--workers", "2"]
            assert main(["scan", "run", "--database", reader, *options]) == 2
        finally:
            with psycopg.connect(target) as connection:
                connection.execute("drop owned by reader; drop role reader")
    assert capsys.readouterr().err.startswith("public.t: could not be read (Insufficient")
    assert not report.exists()


MEASURED = """
import re, sys
from pathlib import Path
from operations.command import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""


def peak_kib(*arguments: str) -> int:
    """Return how much memory a command takes at most, without what its parent has."""
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_ten_times_the_rows_take_no_more_memory(
    originals: str, copies: str, tmp_path: Path
) -> None:
    (tmp_path / "sanitise.yaml").write_text("tables: {}\n")
    files = ["--rules", str(tmp_path / "sanitise.yaml")]
    fingerprint = ["--fingerprint", str(tmp_path / "fingerprint.db")]
    peaks = []
    for rows in (1_200, 12_000):
        filled = f"insert into t select repeat(md5(n::text), 30) from generate_series(1, {rows}) n"
        statements = ("create table t (a text)", filled)
        with database(originals, "original", *statements) as original:
            took = peak_kib("scan", "fingerprint", "--database", original, *files, *fingerprint)
        other = filled.replace("md5(n::text)", "md5('x' || n)")
        with database(copies, "copy", "create table t (a text)", other) as target:
            report = ["--report", str(tmp_path / "scan.json"), "--workers", "1"]
            options = ["--database", target, *fingerprint, *report]
            peaks.append((took, peak_kib("scan", "run", *options)))

    (few, scan_few), (many, scan_many) = peaks
    # The rows of the second are 12 MB, and more than twice that in Python's hands.
    assert many - few < 6_144
    assert scan_many - scan_few < 6_144
