"""What of a table may not be there twice: unique indexes and exclusion constraints.

Told apart from the catalogue, by what PostgreSQL itself prints of an index.
"""

import re
from dataclasses import dataclass

import psycopg

KEYS = """
select coalesce(pg_partition_root(i.indrelid)::oid, i.indrelid), c.relname::text, i.indisexclusion,
       coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false),
       array(select a.attname::text from generate_series(0, i.indnkeyatts - 1) as k(place)
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k.place]
             order by k.place),
       array(select pg_get_indexdef(i.indexrelid, k.place + 1, true)
             from generate_series(0, i.indnkeyatts - 1) as k(place)
             where i.indkey[k.place] = 0 order by k.place),
       coalesce(pg_get_expr(i.indpred, i.indrelid, true), ''),
       array(select o.oprname::text from pg_constraint x, unnest(x.conexclop) with ordinality as u(op, place)
             join pg_operator o on o.oid = u.op
             where x.conindid = i.indexrelid and x.contype = 'x' order by u.place)
from pg_index i join pg_class c on c.oid = i.indexrelid
where (i.indisunique or i.indisexclusion) and i.indislive
  and (i.indrelid = any(%(tables)s) or pg_partition_root(i.indrelid)::oid = any(%(tables)s))
order by pg_partition_root(i.indrelid)::oid is distinct from i.indrelid, c.relname
"""  # noqa: E501
"""Those of partitions stand with the table that they are parts of (PostgreSQL docs, "pg_index")."""


@dataclass(frozen=True)
class Key:
    """One unique index or exclusion constraint."""

    name: str
    columns: tuple[str, ...]
    """Those that it has as they are, in order."""
    expressions: tuple[str, ...] = ()
    """What it computes from columns, as SQL."""
    predicate: str = ""
    """Which rows it speaks of, as SQL; all where nothing."""
    operators: tuple[str, ...] = ()
    """Of an exclusion constraint: by which it holds rows against each other."""
    nulls_alike: bool = False
    """Whether two rows with null are the same (NULLS NOT DISTINCT)."""

    def mentions(self, column: str) -> bool:
        """Tell whether an expression or the predicate seems to name a column; rather once more."""
        inside = " ".join((*self.expressions, self.predicate))
        name = re.escape(column.replace('"', '""'))
        return re.search(rf"(?<!\w){name}(?!\w)", inside) is not None


def read_keys(cursor: psycopg.Cursor, tables: list[int]) -> dict[int, list[Key]]:
    """Return the keys of tables, by the number of their table, each once."""
    found: dict[int, list[Key]] = {}
    seen = set()
    for table, name, _, alike, columns, inside, predicate, operators in cursor.execute(
        KEYS, {"tables": tables}
    ).fetchall():
        key = Key(name, tuple(columns), tuple(inside), predicate, tuple(operators), alike)
        what = (table, key.columns, key.expressions, predicate, key.operators, alike)
        if what not in seen:
            seen.add(what)
            found.setdefault(table, []).append(key)
    return found
