"""Connections to databases that are checked: read-only, and without a secret in any argument."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import psycopg

from operations.conninfo import refuse_secret, unreachable
from operations.errors import OperationError

CONNECT_SECONDS = 20


def without_secret(conninfo: str, option: str) -> str:
    """Return what connects; OperationError where it holds a password or is none."""
    try:
        refuse_secret(conninfo, option)
    except psycopg.Error:
        raise OperationError(f"{option}: must be as libpq takes it, like host=… dbname=…") from None
    return conninfo


@contextmanager
def reading(
    conninfo: str, *, password: str | None = None, seconds: int = 900
) -> Iterator[psycopg.Connection]:
    """Connect for reading; OperationError where nobody answers or the login is refused.

    Each statement stands alone and ends after ``seconds``: one that fails spoils no other.
    """
    try:
        connection = psycopg.connect(
            conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS, password=password
        )
    except psycopg.Error as error:
        raise unreachable(error) from None
    with connection:
        connection.execute("set default_transaction_read_only = on")
        connection.execute("select set_config('statement_timeout', %s, false)", (f"{seconds}s",))
        # Names in answers are then always whole.
        connection.execute("set search_path = pg_catalog")
        yield connection


@contextmanager
def reading_if_it_answers(
    conninfo: str, *, password: str | None = None
) -> Iterator[psycopg.Connection | None]:
    """Connect for reading; None where nobody answers or the login is refused."""
    with ExitStack() as stack:
        connection = None
        with suppress(OperationError):
            connection = stack.enter_context(reading(conninfo, password=password))
        yield connection
