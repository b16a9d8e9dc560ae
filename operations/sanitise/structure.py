"""The definitions around rows: tables and the ledger before them, indexes and constraints after.

``pg_dump`` tells them; they are made in one transaction of a connection that ends with us.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from operations.errors import OperationError
from operations.sanitise.schema import OWN, SEARCH_PATH

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
SEQUENCES = SQL("""
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and {own}
""").format(own=OWN)


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


def restore(source: str, target: str, section: str, more: str) -> None:
    """Take a section of a database's definition over, with more statements; all or nothing."""
    text = _dumped(source, section)
    try:
        with psycopg.connect(target, client_encoding="UTF8") as connection:
            connection.execute(text)
            connection.execute(more.encode())
    except psycopg.Error as error:
        raise OperationError(f"target: {_told(error)}") from None


def _dumped(source: str, section: str) -> bytes:
    command = ["pg_dump", "--section", section, *LEFT_OUT, "--encoding=UTF8", "--dbname", source]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise OperationError("pg_dump: is not installed") from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise OperationError(f"pg_dump: {words[0] if words else done.returncode}")
    return FOR_PSQL.sub(b"", done.stdout)


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
    """Return what kind of error it is; PostgreSQL's own words may quote a value of a row."""
    named = error.diag.constraint_name
    what = f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
    return f"{what}, {named}" if named else what
