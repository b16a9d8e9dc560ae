"""Rows for any schema, from its catalogue alone: each text that has room holds a person's data.

The same schema gets the same rows. Tables that have rows already, by a migration, get none.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier, Placeholder
from psycopg.types.json import Jsonb

ROWS = 12
TRIES = ROWS * ROWS
"""How many rows are thought of for a table, since some would be there twice."""
MARK = "zaunkoenig"
PHONE = "+4930901"
ACCOUNT = "37040044"
ADDRESS = "81.169.13"
UNIQUE = 0xCAFEFACE << 96
NEEDLES = (MARK, MARK.encode().hex(), PHONE, ACCOUNT, ADDRESS, str(UUID(int=UNIQUE))[:9])
"""What is left of nobody once the rows are sanitised; in any text, and in small letters."""
ROOM = 16
"""Characters that a text column must have for a person to be in it; shorter ones are codes."""

COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, null), a.attnotnull,
       case when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) and a.atttypmod > 0
            then a.atttypmod - 4 end
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by c.relname, a.attnum
"""
KEYS = """
select c.relname, array_agg(a.attname::text order by a.attnum)
from pg_index i join pg_class c on c.oid = i.indrelid
join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and i.indisunique
group by c.relname, i.indexrelid
"""
LINKS = """
select c.relname, a.attname, t.relname, b.attname
from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class t on t.oid = f.confrelid
join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
join pg_attribute b on b.attrelid = t.oid and b.attnum = f.confkey[1]
where f.contype = 'f' and c.relnamespace = 'public'::regnamespace
"""
VIEWS = """
select relname from pg_class where relkind = 'm' and relnamespace = 'public'::regnamespace
order by 1
"""


@dataclass
class Column:
    """What values of a column have to be."""

    name: str
    type: str
    required: bool
    length: int | None
    target: tuple[str, str] | None = None


@dataclass
class Foreign:
    """A table: its columns, and those sets of them that no two rows may have alike."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    keys: list[list[str]] = field(default_factory=list)


def fill(conninfo: str) -> set[str]:
    """Write rows into each empty table; return the columns that now hold a person's data."""
    planted: set[str] = set()
    numbers = count(1)
    with psycopg.connect(conninfo) as connection:
        for table in _in_order(_read(connection)):
            (held,) = connection.execute(_query("select count(*) from {}", table)).fetchone() or (
                1,
            )
            if not held:
                _write(connection, table, list(_rows(connection, table, numbers)))
                planted |= {
                    f"public.{table.name}.{each.name}"
                    for each in table.columns.values()
                    if each.target is None and personal(each)
                }
        for (view,) in connection.execute(VIEWS.encode()).fetchall():
            connection.execute(SQL("refresh materialized view {}").format(Identifier(view)))
    return planted


def personal(column: Column) -> bool:
    """Tell whether a person's data goes into a column."""
    if column.type in ("text", "character varying", "character"):
        return column.length is None or column.length >= ROOM
    return column.type in ("inet", "uuid", "json", "jsonb", "bytea")


def _read(connection: psycopg.Connection) -> dict[str, Foreign]:
    tables: dict[str, Foreign] = {}
    for table, name, type_, required, length in connection.execute(COLUMNS.encode()):
        own = tables.setdefault(table, Foreign(table))
        own.columns[name] = Column(name, type_, required, length)
    for table, names in connection.execute(KEYS.encode()):
        tables[table].keys.append(names)
    for table, name, other, target in connection.execute(LINKS.encode()):
        tables[table].columns[name].target = other, target
    return tables


def _in_order(tables: Mapping[str, Foreign]) -> Iterator[Foreign]:
    """Yield tables after those that they cannot do without; of the rest, what is left is null."""
    left = dict(tables)
    while left:
        needs = {
            name: [
                c
                for c in table.columns.values()
                if c.target and c.target[0] in left.keys() - {name}
            ]
            for name, table in left.items()
        }
        free = [name for name in left if not needs[name]]
        free = free or [n for n in left if not any(c.required for c in needs[n])][:1]
        if not free:
            raise ValueError(f"tables that need each other: {', '.join(left)}")
        for name in free:
            yield left.pop(name)


def _rows(
    connection: psycopg.Connection, table: Foreign, numbers: Iterator[int]
) -> Iterator[list[Any]]:
    pools = {
        each.name: _pool(connection, *each.target) for each in table.columns.values() if each.target
    }
    seen: list[set[tuple[Any, ...]]] = [set() for _ in table.keys]
    written = 0
    for attempt in range(TRIES):
        row = {name: _referred(pool, attempt, n) for n, (name, pool) in enumerate(pools.items())}
        for own in table.columns.values():
            if own.target is None:
                row[own.name] = _value(own, written, next(numbers))
            elif own.required and row[own.name] is None:
                return
        told = [tuple(row[name] for name in key) for key in table.keys]
        if any(each in before for each, before in zip(told, seen, strict=True)):
            continue
        for each, before in zip(told, seen, strict=True):
            if None not in each:
                before.add(each)
        yield [row[name] for name in table.columns]
        written += 1
        if written == ROWS:
            return


def _referred(pool: Sequence[Any], attempt: int, place: int) -> Any:
    """Return what a reference refers to, null where there is nothing.

    One reference moves on with each attempt, the others when it has had its turn: pairs differ.
    """
    step = attempt if place == 0 else attempt + attempt // ROWS * place
    return pool[step % len(pool)] if pool else None


def _pool(connection: psycopg.Connection, table: str, column: str) -> Sequence[Any]:
    query = SQL("select {} from {} order by 1").format(Identifier(column), Identifier(table))
    return [value for (value,) in connection.execute(query)]


def _write(connection: psycopg.Connection, table: Foreign, rows: Sequence[Sequence[Any]]) -> None:
    query = SQL("insert into {} ({}) overriding system value values ({})").format(
        Identifier(table.name),
        SQL(", ").join(map(Identifier, table.columns)),
        SQL(", ").join(Placeholder() * len(table.columns)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(query, rows)
    for name in table.columns:
        connection.execute(
            "select setval(s, %s) from pg_get_serial_sequence(quote_ident(%s), %s) as s"
            " where s is not null",
            [ROWS, table.name, name],
        )


def _query(text: str, table: Foreign) -> Any:
    return SQL(text).format(Identifier(table.name))


def _value(column: Column, row: int, number: int) -> Any:
    """Return a value; ValueError for a type that nobody thought of."""
    if column.type in ("text", "character varying", "character"):
        return _text(column, row, number)
    if column.type not in VALUES:
        raise ValueError(f"{column.name}: no value for the type {column.type}")
    return VALUES[column.type](row, number)


DAY = datetime(2029, 3, 1, 12, tzinfo=UTC)
VALUES: Mapping[str, Callable[[int, int], Any]] = {
    "smallint": lambda row, _: row + 1,
    "integer": lambda row, _: row + 1,
    "bigint": lambda row, _: row + 1,
    "numeric": lambda row, _: Decimal(row % 9) + Decimal("0.5"),
    "double precision": lambda row, _: row + 0.5,
    "boolean": lambda row, _: row % 2 == 0,
    "date": lambda row, _: date(2029, 3, 1) + timedelta(days=row),
    "time without time zone": lambda row, _: time(row % 24),
    "timestamp with time zone": lambda row, _: DAY + timedelta(hours=row),
    "interval": lambda row, _: timedelta(hours=row),
    "uuid": lambda _, number: UUID(int=UNIQUE + number),
    "inet": lambda row, _: f"{ADDRESS}.{row + 1}",
    "json": lambda _, number: Jsonb({"who": [_sentence(number)]}),
    "jsonb": lambda _, number: Jsonb({"who": [_sentence(number)]}),
    "bytea": lambda _, number: _sentence(number).encode(),
}

BY_NAME: Sequence[tuple[str, Callable[[int], str]]] = (
    ("mail", lambda n: f"{MARK}{n}@posteo.de"),
    ("phone|mobile|fax", lambda n: f"{PHONE}{n:05}"),
    ("iban|account", lambda n: _iban(n)),  # noqa: PLW0108 (it stands below)
    ("url|link", lambda n: f"https://{MARK}{n}.posteo.de/me"),
    ("name", lambda n: f"{MARK.capitalize()}{n} Anna"),
)
"""What a column's name makes a person write into it; the first that fits."""


def _text(column: Column, row: int, number: int) -> str:
    if not personal(column):
        # One digit for each row stays apart in the shortest column there is.
        return "0123456789ab"[row]
    for pattern, make in BY_NAME:
        if re.search(pattern, column.name):
            return make(number)[: column.length]
    return _sentence(number)[: column.length]


def _sentence(number: int) -> str:
    return (
        f"{number} {MARK} lives at Kanalstr. {number}, writes from {MARK}{number}@posteo.de, is "
        f"called on {PHONE}{number:05}, pays from {_iban(number)}"
    )


def _iban(number: int) -> str:
    """Return the account of a person, with the right check (ISO 13616)."""
    account = f"{ACCOUNT}{number:010}"
    return f"DE{98 - int(account + '131400') % 97:02}{account}"
