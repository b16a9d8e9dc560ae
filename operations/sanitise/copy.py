"""Copies a database into an empty one, masking each row inside PostgreSQL on its way out.

The copy never holds what a rule masks: rows come masked out of the source, and none else is sent.
It is made in parts. Each part and the note that it is done are one transaction, so a run that was
killed goes on with what is missing.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import sha256

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal

from operations.errors import OperationError
from operations.sanitise.masks import KEY, Masked, expression, pads
from operations.sanitise.rules import Rules
from operations.sanitise.schema import OWN, Schema, Table

LEDGER = """
create schema understudy_sanitise;
create table understudy_sanitise.run (mark text not null);
create table understudy_sanitise.done (part text primary key, rows bigint not null);
"""
"""What the copy says of how far it is; gone once it is whole."""
WHOLE = "sanitised by run "
"""How the comment on a whole copy begins; the mark of its run follows."""
COMMENT = """
select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()
"""
PAGES = 8192
"""How many pages of 8 KiB a part has: 64 MiB, so that a large table is read by all workers."""
LEFT_OUT = ("--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions",
            "--no-security-labels")  # fmt: skip
STORED = SQL("""
select n.nspname, c.relname, coalesce(pn.nspname, n.nspname), coalesce(p.relname, c.relname),
       (pg_relation_size(c.oid) / current_setting('block_size')::int)::int
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_class p on c.relispartition and p.oid = pg_partition_root(c.oid)
left join pg_namespace pn on pn.oid = p.relnamespace
where c.relkind = 'r' and {own}
order by 5 desc, 1, 2
""").format(own=OWN)
"""What rows lie in: tables and partitions, the table whose rules they have, and their pages."""
HELD = SQL("""
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where {own}
""").format(own=OWN)
SEQUENCES = """
select schemaname, sequencename, last_value from pg_sequences where last_value is not null
"""

ORIGIN = """
select oid::text, datname::text, host(inet_server_addr()), inet_server_port()
from pg_database where datname = current_database()
"""
"""What tells one source from another that is laid out alike."""

Say = Callable[[int, int, int], None]
"""Hears after each part: how many are done, how many there are, how many rows it had."""


@dataclass(frozen=True)
class Part:
    """Some pages of a table or partition; all from ``first`` on where ``last`` is none."""

    schema: str
    name: str
    table: Table
    first: int
    last: int | None

    @property
    def key(self) -> str:
        """How the ledger names it."""
        return f"{self.schema}.{self.name}:{self.first}"


@dataclass(frozen=True)
class Job:
    """What is copied, whereto, by which rules and with which key."""

    source: str
    target: str
    schema: Schema
    rules: Rules
    key: bytes = field(repr=False)

    @cached_property
    def mark(self) -> str:
        """What two runs have in common that may go on with each other's work."""
        with psycopg.connect(self.source) as source:
            origin = source.execute(ORIGIN).fetchone()
        text = f"{origin!r}{self.schema!r}{self.rules!r}".encode()
        return sha256(pads(self.key)[1] + sha256(pads(self.key)[0] + text).digest()).hexdigest()


class Stage(Enum):
    """How far a target is."""

    EMPTY = "empty"
    BEGUN = "begun"
    WHOLE = "whole"


def copy(job: Job, workers: int, say: Say) -> int:
    """Copy a database; return how many rows were copied in this run, none if it was whole before.

    Raises OperationError where the target is no empty database, or holds another run's work.
    """
    stage = stage_of(job)
    if stage is Stage.WHOLE:
        return 0
    if stage is Stage.EMPTY:
        _structure(job)
    todo = list(_left(job))
    rows = _in_parallel(job, todo, workers, say)
    if not _is_done(job, "rest"):
        _sequences(job)
        _restore(job, "post-data", _note("rest", 0))
    _finish(job)
    return rows


def stage_of(job: Job) -> Stage:
    """Return how far the target is with this very run; refuse any other content."""
    with psycopg.connect(job.target) as target:
        if _value(target, COMMENT) == WHOLE + job.mark:
            return Stage.WHOLE
        if _value(target, "select to_regclass('understudy_sanitise.run') is not null"):
            if _value(target, "select mark from understudy_sanitise.run") == job.mark:
                return Stage.BEGUN
            raise OperationError(
                "target: holds the beginning of a run with other rules, another key or another "
                "source; drop the database and make it anew"
            )
        (tables,) = target.execute(HELD).fetchone() or (0,)
    if tables:
        raise OperationError(f"target: must be empty, has {tables} tables, indexes and the like")
    return Stage.EMPTY


def _structure(job: Job) -> None:
    """Make the tables, without indexes and foreign keys, and the ledger; all or nothing."""
    mark = SQL("insert into understudy_sanitise.run values ({});").format(Literal(job.mark))
    _restore(job, "pre-data", LEDGER + mark.as_string(None))


def _restore(job: Job, section: str, more: str) -> None:
    """Take a section of the source's definition over, with more statements, in one transaction."""
    dump = ["pg_dump", "--section", section, *LEFT_OUT, "--dbname", job.source]
    psql = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
    text = _ran(dump, b"") + more.encode()
    _ran([*psql, "--dbname", job.target], text)


def _ran(command: Sequence[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise OperationError(f"{command[0]}: is not installed") from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        # A later line may tell of the row, and with it of a value.
        raise OperationError(f"{command[0]}: {words[0] if words else done.returncode}")
    return done.stdout


def _left(job: Job) -> Iterator[Part]:
    """Yield the parts that are not done yet, those of the largest tables first."""
    with psycopg.connect(job.target) as target:
        done = {part for (part,) in target.execute("select part from understudy_sanitise.done")}
    for part in _parts(job):
        if part.key not in done:
            yield part


def _parts(job: Job) -> Iterator[Part]:
    with psycopg.connect(job.source) as source:
        stored = source.execute(STORED).fetchall()
    for schema, name, root_schema, root, pages in stored:
        table = job.schema.tables[f"{root_schema}.{root}"]
        if job.rules.tables[table.key].empty:
            continue
        firsts = range(0, max(pages, 1), PAGES)
        for first in firsts:
            last = first + PAGES if first != firsts[-1] else None
            yield Part(schema, name, table, first, last)


def _in_parallel(job: Job, parts: Sequence[Part], workers: int, say: Say) -> int:
    """Copy parts side by side; the first that fails stops those that have not begun."""
    rows: list[int] = []
    with ThreadPoolExecutor(workers) as pool:
        begun = [pool.submit(_copied, job, part) for part in parts]
        try:
            for each in as_completed(begun):
                rows.append(each.result())
                say(len(rows), len(parts), rows[-1])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return sum(rows)


def _copied(job: Job, part: Part) -> int:
    """Copy one part and note it, in one transaction of the target; return its rows."""
    own = Identifier(part.schema, part.name)
    names = SQL(", ").join(Identifier(each.name) for each in part.table.written)
    out = SQL("copy ({}) to stdout (format binary)").format(_query(job, part))
    into = SQL("copy {} ({}) from stdin (format binary)").format(own, names)
    try:
        with _keyed(job) as source, psycopg.connect(job.target) as target:
            with source.cursor() as reader, target.cursor() as writer:
                with reader.copy(out) as rows, writer.copy(into) as copied:
                    for block in rows:
                        copied.write(block)
                number = writer.rowcount
            target.execute(_note(part.key, number).encode())
    except psycopg.Error as error:
        raise OperationError(f"{part.table.key}: could not be copied ({kind(error)})") from None
    return number


def _query(job: Job, part: Part) -> Composable:
    rule = job.rules.tables[part.table.key]
    listed = SQL(", ").join(
        expression(
            Masked(each, rule.columns[each.name], each.name in part.table.unique, rule.subject)
        )
        for each in part.table.written
    )
    where = SQL("ctid >= {}::tid").format(Literal(f"({part.first},0)"))
    if part.last is not None:
        where += SQL(" and ctid < {}::tid").format(Literal(f"({part.last},0)"))
    own = Identifier(part.schema, part.name)
    return SQL("select {} from only {}, {} where {}").format(listed, own, KEY, where)


@contextmanager
def _keyed(job: Job) -> Iterator[psycopg.Connection]:
    """Connect to the source for reading, with the key in settings of this session alone."""
    inner, outer = pads(job.key)
    with psycopg.connect(job.source) as source:
        source.read_only = True
        source.execute(
            "select set_config('understudy.inner', %s, false),"
            " set_config('understudy.outer', %s, false)",
            [inner.hex(), outer.hex()],
        )
        yield source


def _note(part: str, rows: int) -> str:
    note = SQL("insert into understudy_sanitise.done values ({}, {});")
    return note.format(Literal(part), Literal(rows)).as_string(None)


def _is_done(job: Job, part: str) -> bool:
    with psycopg.connect(job.target) as target:
        query = "select count(*) from understudy_sanitise.done where part = %s"
        return bool(_value(target, query, [part]))


def _sequences(job: Job) -> None:
    """Let every sequence go on where the source's stands."""
    with psycopg.connect(job.source) as source, psycopg.connect(job.target) as target:
        for schema, name, last in source.execute(SEQUENCES).fetchall():
            own = Identifier(schema, name).as_string(None)
            target.execute("select setval(%s::regclass, %s)", [own, last])


def _finish(job: Job) -> None:
    """Gather statistics, and put the mark of a whole copy in the ledger's place."""
    with psycopg.connect(job.target) as target:
        target.execute("analyze")
        target.execute("drop schema understudy_sanitise cascade")
        name = Identifier(str(_value(target, "select current_database()")))
        target.execute(SQL("comment on database {} is {}").format(name, Literal(WHOLE + job.mark)))


def _value(connection: psycopg.Connection, query: str, values: Sequence[object] = ()) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def kind(error: psycopg.Error) -> str:
    """Return what kind of error it is; PostgreSQL's own words may quote a value of a row."""
    return f"{type(error).__name__}, SQLSTATE {error.sqlstate}"


def default_workers() -> int:
    """Return one worker for each processor; PostgreSQL does the work."""
    return os.cpu_count() or 1
