"""A real PostgreSQL for tests: a cluster in a folder of its own, on a free port of the loopback."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.backup.local import free_port, server_account

USER = "postgres"
LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8")
QUICK = "-c fsync=off -c shared_buffers=16MB -c jit=off"
"""Nothing here outlives the machine; what is small is mapped by each session and never compiled."""
WAIT_SECONDS = 60.0
"""Far more than anything takes that is waited for."""
MEMORY = Path("/dev/shm")  # noqa: S108
MEMORY_BYTES = 2 * 1024**3
"""How much must be free there for servers to lie in it; a container may have no more than 64 MB."""


OUTLIVED = """
cat
find "$1" -name postmaster.pid -exec head -q -n 1 {} + | while read -r server; do
    kill -QUIT "$server"
    while kill -0 "$server" 2>/dev/null; do sleep 0.1; done
done
rm -rf "$1"
"""
"""What ends the servers of a process that has ended; most have none left by then."""


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; Debian keeps them off the PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, installed), None)
    if found is None:
        raise FileNotFoundError(f"{name}: PostgreSQL is not installed (apt-get install postgresql)")
    return found


@contextmanager
def plain_programs() -> Iterator[None]:
    """Let its programs on the PATH be its own; Debian's stand-ins for them load Perl first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(program("pg_ctl")).resolve().parent), prepend=os.pathsep)
        yield


@contextmanager
def cluster(*settings: str, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run a server that trusts this machine alone; give what connects to it as its owner.

    ``settings`` are as in ``postgresql.conf``: ``archive_mode=on``. ``host`` is any address of the
    loopback, ``port`` a free one where none is given.
    """
    with _data() as data:
        # As its account: the copy is then its own.
        _run(["/bin/cp", "-a", str(_made()), str(data)], server_account())
        with _started(data, *settings, host=host, port=port or free_port()) as server:
            yield server


@contextmanager
def standby(server: str) -> Iterator[str]:
    """Run a standby of a server; give what connects to it."""
    with _data() as data:
        _run([program("pg_basebackup"), "-D", str(data), "-d", server, "-R"], server_account())
        with _started(data, host="127.0.0.1", port=free_port()) as found:
            yield found


@cache
def _made() -> Path:
    """Return a new server's data, made once for all servers of this process."""
    folder = new_folder()
    made = ["-D", str(folder / "data"), "-U", USER, "--auth=trust", "--no-sync", *LOCALE]
    _run([program("initdb"), *made], server_account())
    return folder / "data"


@contextmanager
def _data() -> Iterator[Path]:
    """Give a place for a server's data."""
    folder = new_folder()
    try:
        yield folder / "data"
    finally:
        shutil.rmtree(folder)


def new_folder() -> Path:
    """Return a new folder of the server's own, in memory where there is room.

    A database is 300 files: on a disk it takes ten times as long to make.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
    folder = Path(tempfile.mkdtemp(dir=_place(MEMORY if roomy else None)))
    give(folder)
    return folder


@cache
def _place(within: Path | None) -> Path:
    """Return where the servers of this process lie, which they do not outlive, however it ends."""
    # Not in a folder of pytest's: those are closed to the account that the server runs as.
    place = Path(tempfile.mkdtemp(prefix="understudy-postgres-", dir=within))
    place.chmod(0o711)
    # The other end stays open until this process has ended, and is nobody else's.
    reading, _ = os.pipe()
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", OUTLIVED, "sh", str(place)],
        stdin=reading,
        # Out of the terminal's reach, which interrupts all that it runs.
        start_new_session=True,
    )
    os.close(reading)
    # It outlives this process on purpose; Python would warn of one that nobody waited for.
    watcher.returncode = 0
    return place


@contextmanager
def _started(data: Path, *settings: str, host: str, port: int) -> Iterator[str]:
    options = f"-p {port} -c listen_addresses={host} -c unix_socket_directories='' {QUICK}"
    options += "".join(f' -c "{setting}"' for setting in settings)
    control = [program("pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-l", str(data.parent / "log"), "-o", options, "start"], server_account())
    try:
        yield f"host={host} port={port} user={USER}"
    finally:
        _run([*control, "-m", "fast", "stop"], server_account())


def restart(server: str, how: str) -> None:
    """Stop a server, ``fast`` or ``immediate`` as in a crash, and start it again."""
    ((data,),) = rows(f"{server} dbname=postgres", "show data_directory")
    control = [program("pg_ctl"), "-D", data, "-w", "-l", f"{data}/../log", "-m", how, "restart"]
    _run(control, server_account())


@contextmanager
def database(
    server: str, name: str, *statements: str, tablespace: str = "", template: str = "template1"
) -> Iterator[str]:
    """Make a database with what statements make; give what connects to it, and drop it after.

    ``template`` is another that it begins as; all of it but a comment on it comes along.
    """
    where = f" template {template}" + (f" tablespace {tablespace}" if tablespace else "")
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        # Copied without a log of it: a third of the time, as nothing is forced to a disk.
        connection.execute(f'create database "{name}"{where} strategy file_copy'.encode())
        target = f"{server} dbname={name}"
        with psycopg.connect(target, autocommit=True) as inside:
            for statement in statements:
                inside.execute(statement.encode())
        try:
            yield target
        finally:
            connection.execute(f'drop database if exists "{name}" with (force)'.encode())


def rows(conninfo: str, query: str) -> list[Any]:
    """Return what a query gives."""
    with psycopg.connect(conninfo) as connection:
        return connection.execute(query.encode()).fetchall()


@contextmanager
def tablespace(server: str, name: str, disk: Path) -> Iterator[None]:
    """Let databases lie on a disk."""
    (disk / name).mkdir()
    give(disk / name)
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"create tablespace {name} location '{disk / name}'".encode())
        try:
            yield
        finally:
            connection.execute(f"drop tablespace {name}".encode())


def drop(server: str, name: str) -> None:
    """Drop a database from under whoever is connected to it."""
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        # Who waits ends first: it would pass what the others let go when they end.
        waiting = "datname = %s and wait_event_type = 'Lock'"
        ended = f"select pg_terminate_backend(pid, 60000) from pg_stat_activity where {waiting}"
        connection.execute(ended.encode(), [name])
        connection.execute(f'drop database "{name}" with (force)'.encode())


def await_backend(server: str, condition: str) -> None:
    """Wait until a backend is in a state, by the columns of ``pg_stat_activity``."""
    others = f"from pg_stat_activity where {condition} and pid <> pg_backend_pid()"
    await_true(f"{server} dbname=postgres", f"exists (select {others})")


def await_true(conninfo: str, condition: str) -> None:
    """Wait until a database says that something is so."""
    deadline = time.monotonic() + WAIT_SECONDS
    # One session for all looks: to begin one takes more than any of them.
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while connection.execute(f"select {condition}".encode()).fetchone() != (True,):
            if time.monotonic() > deadline:
                raise TimeoutError(condition)
            time.sleep(0.02)


def give(folder: Path) -> None:
    """Make a folder the server's own."""
    account = server_account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def base_backup(server: str, folder: Path) -> None:
    """Write a base backup of a running server into a folder, as its account."""
    to = ["-D", str(folder), "-d", server, "-X", "none", "-c", "fast"]
    _run([program("pg_basebackup"), *to], server_account())


def _run(command: list[str], account: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        command,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        # The server keeps what it inherits open, so a pipe would never end.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed with {done.returncode}")
