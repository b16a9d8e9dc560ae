"""What a PostgreSQL database stores: every table and column, with types spelled out to the bottom.

Read from the catalogue alone: no row is looked at.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
from psycopg.sql import SQL

from operations.sanitise.keys import Key, read_keys

OWN = SQL("n.nspname !~ '^(pg_|understudy_subset_)' and n.nspname <> 'information_schema'")
"""That a namespace ``n`` is none of PostgreSQL's, and not where a subset's rows are noted."""
SEARCH_PATH = "public"
"""In every session alike: how types are spelled hangs on it (PostgreSQL docs, "format_type")."""

RELATIONS = SQL("""
select c.oid, n.nspname, c.relname, c.relkind::text, c.relispartition,
       exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
               and d.deptype = 'e')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f', 'm') and {own}
order by n.nspname, c.relname
""").format(own=OWN)
"""Tables, partitioned ones, foreign ones and materialised views (PostgreSQL docs, "pg_class")."""

COLUMNS = """
select a.attrelid, a.attname, a.atttypid, format_type(a.atttypid, a.atttypmod),
       a.attgenerated <> '', a.attnotnull
from pg_attribute a
where a.attrelid = any(%s) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum
"""

TYPES = """
select t.oid, t.typtype::text, t.typelem, t.typbasetype, format_type(t.typbasetype, t.typtypmod),
       r.rngsubtype, format_type(r.rngsubtype, null),
       array_agg(a.attname order by a.attnum) filter (where a.attname is not null),
       array_agg(a.atttypid order by a.attnum) filter (where a.attname is not null),
       array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum)
           filter (where a.attname is not null)
from pg_type t
left join pg_range r on t.oid in (r.rngtypid, r.rngmultitypid)
left join pg_attribute a on t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0
                        and not a.attisdropped
where t.typtype in ('c', 'd') or (t.typtype in ('r', 'm') and t.oid >= 16384)
   or (t.typelem <> 0 and t.typcategory = 'A')
group by t.oid, r.rngsubtype
"""
"""Composite types, domains, arrays, and ranges that somebody made (PostgreSQL docs, "pg_type").

PostgreSQL's own objects have numbers below 16384 (docs, "System Catalog Initial Data")."""

TEXTUAL = """
select oid from pg_type
where typsend = 0 or (typname like 'reg%%' and typnamespace = 'pg_catalog'::regnamespace)
"""
"""Types of no binary form, and those whose binary form is a number of this database alone
(PostgreSQL docs, "Object Identifier Types")."""

PARTED_BY = """
select pg_partition_root(p.partrelid)::oid, p.partstrat::text, p.partdefid <> 0,
       array(select a.attname::text from unnest(p.partattrs) as k(n)
             join pg_attribute a on a.attrelid = p.partrelid and a.attnum = k.n),
       pg_get_expr(p.partexprs, p.partrelid) is not null
from pg_partitioned_table p
"""
"""How each partitioned table is parted, at each of its levels."""

LINKS = """
select coalesce(pg_partition_root(c.conrelid)::oid, c.conrelid),
       coalesce(pg_partition_root(c.confrelid)::oid, c.confrelid),
       array(select a.attname::text from unnest(c.conkey) with ordinality k(n, place)
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by place),
       array(select a.attname::text from unnest(c.confkey) with ordinality k(n, place)
             join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by place)
from pg_constraint c
where c.contype = 'f' and c.conparentid = 0
"""
"""Foreign keys, without those that partitions have from their table."""

LARGE_OBJECTS = "select count(*) from pg_largeobject_metadata"

NOT_NULL_DOMAINS = """
with recursive strict as (
  select oid from pg_type where typtype = 'd' and typnotnull
  union
  select t.oid from pg_type t join strict s on t.typtype = 'd' and t.typbasetype = s.oid)
select oid from strict
"""

KINDS = {"r": "table", "p": "partitioned table", "f": "foreign table", "m": "materialised view"}


@dataclass(frozen=True)
class Column:
    """One column, its type as ``format_type`` writes it, with what domains and composites hold."""

    name: str
    type: str
    generated: bool = False
    """Whether PostgreSQL computes it from others of its row."""
    not_null: bool = False
    textual: bool = False
    """Whether its values pass from one database to another as text alone."""


@dataclass(frozen=True)
class Table:
    """One relation that stores rows, or reaches rows elsewhere."""

    schema: str
    name: str
    kind: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    """What of it may not be there twice."""
    moved_by: tuple[str, ...] = ()
    """Columns by which rows lie in one partition or another."""
    held_by: tuple[str, ...] = ()
    """Those of them whose every value must be one that some partition takes."""

    @property
    def unique(self) -> tuple[str, ...]:
        """Columns in something that may not be there twice, by name."""
        return tuple(
            sorted(
                {
                    name
                    for key in self.keys
                    for name in self.columns
                    if name in key.columns or key.mentions(name)
                }
            )
        )

    @property
    def key(self) -> str:
        """How rules name it: ``schema.table``."""
        return f"{self.schema}.{self.name}"

    @property
    def takes_rules(self) -> bool:
        """Whether rows of its own lie in it, or in its partitions."""
        return self.kind in ("table", "partitioned table")

    @property
    def written(self) -> list[Column]:
        """The columns that are written; PostgreSQL computes the others."""
        return [column for column in self.columns.values() if not column.generated]


@dataclass(frozen=True)
class Link:
    """A foreign key: a table, the one that it refers to, and their columns pair by pair."""

    table: str
    target: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Schema:
    """Everything that a database stores rows in."""

    tables: Mapping[str, Table]
    """By ``schema.table``; partitions are told of by the table that they are parts of."""
    links: tuple[Link, ...] = ()
    large_objects: int = 0
    """How many there are, which no column holds."""


def read_schema(connection: psycopg.Connection) -> Schema:
    """Return what the database stores; psycopg's errors go through."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('search_path', %s, false)", [SEARCH_PATH])
        relations = cursor.execute(RELATIONS).fetchall()
        oids = [row[0] for row in relations]
        columns = _columns(cursor, oids)
        keys = read_keys(cursor, oids)
        parted = _parted(cursor, columns)
        found = {
            oid: Table(
                schema,
                name,
                "extension's table" if extension else KINDS[kind],
                columns[oid],
                tuple(keys.get(oid, ())),
                *parted.get(oid, ()),
            )
            for oid, schema, name, kind, is_partition, extension in relations
            if not is_partition
        }
        links = dict.fromkeys(
            Link(found[own].key, found[other].key, tuple(zip(names, targets, strict=True)))
            for own, other, names, targets in cursor.execute(LINKS).fetchall()
            if own in found and other in found
        )
        (large,) = cursor.execute(LARGE_OBJECTS).fetchone() or (0,)
    return Schema({table.key: table for table in found.values()}, tuple(links), large)


def _columns(cursor: psycopg.Cursor, oids: list[int]) -> dict[int, dict[str, Column]]:
    types = _Types(cursor)
    strict = {oid for (oid,) in cursor.execute(NOT_NULL_DOMAINS).fetchall()}
    found: dict[int, dict[str, Column]] = defaultdict(dict)
    for relation, name, oid, shown, generated, not_null in cursor.execute(COLUMNS, [oids]):
        found[relation][name] = Column(
            name,
            types.spelled(oid, shown),
            generated,
            not_null or oid in strict,
            types.is_textual(oid),
        )
    return found


def _parted(
    cursor: psycopg.Cursor, columns: Mapping[int, Mapping[str, Column]]
) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return by which columns tables are parted, and which of those must stay what they are."""
    moved: dict[int, set[str]] = defaultdict(set)
    held: dict[int, set[str]] = defaultdict(set)
    for root, strategy, has_default, names, by_expression in cursor.execute(PARTED_BY).fetchall():
        own = set(columns[root]) if by_expression else set(names)
        moved[root] |= own
        if strategy != "h" and not has_default:
            held[root] |= own
    return {root: (tuple(sorted(moved[root])), tuple(sorted(held[root]))) for root in moved}


class _Types:
    """Spells a type out: what hides behind its name may change under it."""

    def __init__(self, cursor: psycopg.Cursor) -> None:
        self._rows = {row[0]: row[1:] for row in cursor.execute(TYPES).fetchall()}
        self._textual = {oid for (oid,) in cursor.execute(TEXTUAL).fetchall()}

    def is_textual(self, oid: int) -> bool:
        """Tell whether a type, or one that it is made of, has no binary form that travels."""
        row = self._rows.get(oid)
        if oid in self._textual or row is None:
            return oid in self._textual
        _, element, base, _, part, _, _, types, _ = row
        return any(self.is_textual(each) for each in (element, base, part, *(types or ())) if each)

    def spelled(self, oid: int, shown: str) -> str:
        """Return a type's name, followed by what it is made of where that has a name of its own."""
        row = self._rows.get(oid)
        if row is None:
            return shown
        kind, element, base, base_shown, part, part_shown, names, types, shown_types = row
        if kind == "d":
            return f"{shown} over {self.spelled(base, base_shown)}"
        if kind == "c":
            fields = zip(names or (), types or (), shown_types or (), strict=True)
            inside = (f"{name} {self.spelled(type_, text)}" for name, type_, text in fields)
            return f"{shown} of ({', '.join(inside)})"
        if part:
            return f"{shown} of {self.spelled(part, part_shown)}"
        item = shown.removesuffix("[]")
        inner = self.spelled(element, item)
        return shown if inner == item else f"{shown} of {inner}"
