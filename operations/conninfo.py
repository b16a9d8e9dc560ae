"""What every command that connects to PostgreSQL holds to: no secret in arguments or in errors."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from operations.errors import OperationError, one_line

SECRET = ("password", "sslpassword")

# It warns of what it could not undo on a broken connection: that is told in one line of ours.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def refuse_secret(conninfo: str, option: str) -> None:
    """Raise OperationError for a password: what stands in arguments is seen by everyone.

    psycopg's error goes through where it is no conninfo at all.
    """
    if any(name in conninfo_to_dict(conninfo) for name in SECRET):
        raise OperationError(f"{option}: must hold no password; set PGPASSWORD or use a file")


@contextmanager
def connected(
    conninfo: str, option: str = "--database", *, name: str = ""
) -> Iterator[psycopg.Connection]:
    """Connect for one transaction, to another database of the server where a ``name`` is given.

    OperationError where nobody answers, where a password stands in the option, or where the
    connection breaks off.
    """
    who = option.removeprefix("--")
    try:
        refuse_secret(conninfo, option)
        place = make_conninfo(conninfo, dbname=name) if name else conninfo
        connection = psycopg.connect(place, client_encoding="UTF8")
    except psycopg.Error as error:
        raise unreachable(error, who) from None
    try:
        with connection:
            yield connection
            if connection.closed:
                # psycopg leaves a block without a word then, and nothing is committed.
                raise OperationError(f"{who}: broke off")
    except psycopg.Error as error:
        raise OperationError(f"{who}: broke off ({kind(error)})") from None


def unreachable(error: psycopg.Error, who: str = "database") -> OperationError:
    """Return what is told of a database that does not answer, or refuses the login."""
    return OperationError(f"{who}: {one_line(error)}")


def kind(error: psycopg.Error) -> str:
    """Return what kind of error it is; PostgreSQL's own words may quote a value of a row."""
    name = type(error).__name__
    return f"{name}, SQLSTATE {error.sqlstate}" if error.sqlstate else name
