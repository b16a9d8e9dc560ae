"""What there is to read in a database, from the scan's own look at PostgreSQL's catalogue."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg.sql import SQL

OURS = SQL(
    "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
    " and n.nspname !~ '^pg_(temp|toast_temp)_'"
)
RELATIONS = SQL("""
select c.oid, n.nspname, c.relname, c.relkind::text,
       coalesce(rn.nspname, n.nspname), coalesce(r.relname, c.relname)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_class r on c.relispartition and r.oid = pg_partition_root(c.oid)
left join pg_namespace rn on rn.oid = r.relnamespace
where c.relkind in ('r', 'm', 'f') and {ours}
  and (c.relkind <> 'm' or c.relispopulated)
order by 5, 6, 2, 3
""").format(ours=OURS)
"""Where rows lie, and the table that each partition is a part of (PostgreSQL docs, "pg_class")."""
COLUMNS = """
select a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod),
       case when coalesce(nullif(b.oid, 0), t.oid) < 16384
            then coalesce(b.typcategory, t.typcategory)::text else 'U' end,
       coalesce(b.typname, t.typname)
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
where a.attrelid = any(%s) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum
"""
"""Columns with what PostgreSQL says of their type's sort; a type of somebody's own may be anything.

PostgreSQL's own types have numbers below 16384 (docs, "System Catalog Initial Data")."""
KEYS = """
select i.indrelid, array_agg(a.attname::text order by k.place)
from pg_index i
cross join lateral unnest(i.indkey::int2[]) with ordinality as k(number, place)
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
where i.indisprimary and i.indrelid = any(%s)
group by i.indrelid
"""
LAYOUT = SQL("""
select 'column', n.nspname || '.' || c.relname || '.' || a.attname, c.relkind::text,
       format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'm', 'f', 'v', 'c') and {ours}
union all
select 'constraint', n.nspname || '.' || c.relname || '.' || x.conname, x.contype::text,
       pg_get_constraintdef(x.oid)
from pg_constraint x
join pg_class c on c.oid = x.conrelid
join pg_namespace n on n.oid = c.relnamespace
where {ours} and x.contype <> 'n'
order by 1, 2, 3, 4
""").format(ours=OURS)
"""What makes one schema another: columns, their types, constraints.

Not nulls are told with the columns: PostgreSQL 18 lists them as constraints, older ones do not."""
OTHER_DATABASES = """
select datname::text from pg_database
where datallowconn and not datistemplate and datname not in (current_database(), 'rdsadmin')
order by 1
"""
"""Others on the server, which a snapshot of it holds too. ``rdsadmin`` is AWS's, closed to all."""
HELD = SQL("""
select (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm', 'f') and {ours})
     + (select count(*) from pg_largeobject_metadata)
""").format(ours=OURS)

IS_BEGUN = "select to_regnamespace('understudy_sanitise') is not null"
"""The sanitiser notes there how far it is, until its copy is whole."""
NOTES = "understudy_subset_"
"""How the schemas begin in which it notes which rows of an original it copies."""

NUMBERS, MOMENTS, TRUTHS = "N", frozenset({"D", "T"}), "B"
"""PostgreSQL's categories of types (docs, "pg_type", table of typcategory codes)."""


@dataclass(frozen=True)
class Column:
    """One column of a relation."""

    name: str
    type: str
    category: str
    base: str
    """The type's own name, or that of what a domain is made of."""

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers and nothing else."""
        return self.category == NUMBERS

    @property
    def is_plain(self) -> bool:
        """Whether its values are moments or truths, in which no text can be."""
        return self.category in MOMENTS or self.category == TRUTHS


@dataclass(frozen=True)
class Relation:
    """A table, a partition, a materialised view or a foreign table."""

    schema: str
    name: str
    kind: str
    table: str
    """``schema.table`` that findings name: of a partition, the table that it is a part of."""
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = field(default=())
    """The columns of its primary key."""

    @property
    def is_foreign(self) -> bool:
        """Whether its rows lie elsewhere."""
        return self.kind == "f"


def relations(connection: psycopg.Connection) -> list[Relation]:
    """Return everything that rows are read from."""
    found = connection.execute(RELATIONS).fetchall()
    oids = [row[0] for row in found]
    columns: dict[int, list[Column]] = {oid: [] for oid in oids}
    for oid, name, type_, category, base in connection.execute(COLUMNS, [oids]):
        columns[oid].append(Column(name, type_, category, base))
    keys: dict[int, list[str]] = dict(connection.execute(KEYS, [oids]).fetchall())
    return [
        Relation(
            schema,
            name,
            kind,
            f"{root_schema}.{root}",
            tuple(columns[oid]),
            tuple(keys.get(oid, ())),
        )
        for oid, schema, name, kind, root_schema, root in found
    ]


def schema_hash(connection: psycopg.Connection) -> str:
    """Return what tells one layout of tables from another, the same on every server."""
    rows = sorted(connection.execute(LAYOUT).fetchall())
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def other_databases(connection: psycopg.Connection) -> Sequence[str]:
    """Return the names of the other databases on the server."""
    return [name for (name,) in connection.execute(OTHER_DATABASES)]


def is_begun(connection: psycopg.Connection) -> bool:
    """Tell whether a database holds a copy that is not whole yet."""
    return connection.execute(IS_BEGUN).fetchone() == (True,)


def is_empty(connection: psycopg.Connection) -> bool:
    """Tell whether a database holds no table of anybody's, and no large object."""
    return connection.execute(HELD).fetchone() == (0,)
