"""The tests' own PostgreSQL ends with the tests, however those end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.project import ROOT

pytestmark = pytest.mark.slow

LONGEST_SECONDS = 20.0
RUNS = """
import sys
from tests.support import postgres

with postgres.cluster() as first, postgres.cluster() as second:
    print(postgres.new_folder().parent, first, second, sep="\\n", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("killed", [True, False])
def test_servers_end_with_whoever_started_them(*, killed: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUNS],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        place, *servers = (process.stdout.readline().rstrip("\n") for _ in range(3))
        for server in servers:
            psycopg.connect(f"{server} dbname=postgres").close()
        if killed:
            process.send_signal(signal.SIGKILL)
    assert process.returncode == (-signal.SIGKILL if killed else 0)

    end = time.monotonic() + LONGEST_SECONDS
    while Path(place).exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(place).exists()
    for server in servers:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"{server} dbname=postgres")
