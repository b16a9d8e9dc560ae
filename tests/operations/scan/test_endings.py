"""The processes of a scan end with the one that has begun them, however that ends."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.operations.scan.runs import ENDINGS, left, scanning
from tests.support.commands import Command, in_session
from tests.support.postgres import await_backend, database

pytestmark = pytest.mark.slow

LARGE = tuple(
    f"create table large_{n} as select i, string_agg(md5(i::text || j), ' ') as words"
    " from generate_series(1, 10000) i, generate_series(1, 27) j group by i"
    for n in range(2)
)
"""Two tables of 10 MiB, each worth a process, that take some seconds to read."""
READS = "state = 'active' and query ~ '^copy' and datname = 'large'"


@pytest.fixture(name="large", scope="module")
def _large(copies: str) -> Iterator[str]:
    with database(copies, "large", *LARGE) as target:
        yield target


@pytest.fixture(name="command")
def _command(copies: str, large: str, here: Path) -> Command:
    """Return a scan whose processes are reading."""
    command = scanning("run", large, here, "--workers", "2")
    await_backend(copies, READS)
    return command


@pytest.mark.parametrize("how", ENDINGS)
def test_where_it_is_stopped_nobody_says_so_but_itself(
    command: Command, here: Path, how: str
) -> None:
    getattr(command, how)()
    line = command.ends(ENDINGS[how])
    assert line == ("interrupted" if how == "interrupt" else "ended by SIGTERM")
    assert left(here) == ["sanitise.yaml"]


def test_an_interrupt_finds_them_while_they_begin(large: str, here: Path) -> None:
    command = scanning("run", large, here, "--workers", "2")
    while not any("spawn_main" in each for each in in_session(command.process.pid).values()):
        assert command.process.poll() is None
    command.interrupt()
    assert command.ends(130) == "interrupted"
    assert left(here) == ["sanitise.yaml"]


def test_one_that_loses_its_connection_ends_the_scan(
    command: Command, large: str, here: Path
) -> None:
    with psycopg.connect(large) as connection:
        ended = f"select pg_terminate_backend(pid) from pg_stat_activity where {READS}"
        connection.execute(ended.encode())
    assert command.ends(2).startswith("public.large_")
    assert left(here) == ["sanitise.yaml"]


def test_one_that_is_killed_ends_the_scan(command: Command, here: Path) -> None:
    (one, _) = workers(command)
    os.kill(one, signal.SIGKILL)
    assert command.ends(2) == "scan: one of its processes was ended"
    assert left(here) == ["sanitise.yaml"]


def test_they_end_where_it_is_killed_itself(command: Command, here: Path) -> None:
    assert len(workers(command)) == 2
    command.process.kill()
    command.process.wait()
    assert command.left_over() == []
    command.process.communicate()
    assert left(here) == ["sanitise.yaml"]


def workers(command: Command) -> list[int]:
    """Return the processes that a command reads by."""
    return [
        number for number, line in in_session(command.process.pid).items() if "spawn_main" in line
    ]
