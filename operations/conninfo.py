"""What every command that connects to PostgreSQL holds to: no secret in arguments or in errors."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from operations.errors import OperationError, one_line

SECRET = ("password", "sslpassword")


def refuse_secret(conninfo: str, option: str) -> None:
    """Raise OperationError for a password: what stands in arguments is seen by everyone.

    psycopg's error goes through where it is no conninfo at all.
    """
    if any(name in conninfo_to_dict(conninfo) for name in SECRET):
        raise OperationError(f"{option}: must hold no password; set PGPASSWORD or use a file")


def unreachable(error: psycopg.Error) -> OperationError:
    """Return what is told of a database that does not answer, or refuses the login."""
    return OperationError(f"database: {one_line(error)}")


def kind(error: psycopg.Error) -> str:
    """Return what kind of error it is; PostgreSQL's own words may quote a value of a row."""
    return f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
