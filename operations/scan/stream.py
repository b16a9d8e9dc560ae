"""The values of a database, one row at a time: a table is never held as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from operations.conninfo import kind
from operations.errors import OperationError
from operations.scan.catalogue import Relation

Row = tuple[str | None, ...]

AT_ONCE = 2048
"""How many pages of 8 KiB a part has: 16 MiB, so that a large table is read by all processes."""
LARGE_PAGES = 1024
PAGES = "select (pg_relation_size(%s::regclass) / current_setting('block_size')::int)::int"
LARGE_BYTES = 1 << 20
OVERLAP_BYTES = 1 << 12
"""How much of a piece of a large object is read again with the next one: a word may be cut."""

TEXTS: Sequence[tuple[str, str]] = (
    (
        "comments",
        """select pg_describe_object(classoid, objoid, objsubid), description from pg_description
           where objoid >= 16384 or classoid = 'pg_namespace'::regclass
           union all
           select 'database ' || datname, description from pg_shdescription
           join pg_database d on d.oid = objoid where classoid = 'pg_database'::regclass
             and datname = current_database()
           union all
           select 'role ' || rolname, description from pg_shdescription
           join pg_roles r on r.oid = objoid where classoid = 'pg_authid'::regclass
             and objoid >= 16384""",
    ),
    (
        "defaults",
        """select pg_describe_object('pg_attrdef'::regclass, oid, 0), pg_get_expr(adbin, adrelid)
           from pg_attrdef""",
    ),
    (
        "domain defaults",
        "select 'type ' || typname, typdefault from pg_type "
        "where oid >= 16384 and typdefault is not null",
    ),
    (
        "enum labels",
        "select 'type ' || typname, enumlabel from pg_enum join pg_type t on t.oid = enumtypid",
    ),
    (
        "constraints",
        """select pg_describe_object('pg_constraint'::regclass, oid, 0), pg_get_constraintdef(oid)
           from pg_constraint where oid >= 16384""",
    ),
    (
        "indexes",
        """select pg_describe_object('pg_class'::regclass, indexrelid, 0),
                  pg_get_indexdef(indexrelid)
           from pg_index where indexrelid >= 16384""",
    ),
    (
        "views",
        """select pg_describe_object('pg_class'::regclass, oid, 0), pg_get_viewdef(oid)
           from pg_class where relkind in ('v', 'm') and oid >= 16384""",
    ),
    (
        "rules",
        """select pg_describe_object('pg_rewrite'::regclass, oid, 0), pg_get_ruledef(oid)
           from pg_rewrite where oid >= 16384 and rulename <> '_RETURN'""",
    ),
    (
        "triggers",
        """select pg_describe_object('pg_trigger'::regclass, oid, 0), pg_get_triggerdef(oid)
           from pg_trigger where not tgisinternal""",
    ),
    (
        "functions",
        """select pg_describe_object('pg_proc'::regclass, p.oid, 0), prosrc from pg_proc p
           where p.oid >= 16384""",
    ),
    (
        "policies",
        """select pg_describe_object('pg_policy'::regclass, oid, 0),
                  coalesce(pg_get_expr(polqual, polrelid), '')
                  || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
           from pg_policy""",
    ),
    (
        "servers",
        """select 'server ' || srvname, array_to_string(srvoptions, ' ')
           from pg_foreign_server where srvoptions is not null
           union all
           select 'user mapping of ' || srvname, array_to_string(umoptions, ' ')
           from pg_user_mappings where umoptions is not null""",
    ),
    (
        "names",
        """select 'the name of a relation', relname::text from pg_class where oid >= 16384
           union all select 'the name of a schema', nspname::text from pg_namespace
           where oid >= 16384
           union all select 'the name of a role', rolname::text from pg_roles where oid >= 16384""",
    ),
)
"""What else holds text: the kind of thing, and a query for each one's name and text."""
STATISTICS = """
select schemaname || '.' || tablename || '.' || attname, most_common_vals::text
from pg_stats where schemaname not in ('pg_catalog', 'information_schema')
union all
select schemaname || '.' || tablename || '.' || attname, histogram_bounds::text
from pg_stats where schemaname not in ('pg_catalog', 'information_schema')
"""
"""The planner keeps values of each column, which stay when rows go (docs, "pg_stats")."""


@dataclass(frozen=True)
class Part:
    """Some pages of a relation; all from ``first`` on where ``last`` is none."""

    relation: Relation
    first: int = 0
    last: int | None = None
    is_large: bool = False
    """Whether it is worth a process."""


def parts(connection: psycopg.Connection, relations: Iterable[Relation]) -> list[Part]:
    """Return what is read at once, in the order of the tables."""
    found = []
    for relation in relations:
        if relation.is_foreign:
            continue
        name = Identifier(relation.schema, relation.name).as_string(None)
        (pages,) = connection.execute(PAGES, [name]).fetchone() or (0,)
        firsts = range(0, max(pages, 1), AT_ONCE)
        for first in firsts:
            last = first + AT_ONCE if first != firsts[-1] else None
            found.append(Part(relation, first, last, is_large=pages >= LARGE_PAGES))
    return found


def rows(connection: psycopg.Connection, part: Part) -> Iterator[Row]:
    """Yield each row's values as text.

    OperationError where they cannot be read; a scan that leaves something out says nothing.
    """
    relation = part.relation
    if not relation.columns:
        return
    listed = SQL(", ").join(Identifier(each.name) for each in relation.columns)
    own = Identifier(relation.schema, relation.name)
    where = SQL("ctid >= {}::tid").format(Literal(f"({part.first},0)"))
    if part.last is not None:
        where += SQL(" and ctid < {}::tid").format(Literal(f"({part.last},0)"))
    query = SQL("copy (select {} from only {} where {}) to stdout").format(listed, own, where)
    try:
        with connection.cursor() as cursor, cursor.copy(query) as copied:
            yield from copied.rows()
    except psycopg.Error as error:
        name = f"{relation.schema}.{relation.name}"
        raise OperationError(f"{name}: could not be read ({kind(error)})") from None


def texts(connection: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Yield what is told of tables, columns and other things, and where."""
    for _, query in TEXTS:
        with connection.cursor() as cursor:
            for name, text in cursor.stream(query.encode()):
                if text:
                    yield str(name), text


def statistics(connection: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Yield the values that the planner's statistics hold, by column."""
    with connection.cursor() as cursor:
        for name, text in cursor.stream(STATISTICS):
            if text:
                yield name, text


def large_objects(connection: psycopg.Connection) -> Iterator[bytes]:
    """Yield every large object in pieces that overlap."""
    oids = [oid for (oid,) in connection.execute("select oid from pg_largeobject_metadata")]
    for oid in oids:
        start = 0
        while piece := _piece(connection, oid, start):
            yield piece
            if len(piece) < LARGE_BYTES:
                break
            start += LARGE_BYTES - OVERLAP_BYTES


def _piece(connection: psycopg.Connection, oid: int, start: int) -> bytes:
    try:
        query = "select lo_get(%s, %s, %s)"
        row = connection.execute(query, [oid, start, LARGE_BYTES]).fetchone()
    except psycopg.Error as error:
        raise OperationError(f"large object {oid}: could not be read ({kind(error)})") from None
    return bytes(row[0]) if row else b""
