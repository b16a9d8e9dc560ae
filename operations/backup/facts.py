"""What a database says of itself, for the checks: counts, moments, and what is wrong with it.

Each function reads and nothing else; psycopg's errors pass through. Names of tables and columns may
leave a function, values of rows never do, save the last step of the migrations.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
from psycopg import sql

MIB = 1024 * 1024

TABLES: LiteralString = """
select format('%s.%s', n.nspname, c.relname), n.nspname, c.relname,
       sum(pg_table_size(leaf.relid))::bigint, sum(greatest(part.reltuples, 0))::bigint
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join lateral (select c.oid::regclass as relid where c.relkind = 'r'
                    union all
                    select t.relid from pg_partition_tree(c.oid) t
                    where c.relkind = 'p' and t.isleaf) leaf
join pg_class part on part.oid = leaf.relid
where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
group by 1, 2, 3 order by 1
"""
UNVALIDATED: LiteralString = """
select format('%s.%s.%s', n.nspname, c.relname, k.conname)
from pg_constraint k join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where not k.convalidated order by 1
"""
INVALID_INDEXES: LiteralString = """
select format('%s.%s', n.nspname, c.relname)
from pg_index i join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
where not (i.indisvalid and i.indisready and i.indislive) order by 1
"""
SEQUENCES: LiteralString = """
select format('%s.%s.%s', tn.nspname, t.relname, a.attname),
       sn.nspname, s.relname, tn.nspname, t.relname, a.attname, q.seqincrement
from pg_depend d
join pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_namespace sn on sn.oid = s.relnamespace
join pg_sequence q on q.seqrelid = s.oid
join pg_class t on t.oid = d.refobjid
join pg_namespace tn on tn.oid = t.relnamespace
join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
  and d.deptype in ('a', 'i') and not q.seqcycle order by 1
"""
# Only collations by which something is stored in order; the server knows hundreds of others.
COLLATIONS: LiteralString = """
select k.collname from pg_collation k
where k.collversion is not null
  and k.collversion is distinct from pg_collation_actual_version(k.oid)
  and exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid
              where a.attcollation = k.oid and c.relkind in ('r', 'p', 'm', 'i', 'I'))
order by 1
"""
DATABASE_COLLATION: LiteralString = """
select datname from pg_database
where datname = current_database() and datcollversion is not null
  and datcollversion is distinct from pg_database_collation_actual_version(oid)
"""
DATABASE_COLLATION_FROM = 150000  # PostgreSQL 15 release notes: pg_database.datcollversion


@dataclass(frozen=True)
class Server:
    """Which server answers, and how it stands."""

    itself: tuple[datetime, str]
    """When it was started, to the microsecond, and the database: no other has both."""
    recovering: bool
    newest: datetime | None
    """When the last transaction ended that recovery brought back; None where it is not known."""


def server(connection: psycopg.Connection) -> Server:
    """Return which server answers; anybody may ask this."""
    row = connection.execute(
        "select pg_postmaster_start_time(), current_database(), pg_is_in_recovery(),"
        " pg_last_xact_replay_timestamp()"
    ).fetchone()
    assert row is not None  # noqa: S101  (a select without from has one row)
    started, name, recovering, newest_known = row
    return Server((started, name), recovering, newest_known)


def counts(connection: psycopg.Connection, exact_below_mib: int) -> dict[str, int]:
    """Return the rows of each table, partitions with their parent; estimates for big ones."""
    found = {}
    for name, schema, table, size, estimate in connection.execute(TABLES).fetchall():
        if size >= exact_below_mib * MIB:
            found[name] = estimate
        else:
            counted = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
            found[name] = _only(connection, counted)
    return found


def newest(connection: psycopg.Connection, table: str, column: str) -> datetime | None:
    """Return the newest moment in a column; None for an empty table."""
    latest = sql.SQL("select max({})::text::timestamptz from {}").format(
        sql.Identifier(column), identifier(table)
    )
    connection.execute("set timezone = 'UTC'")
    found = _only(connection, latest)
    return None if found is None else found.astimezone(UTC)


def head(
    connection: psycopg.Connection, table: str, column: str, newest_by: str | None
) -> str | None:
    """Return the last migration step; None where the table is not there or is empty.

    ValueError where there are several and nothing says which is the last.
    """
    if _only(connection, "select to_regclass(%s)", identifier(table).as_string(connection)) is None:
        return None
    query = sql.SQL("select {}::text from {}").format(sql.Identifier(column), identifier(table))
    if newest_by is not None:
        query += sql.SQL(" order by {} desc nulls last limit 1").format(sql.Identifier(newest_by))
    rows = connection.execute(query).fetchmany(2)
    if len(rows) > 1:
        raise ValueError(f"{table} has several rows; say newestBy")
    return str(rows[0][0]) if rows else None


def names(connection: psycopg.Connection, query: LiteralString) -> list[str]:
    """Return the first column of a query's rows."""
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def extensions(connection: psycopg.Connection) -> set[str]:
    """Return the names of what is installed in the database."""
    return set(names(connection, "select extname from pg_extension"))


def sequences_behind(connection: psycopg.Connection) -> tuple[int, list[str]]:
    """Return how many sequences belong to columns, and the columns that are ahead of theirs."""
    behind = []
    rows = connection.execute(SEQUENCES).fetchall()
    for name, seq_schema, seq, schema, table, column, step in rows:
        state = connection.execute(
            sql.SQL("select last_value, is_called from {}").format(sql.Identifier(seq_schema, seq))
        ).fetchone()
        assert state is not None  # noqa: S101  (a sequence has one row)
        last, called = state
        edge = sql.SQL("max" if step > 0 else "min")
        most = _only(
            connection,
            sql.SQL("select {}({}) from {}").format(
                edge, sql.Identifier(column), sql.Identifier(schema, table)
            ),
        )
        following = last + (step if called else 0)
        if most is not None and (following - most) * (1 if step > 0 else -1) <= 0:
            behind.append(name)
    return len(rows), behind


def collations_changed(connection: psycopg.Connection) -> list[str]:
    """Return the collations in use whose rules are not those that the indexes were built by."""
    found = names(connection, COLLATIONS)
    if connection.info.server_version >= DATABASE_COLLATION_FROM:
        found += names(connection, DATABASE_COLLATION)
    return found


def identifier(table: str) -> sql.Identifier:
    """Return a table's name, quoted; one without a schema is in ``public``."""
    schema, _, name = table.rpartition(".")
    return sql.Identifier(schema or "public", name)


def left_out(found: dict[str, int], tables: Collection[str]) -> dict[str, int]:
    """Return the counts without the tables named."""
    return {name: count for name, count in found.items() if name not in tables}


def _only(connection: psycopg.Connection, query: Any, *values: Any) -> Any:
    row = connection.execute(query, values or None).fetchone()
    return None if row is None else row[0]
