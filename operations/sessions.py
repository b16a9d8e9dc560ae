"""Who else is connected to a PostgreSQL database."""

import time

import psycopg

OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and usesysid is not null and pid <> pg_backend_pid()
"""
"""Whoever has logged in; of what kind others are is only told to who may know it (PostgreSQL docs,
"pg_stat_activity")."""
LEAVING_SECONDS = 1.0
"""How long others are waited for: a server takes a moment to end a session after its client."""


def others(connection: psycopg.Connection) -> int:
    """Return how many others are connected and do not leave."""
    latest = time.monotonic() + LEAVING_SECONDS
    while found := _others(connection):
        if time.monotonic() > latest:
            break
        time.sleep(0.05)
    return found


def _others(connection: psycopg.Connection) -> int:
    # A transaction sees for ever what it saw first (PostgreSQL docs, "Viewing Statistics").
    connection.execute("select pg_stat_clear_snapshot()")
    ((found,),) = connection.execute(OTHERS).fetchall()
    return int(found)
