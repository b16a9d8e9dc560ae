"""A part of a database that holds together: chosen rows, what is theirs, all that these refer to.

1. ``roots`` choose rows of some tables, by a condition or a share of them.
2. Rows of the tables in ``children`` that refer to a chosen row are chosen, and so on downwards.
3. Whatever a chosen row refers to is chosen, and so on upwards, so that every foreign key holds.

References are foreign keys and those that the rules declare. Rows that came by 3 bring no children:
else one order's product would bring every order of it. Of a table that nothing reaches no row is
copied; ``percent: 100`` chooses all. Cycles end because a row is chosen once.

Which rows are chosen is noted by their places (``ctid``) in a schema of its own in the source, in
one transaction, and dropped with the copy's end: so the source takes writes there, and is an
isolated copy of production whose rows nobody changes meanwhile.
"""

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from operations.errors import OperationError
from operations.sanitise.digests import ROW
from operations.sanitise.job import Job
from operations.sanitise.rules import Root
from operations.sanitise.schema import Link, Table
from operations.sanitise.structure import kind, session

MARK_DIGITS = 16


def collect(job: Job) -> None:
    """Note the rows of a job's subset in the source, unless they are; OperationError on failure."""
    if job.rules.subset is None:
        return
    with session(job.source) as source:
        is_there = "select to_regnamespace(%s) is not null"
        if source.execute(is_there, [_place(job)]).fetchone() == (True,):
            return
        try:
            _Choice(job, source).make()
        except psycopg.Error as error:
            raise OperationError(f"subset: could not be collected ({kind(error)})") from None


def drop(job: Job) -> None:
    """Take the notes out of the source again."""
    if job.rules.subset is not None:
        with session(job.source) as source:
            source.execute(SQL("drop schema if exists {} cascade").format(Identifier(_place(job))))


def chosen(job: Job, table: Table, first: int = 0, last: int | None = None) -> Composable:
    """Return the condition that a row of some pages is in the subset; true where there is none."""
    if job.rules.subset is None:
        return SQL("true")
    end = SQL("") if last is None else SQL(" and place < {}::tid").format(Literal(f"({last},0)"))
    return SQL(
        "({row}.tableoid, {row}.ctid) in (select part, place from {noted}"
        " where place >= {first}::tid{end})"
    ).format(row=ROW, noted=_noted(job, table), first=Literal(f"({first},0)"), end=end)


def whole(table: Table) -> Composed:
    """Return a table's own rows: with its partitions', without its heirs'."""
    only = SQL("" if table.kind == "partitioned table" else "only ")
    return only + Identifier(table.schema, table.name)


def _place(job: Job) -> str:
    return f"understudy_subset_{job.mark[:MARK_DIGITS]}"


def _noted(job: Job, table: Table) -> Identifier:
    return Identifier(_place(job), f"t{sorted(job.schema.tables).index(table.key)}")


class _Choice:
    """Chooses rows round by round; each round goes on from those that the last one found."""

    def __init__(self, job: Job, source: psycopg.Connection) -> None:
        self._job, self._source = job, source
        self._tables = {
            key: table
            for key, table in job.schema.tables.items()
            if table.takes_rules and not job.rules.tables[key].empty
        }
        self._links = [
            link
            for link in job.schema.links
            if link.table in self._tables and link.target in self._tables
        ]
        self._round = 0

    def make(self) -> None:
        self._source.execute(SQL("create schema {}").format(Identifier(_place(self._job))))
        for table in self._tables.values():
            self._source.execute(
                SQL(
                    "create unlogged table {} (part oid, place tid, round int not null,"
                    " primary key (part, place))"
                ).format(_noted(self._job, table))
            )
        subset = self._job.rules.subset
        found = {key for key, root in (subset.roots if subset else {}).items()
                 if self._root(self._tables[key], root)}  # fmt: skip
        below = [each for each in self._links if subset and each.table in subset.children]
        while found:
            found = self._follow([each for each in below if each.target in found], upward=False)
        # Upwards from all that is chosen so far, then from what each round adds.
        above = [each for each in self._links if self._stays(each)]
        found = self._follow(above, upward=True, everything=True)
        while found:
            found = self._follow([each for each in above if each.table in found], upward=True)

    def _root(self, table: Table, root: Root) -> int:
        condition = SQL(root.where) if root.where else _share(table, root.percent or 0)
        query = SQL("insert into {} select tableoid, ctid, 0 from {} as {} where ({}\n)").format(
            _noted(self._job, table), whole(table), ROW, condition
        )
        return self._source.execute(query).rowcount

    def _follow(self, links: list[Link], *, upward: bool, everything: bool = False) -> set[str]:
        """Choose what lies at the other end of links; return the tables that gained rows."""
        fresh = SQL("true") if everything else SQL("round = {}").format(Literal(self._round))
        self._round += 1
        gained = {
            link.target if upward else link.table
            for link in links
            if self._next(link, fresh, upward=upward)
        }
        for key in gained:
            # So that the next round is planned by what there is.
            noted = _noted(self._job, self._tables[key])
            self._source.execute(SQL("analyze {}").format(noted))
        return gained

    def _next(self, link: Link, fresh: Composable, *, upward: bool) -> int:
        own, target = self._tables[link.table], self._tables[link.target]
        here, there = (own, target) if upward else (target, own)
        pairs = SQL(" and ").join(
            SQL("own.{} = target.{}").format(Identifier(name), Identifier(other))
            for name, other in link.columns
        )
        query = SQL(
            "insert into {into} select distinct {there}.tableoid, {there}.ctid, {round}"
            " from {own} as own join {target} as target on {pairs}"
            " where ({here}.tableoid, {here}.ctid) in (select part, place from {noted}"
            " where {fresh}) on conflict do nothing"
        ).format(
            into=_noted(self._job, there),
            noted=_noted(self._job, here),
            here=SQL("own" if upward else "target"),
            there=SQL("target" if upward else "own"),
            own=whole(own),
            target=whole(target),
            round=Literal(self._round),
            pairs=pairs,
            fresh=fresh,
        )
        return self._source.execute(query).rowcount

    def _stays(self, link: Link) -> bool:
        """Tell whether a reference is still one once its columns are masked."""
        columns = self._job.rules.tables[link.table].columns
        return all(columns[name].mask != "null" for name, _ in link.columns)


def _share(table: Table, percent: float) -> Composable:
    """Return the condition that chooses a share of rows, the same in each run."""
    plain = (
        key.columns
        for key in table.keys
        if not (key.expressions or key.predicate or key.operators)
        and all(table.columns[name].not_null for name in key.columns)
    )
    names = next(plain, None)
    what = SQL("row({})").format(SQL(", ").join(map(Identifier, names))) if names else ROW
    return SQL("(hashtextextended({}::text, 0) & 2147483647) % 1000000 < {}").format(
        what, Literal(round(percent * 10_000))
    )
