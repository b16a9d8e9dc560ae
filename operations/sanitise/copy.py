"""Copies a database into an empty one, masking each row inside PostgreSQL on its way out.

The copy never holds what a rule masks: rows come masked out of the source, and none else is sent.
It is made in parts. Each part and the note that it is done are one transaction, so a run that was
killed goes on with what is missing.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from operations.errors import OperationError, UnfinishedError
from operations.sanitise.digests import ROW, Digests
from operations.sanitise.distinct import columns_of, counted
from operations.sanitise.job import Job, keyed
from operations.sanitise.keys import Key
from operations.sanitise.masks import expression, told_apart
from operations.sanitise.progress import Progress, Say
from operations.sanitise.schema import OWN, Table
from operations.sanitise.sessions import Sessions
from operations.sanitise.stream import blocks
from operations.sanitise.structure import LEDGER, begin, complete, kind, set_sequences
from operations.sanitise.subset import chosen, collect, drop, whole

WHOLE = "sanitised by run "
"""How the comment on a whole copy begins; the mark of its run follows."""
GOES_ON = "the same command goes on"
COMMENT = """
select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()
"""
SORTED_IN_MEMORY = SQL("set work_mem = '64MB'")
"""For the one session that groups the fakes of whole tables; PostgreSQL's own default is 4 MB."""
PAGES = 2048
"""How many pages of 8 KiB a part has: 16 MiB, so that a large table is read by all workers."""
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


@dataclass(frozen=True)
class Part:
    """Some pages of a table or partition; all from ``first`` on where ``last`` is none."""

    schema: str
    name: str
    table: Table
    first: int
    last: int | None
    pages: int
    """How many there are; a partly filled one and none count as one."""

    @property
    def key(self) -> str:
        """How the ledger names it."""
        return f"{self.schema}.{self.name}:{self.first}"


class Stage(Enum):
    """How far a target is."""

    EMPTY = "empty"
    BEGUN = "begun"
    WHOLE = "whole"


def copy(job: Job, workers: int, say: Say) -> int:
    """Copy a database; return how many rows were copied in this run, none if it was whole before.

    Raises OperationError where the target is no empty database, or holds another run's work, and
    UnfinishedError where it was begun and is not whole.
    """
    stage = stage_of(job)
    if stage is Stage.WHOLE:
        drop(job)
        return 0
    if job.rules.subset is not None:
        say("  rows of the subset")
    collect(job)
    if stage is Stage.EMPTY:
        say("  what may not be there twice")
        _refuse_clashes(job)
        _structure(job)
    with _begun():
        return _filled(job, workers, say)


@contextmanager
def _begun() -> Iterator[None]:
    """Tell of whatever goes wrong as of work that was begun."""
    try:
        yield
    except OperationError as error:
        raise UnfinishedError(str(error)) from None
    except psycopg.Error as error:
        raise UnfinishedError(broken_off(error)) from None


def broken_off(error: psycopg.Error) -> str:
    """Return what is told of a copy whose connection breaks off, or whose statement fails."""
    return f"the copy broke off ({kind(error)}); {GOES_ON}"


def _filled(job: Job, workers: int, say: Say) -> int:
    """Copy the parts that are not there yet, and what stands after the rows."""
    todo = list(_left(job))
    rows = _in_parallel(job, todo, workers, say)
    if not _is_done(job, "rest"):
        say("  indexes, constraints and materialised views")
        set_sequences(job.source, job.target)
        complete(job.source, job.target, workers)
        _write(job, _note("rest", 0))
    _finish(job)
    drop(job)
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
                "source, or one that was written to since; drop the database and make it anew"
            )
        (tables,) = target.execute(HELD).fetchone() or (0,)
    if tables:
        raise OperationError(f"target: must be empty, has {tables} tables, indexes and the like")
    return Stage.EMPTY


def _refuse_clashes(job: Job) -> None:
    """Mask in the source what most likely stays apart, and refuse what does not."""
    with keyed(job) as source:
        source.execute(SORTED_IN_MEMORY)
        for table in job.schema.tables.values():
            rule = job.rules.tables.get(table.key)
            for key in counted(table, rule) if rule and not rule.empty else ():
                if _value(source, _clashing(job, table, key)):
                    raise OperationError(
                        f"{table.key}: two rows would be the same for {key.name} once masked; "
                        f"set another mask of {', '.join(columns_of(key))}, or take another key"
                    )


def _clashing(job: Job, table: Table, key: Key) -> Composed:
    names, digests = columns_of(key), Digests()
    fakes = {name: told_apart(job.masked(table, table.columns[name]), digests) for name in names}
    listed = [SQL("{} as {}").format(fake, Identifier(name)) for name, fake in fakes.items()]
    own = [Identifier(name) for name in names]
    nulls = SQL(" and ").join(SQL("{} is not null").format(each) for each in own)
    return SQL(
        "select exists (select from (select {listed} from {table} as {row}, {digests}"
        " where ({rows}) and {chosen}) as masked where {nulls} group by {own} having count(*) > 1)"
    ).format(
        listed=SQL(", ").join(listed),
        table=whole(table),
        chosen=chosen(job, table),
        row=ROW,
        digests=digests.source,
        rows=SQL(key.predicate or "true"),
        nulls=SQL("true") if key.nulls_alike else nulls,
        own=SQL(", ").join(own),
    )


def _structure(job: Job) -> None:
    """Make the tables, without indexes and foreign keys, and the ledger; all or nothing."""
    mark = SQL("insert into understudy_sanitise.run values ({});").format(Literal(job.mark))
    begin(job.source, job.target, LEDGER + mark.as_string(None))


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
        if not table.takes_rules or job.rules.tables[table.key].empty:
            continue
        firsts = range(0, max(pages, 1), PAGES)
        for first in firsts:
            last = first + PAGES if first != firsts[-1] else None
            yield Part(schema, name, table, first, last, min(PAGES, max(pages - first, 1)))


def _in_parallel(job: Job, parts: Sequence[Part], workers: int, say: Say) -> int:
    """Copy parts side by side; the first that fails stops the others."""
    progress = Progress(len(parts), sum(part.pages for part in parts), say)
    with Sessions(job) as sessions, ThreadPoolExecutor(workers) as pool:
        try:
            begun = {pool.submit(_copied, job, sessions, part): part for part in parts}
            for each in as_completed(begun):
                progress.done(begun[each].pages, each.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            sessions.end()
            raise
    return progress.rows


def _copied(job: Job, sessions: Sessions, part: Part) -> int:
    """Copy one part and note it, in one transaction of the target; return its rows."""
    names = SQL(", ").join(Identifier(each.name) for each in part.table.written)
    listed = SQL("({})").format(names) if part.table.written else SQL("")
    form = SQL("text" if any(each.textual for each in part.table.written) else "binary")
    out = SQL("copy ({}) to stdout (format {})").format(_query(job, part), form)
    into = SQL("copy {} {} from stdin (format {})").format(_whereto(job, part), listed, form)
    try:
        with sessions.pair() as (source, target):
            with target.cursor() as writer:
                with writer.copy(into) as copied:
                    for block in blocks(source, out.as_bytes(source)):
                        copied.write(block)
                number = writer.rowcount
            target.execute(_note(part.key, number).encode())
    except psycopg.Error as error:
        raise OperationError(f"{part.table.key}: could not be copied ({kind(error)})") from None
    return number


def _whereto(job: Job, part: Part) -> Identifier:
    """Return what rows are sent to: their partition, or the table where masks move them."""
    rules = job.rules.tables[part.table.key].columns
    if any(rules[name].changes for name in part.table.moved_by):
        return Identifier(part.table.schema, part.table.name)
    return Identifier(part.schema, part.name)


def _query(job: Job, part: Part) -> Composable:
    digests = Digests()
    listed = SQL(", ").join(
        expression(job.masked(part.table, each), digests) for each in part.table.written
    )
    where = SQL("{}.ctid >= {}::tid").format(ROW, Literal(f"({part.first},0)"))
    if part.last is not None:
        where += SQL(" and {}.ctid < {}::tid").format(ROW, Literal(f"({part.last},0)"))
    where += SQL(" and ") + chosen(job, part.table, part.first, part.last)
    own = Identifier(part.schema, part.name)
    return SQL("select {} from only {} as {}, {} where {}").format(
        listed, own, ROW, digests.source, where
    )


def _note(part: str, rows: int) -> str:
    note = SQL("insert into understudy_sanitise.done values ({}, {});")
    return note.format(Literal(part), Literal(rows)).as_string(None)


def _write(job: Job, statement: str) -> None:
    with psycopg.connect(job.target) as target:
        target.execute(statement.encode())


def _is_done(job: Job, part: str) -> bool:
    with psycopg.connect(job.target) as target:
        query = "select count(*) from understudy_sanitise.done where part = %s"
        return bool(_value(target, query, [part]))


def _finish(job: Job) -> None:
    """Gather statistics, and put the mark of a whole copy in the ledger's place."""
    if not job.is_as_it_was():
        raise OperationError(
            "source: was written to while it was copied, or lost count of that; drop the target "
            "and make it anew, from a source that nobody writes to"
        )
    with psycopg.connect(job.target) as target:
        target.execute("analyze")
        target.execute("drop schema understudy_sanitise cascade")
        name = Identifier(str(_value(target, "select current_database()")))
        target.execute(SQL("comment on database {} is {}").format(name, Literal(WHOLE + job.mark)))


def _value(
    connection: psycopg.Connection, query: str | Composed, values: Sequence[object] | None = None
) -> object:
    text = query.encode() if isinstance(query, str) else query
    row = connection.execute(text, values).fetchone()
    return row[0] if row else None
