"""Connections of the scan: they read one state of the whole database, and all of it or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Literal

from operations.conninfo import connected
from operations.errors import OperationError

SETTINGS = (
    "set bytea_output = hex",
    "set datestyle = 'ISO, YMD'",
    "set intervalstyle = iso_8601",
    "set extra_float_digits = 1",
    "set timezone = 'UTC'",
    "set statement_timeout = 0",
    "set idle_in_transaction_session_timeout = 0",
    # Rows that a policy hides would not be scanned; PostgreSQL then refuses the query.
    "set row_security = off",
    "set search_path = pg_catalog",
)
"""So that the same value has the same text in every session."""


@contextmanager
def reading(conninfo: str, name: str = "", *, snapshot: str = "") -> Iterator[psycopg.Connection]:
    """Connect for reading one state of a database, or of another one beside it by name.

    With a ``snapshot`` that another session exports, of the very state that it reads.

    OperationError where nobody answers, or a password stands where everyone can see it.
    """
    with connected(conninfo, name=name) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if snapshot:
            connection.execute(SQL("set transaction snapshot {}").format(Literal(snapshot)))
        for setting in SETTINGS:
            connection.execute(setting.encode())
        if connection.execute("show server_encoding").fetchone() == ("SQL_ASCII",):
            raise OperationError("database: has no encoding (SQL_ASCII): its text can't be read")
        yield connection
