"""Connections to databases that are checked: read-only, and without a secret in any argument."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from operations.errors import OperationError

SECRET = ("password", "sslpassword")
CONNECT_SECONDS = 20


def without_secret(conninfo: str, option: str) -> str:
    """Return what connects; OperationError where it holds a password or is none.

    What stands in arguments is seen by everyone on the machine.
    """
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.Error:
        raise OperationError(f"{option}: must be as libpq takes it, like host=… dbname=…") from None
    if any(name in given for name in SECRET):
        raise OperationError(f"{option}: must hold no password; set PGPASSWORD or use a file")
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
        words = " ".join(str(error).split()) or type(error).__name__
        raise OperationError(f"database: {words}") from None
    with connection:
        connection.execute("set default_transaction_read_only = on")
        connection.execute("select set_config('statement_timeout', %s, false)", (f"{seconds}s",))
        # Names in answers are then always whole.
        connection.execute("set search_path = pg_catalog")
        yield connection
