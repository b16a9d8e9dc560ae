"""The definitions around rows: tables and the ledger before them, indexes and constraints after.

``pg_dump`` tells them. Tables are made in one transaction of a connection that ends with us; what
stands after the rows is made by ``pg_restore``, which builds several indexes at once.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import psycopg
from psycopg.sql import SQL, Identifier

from operations import conninfo
from operations.errors import OperationError
from operations.sanitise.schema import OWN, SEARCH_PATH
from operations.stopping import running

LEDGER = """
create schema understudy_sanitise;
create table understudy_sanitise.run (mark text not null);
create table understudy_sanitise.done (part text primary key, rows bigint not null);
"""
"""What the copy says of how far it is; gone once it is whole."""
LEFT_OUT = ("--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions",
            "--no-security-labels", "--no-blobs",
            "--exclude-schema=understudy_subset_*")  # fmt: skip
FOR_PSQL = re.compile(rb"^\\(?:un)?restrict .*$", re.MULTILINE)
"""The only lines of a dump without rows that are no SQL (PostgreSQL docs, "pg_dump")."""
OF_PROGRAMS = re.compile(r"^pg_\w+: (error: )?(could not execute query: )?((ERROR|FATAL): +)?")
"""How a program begins before it says what is wrong."""
WITHOUT_VALUES = re.compile(
    r'could not create unique index "[^"]*"'
    r'|insert or update on table "[^"]*" violates foreign key constraint "[^"]*"'
    r'|check constraint "[^"]*" of relation "[^"]*" is violated by some row'
    r'|could not (extend|write( to)?) file "[^"]*": [\w ]+'
    r"|terminating connection due to [\w ]+|server closed the connection unexpectedly"
    r"|connection to server .* failed: .*|could not write to output file: [\w ]+"
)
"""What may be told of what is made over rows: other words of PostgreSQL's may quote one."""
COMMAND = re.compile(r"^Command was: (.+?);$", re.MULTILINE | re.DOTALL)
"""What pg_restore was at; it is a definition, and holds nothing of a row."""
SEQUENCES = SQL("""
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and {own}
""").format(own=OWN)

BUILDS_IN_MEMORY = "-c maintenance_work_mem=128MB"
"""For indexes and foreign keys (docs, "Populating a Database"); PostgreSQL's own default is 64 MB.

With it a reference of eight million rows to two million is checked without writing aside.
"""


@contextmanager
def session(conninfo: str) -> Iterator[psycopg.Connection]:
    """Connect so that a value reads alike in every database, and no row is hidden from the copy.

    Where policies would hide rows, PostgreSQL refuses the query instead (docs, "row_security").
    JIT is off: PostgreSQL takes masks for costly, and would compile them for seconds.
    """
    with psycopg.connect(conninfo, client_encoding="UTF8") as connection:
        connection.execute(
            "select set_config(name, value, false) from (values ('search_path', %s),"
            " ('row_security', 'off'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'),"
            " ('extra_float_digits', '1'), ('timezone', 'UTC'), ('lc_monetary', 'C'),"
            " ('bytea_output', 'hex'), ('statement_timeout', '0'), ('jit', 'off'))"
            " as s(name, value)",
            [SEARCH_PATH],
        )
        connection.commit()
        yield connection


def begin(source: str, target: str, more: str) -> None:
    """Make a database's tables without rows, and what ``more`` says; all or nothing."""
    dumped = _ran("pg_dump", "--section=pre-data", *LEFT_OUT, "--dbname", source)
    try:
        with psycopg.connect(target, client_encoding="UTF8") as connection:
            connection.execute(FOR_PSQL.sub(b"", dumped))
            connection.execute(more.encode())
    except psycopg.Error as error:
        raise OperationError(f"target: {_told(error)}") from None


def complete(source: str, target: str, workers: int) -> None:
    """Make what stands after the rows, several indexes at once.

    Whatever a run that was killed has made of it is dropped first, and made again.
    """
    with _folder() as folder:
        file = str(folder / "post-data")
        # With the tables' own definitions: only from these does pg_restore know which constraints
        # lock the same tables, and may not be made at once.
        both = ("--section=pre-data", "--section=post-data")
        into = ("--format=custom", "--file", file)
        _ran("pg_dump", *both, *LEFT_OUT, *into, "--dbname", source)
        again = ("--clean", "--if-exists", "--exit-on-error", "--no-owner")
        only = ("--section=post-data", "--jobs", str(workers))
        _ran("pg_restore", *only, *again, "--dbname", target, file)


@contextmanager
def _folder() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="understudy-sanitise-")
    except OSError as error:
        raise OperationError(f"temporary folder: can't be made: {error.strerror}") from None
    with folder as name:
        yield Path(name)


def _ran(program: str, *arguments: str) -> bytes:
    """Run one of PostgreSQL's programs; OperationError where it fails or is not there."""
    # What they write and say is UTF-8, as are the names in it, and English.
    environment = {**os.environ, "PGCLIENTENCODING": "UTF8", "LC_ALL": "C"}
    environment["PGOPTIONS"] = f"{os.environ.get('PGOPTIONS', '')} {BUILDS_IN_MEMORY}".strip()
    try:
        with running([program, *arguments], environment, output=PIPE) as process:
            out, said = process.communicate()
    except (FileNotFoundError, PermissionError):
        raise OperationError(f"{program}: is not installed, or may not be run") from None
    if process.returncode != 0:
        words = _first_words(said.decode(errors="replace"))
        raise OperationError(f"{program}: {words or f'ended with {process.returncode}'}")
    return out


def _first_words(said: str) -> str:
    """Return what the first error says, or what it is about; lines after it may quote a row."""
    lines = said.strip().splitlines()
    told = next((line for line in lines if "error: " in line), "".join(lines[:1]))
    words, command = OF_PROGRAMS.sub("", told), COMMAND.search(said)
    if command and not WITHOUT_VALUES.fullmatch(words):
        return f"failed at {' '.join(command[1].split())}; the target's log says why"
    return words


def _told(error: psycopg.Error) -> str:
    """Return the first line of what PostgreSQL says; those after it may quote a row."""
    primary = error.diag.message_primary or kind(error)
    return primary.splitlines()[0]


def set_sequences(source: str, target: str) -> None:
    """Let every sequence go on where the source's stands."""
    with session(source) as there, session(target) as here:
        for schema, name in there.execute(SEQUENCES).fetchall():
            own = Identifier(schema, name)
            query = SQL("select last_value, is_called from {}").format(own)
            for last, called in there.execute(query).fetchall():
                values: Sequence[object] = [own.as_string(None), last, called]
                here.execute("select setval(%s::regclass, %s, %s)", values)


def kind(error: psycopg.Error) -> str:
    """Return what kind of error it is, with the constraint that it is about."""
    named, what = error.diag.constraint_name, conninfo.kind(error)
    return f"{what}, {named}" if named else what
