"""The database as it lets somebody in: over TLS, without it, and what it says of itself.

It logs in as the master user and reads only; of rows, nothing but the last step of the migrations.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from operations.backup import facts
from operations.backup.checks_file import load_checks
from operations.backup.connecting import CONNECT_SECONDS, reading
from operations.environment.reach import Reach
from operations.errors import OperationError, one_line
from operations.place import Place

PARAMETERS = """
select name, setting, vartype, unit, pending_restart from pg_settings where name = any(%s)
"""
ROLE = """
select rolcanlogin, rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication,
       exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
               where m.member = r.oid and g.rolname = 'rds_iam')
from pg_roles r where rolname = %s
"""
ENCRYPTION = "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()"
NO_PASSWORD = {"password": "", "passfile": "/dev/null/none"}
"""Given as empty, and a file that can't be: libpq takes none from PGPASSWORD or a file either."""


@dataclass(frozen=True)
class Role:
    """The role that the application logs in as."""

    may_log_in: bool
    mighty: bool
    """Whether it may more than rows: make databases or roles, go past policies, replicate."""
    by_iam: bool


@dataclass(frozen=True)
class Parameter:
    """One parameter in force."""

    setting: str
    kind: str
    """PostgreSQL's ``vartype``: bool, integer, real, enum or string."""
    waits: bool
    """Whether another value waits for a restart."""


@dataclass(frozen=True)
class Database:
    """What it says of itself over a connection whose certificate was verified."""

    tls: str
    """The version of TLS."""
    version: str
    role: Role | None
    parameters: Mapping[str, Parameter]
    migrations_kept: bool
    """Whether backup-checks.yaml says where the migrations write how far they are."""
    head: str | None


@dataclass(frozen=True)
class NotReached:
    """Nobody was let in, and why."""

    words: str


@dataclass(frozen=True)
class Plain:
    """What came of a connection without TLS."""

    refused: bool | None
    """None where nobody can tell: it failed, but not for the want of encryption."""
    words: str


def look(reach: Reach) -> Database | NotReached:
    """Log in over TLS with the certificate verified, and read."""
    kept = load_checks(reach.place.root).migrations
    wanted = reach.settings.shape.database
    login = _login(reach.place)
    with ExitStack() as stack:
        conninfo = _conninfo(reach, login, "verify-full")
        try:
            link = stack.enter_context(reading(conninfo, password=login["password"]))
        except OperationError as error:
            return NotReached(str(error))
        found = link.execute(ENCRYPTION).fetchone()
        return Database(
            str(found[1]) if found and found[0] else "",
            _setting(link, "server_version").split()[0],
            _role(link, wanted.user),
            _parameters(link, wanted.parameters),
            kept is not None,
            facts.head(link, kept.table, kept.column, kept.newest_by) if kept else None,
        )


def look_without_tls(reach: Reach) -> Plain:
    """Try to log in without TLS."""
    login = _login(reach.place)
    conninfo = _conninfo(reach, login, "disable")
    # The password is not given: a server that goes on to ask for it has let the plain text in.
    try:
        psycopg.connect(
            make_conninfo(conninfo, **NO_PASSWORD), connect_timeout=CONNECT_SECONDS
        ).close()
    except psycopg.OperationalError as error:
        return _refusal(one_line(error))
    return Plain(refused=False, words="a login without TLS succeeds")


def _refusal(words: str) -> Plain:
    """Read what the server said; PostgreSQL names the want of encryption in its refusal."""
    if "no encryption" in words or "SSL off" in words:
        return Plain(refused=True, words="refused for the want of encryption")
    if "no password supplied" in words or "authentication failed" in words:
        return Plain(refused=False, words="the server goes on to ask for a password without TLS")
    return Plain(refused=None, words=words)


def _login(place: Place) -> dict[str, Any]:
    secret = place.secret()
    if not {"username", "password"} <= secret.keys():
        raise OperationError("the master user's secret must have username and password")
    return secret


def _conninfo(reach: Reach, login: Mapping[str, Any], mode: str) -> str:
    """Return what connects: in the database's own name, wherever it is reached."""
    outputs = reach.outputs
    there = {"host": str(outputs["databaseAddress"]), "port": str(outputs["databasePort"])}
    if reach.database:
        address, _, port = reach.database.rpartition(":")
        there |= {"hostaddr": address.strip("[]"), "port": port}
    return make_conninfo(
        **there,
        dbname=str(outputs["databaseName"]),
        user=str(login["username"]),
        sslmode=mode,
        gssencmode="disable",
    )


def _setting(link: psycopg.Connection, name: str) -> str:
    row = link.execute("select current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""


def _role(link: psycopg.Connection, name: str) -> Role | None:
    row = link.execute(ROLE, (name,)).fetchone()
    return None if row is None else Role(*row)


def _parameters(link: psycopg.Connection, names: Mapping[str, str]) -> dict[str, Parameter]:
    rows = link.execute(PARAMETERS, (list(names),)).fetchall()
    return {name: Parameter(value, kind, waits) for name, value, kind, _, waits in rows}
