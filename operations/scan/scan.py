"""Scans a whole sanitised database, by several processes at once, all of one state of it."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread

import psycopg

from operations.errors import OperationError
from operations.scan import catalogue, stream
from operations.scan.canaries import Search
from operations.scan.catalogue import Relation
from operations.scan.connection import reading
from operations.scan.digests import Digests
from operations.scan.fingerprint import opened
from operations.scan.report import VERSION, Allowed, Finding, Report, tool_hash
from operations.scan.settings import Settings
from operations.scan.stream import Part
from operations.scan.tally import Tallies, add
from operations.scan.walk import Walk

Say = Callable[[str, int], None]
"""Hears of each table that is read, and how many rows it had."""


@dataclass(frozen=True)
class Scan:
    """What is scanned and what it is held against."""

    database: str
    settings: Settings
    settings_hash: str
    fingerprint: Path | None = None
    digests: Digests = field(default_factory=lambda: Digests(b""))
    search: Search | None = None
    canaries: int = 0
    workers: int = 1

    def run(self, say: Say) -> Report:
        """Read everything; return the report.

        Raises OperationError where something cannot be read, or an allowance is of no use.
        """
        there: list[Finding] = []
        rows: Counter[str] = Counter()
        tallies: Tallies = {}
        with ExitStack() as stack:
            connection = stack.enter_context(reading(self.database))
            walk = self.walk(connection, stack)
            relations = catalogue.relations(connection)
            _refuse_parts(walk, relations)
            there += self._beside(connection)
            there += [
                Finding(where=each.table, kind="foreign-table", count=1, of=1)
                for each in relations
                if each.is_foreign
            ]
            parts = stream.parts(connection, relations)
            left = Counter(part.relation.table for part in parts)
            for part, found, number in stack.enter_context(closing(self._read(walk, parts))):
                table = part.relation.table
                add(tallies, found)
                rows[table] += number
                left[table] -= 1
                if left[table] == 0:
                    # What a table was made of is not held on to.
                    for column in part.relation.columns:
                        tallies[f"{table}.{column.name}"].settle()
                    say(table, rows[table])
            add(tallies, walk.statistics(tallies))
            add(tallies, walk.elsewhere())
            schema = catalogue.schema_hash(connection)
            rules = walk.fingerprint.rules if walk.fingerprint else None
        there += [
            Finding(where=where, kind=kind, count=count, of=tally.values)
            for where, tally in tallies.items()
            for kind, count in tally.kinds()
        ]
        return self._report(there, tallies, dict(sorted(rows.items())), schema, rules)

    def walk(self, connection: psycopg.Connection, stack: ExitStack) -> Walk:
        """Return what goes through the values of a connection."""
        fingerprint = None
        if self.fingerprint is not None:
            fingerprint = stack.enter_context(opened(self.fingerprint, self.digests))
        return Walk(connection, self.settings.safe, self.search, fingerprint, self.digests)

    def _beside(self, connection: psycopg.Connection) -> Iterator[Finding]:
        """Yield the other databases of the server that hold anything."""
        for name in catalogue.other_databases(connection):
            with reading(self.database, name) as other:
                if not catalogue.is_empty(other):
                    where = f"database {name}"
                    yield Finding(where=where, kind="other-database", count=1, of=1)

    def _read(
        self, walk: Walk, parts: Sequence[Part]
    ) -> Generator[tuple[Part, Tallies, int], None, None]:
        """Yield what is in each part, as it is read; small databases are read by one process."""
        workers = min(self.workers, sum(part.is_large for part in parts))
        if workers <= 1:
            for part in parts:
                yield part, *walk.rows(part)
            return
        (snapshot,) = walk.connection.execute("select pg_export_snapshot()").fetchone() or ("",)
        others = set(active_children())
        pool = ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=_begin, initargs=(self, snapshot)
        )
        with pool:
            try:
                with _uninterrupted():
                    begun = {pool.submit(_read, part): part for part in parts}
                for each in as_completed(begun):
                    yield begun[each], *each.result()
            except BrokenProcessPool:
                raise OperationError("scan: one of its processes was ended") from None
            except BaseException:
                for process in set(active_children()) - others:
                    process.terminate()
                raise
            finally:
                pool.shutdown(cancel_futures=True)

    def _report(
        self,
        findings: Sequence[Finding],
        tallies: Tallies,
        rows: dict[str, int],
        schema: str,
        rules: str | None,
    ) -> Report:
        found = {(each.where, each.kind): each for each in findings}
        reasons = {(each.where, each.kind): each.reason for each in self.settings.allow}
        left = tuple(found[key] for key in sorted(found.keys() - reasons.keys()))
        if stale := sorted(reasons.keys() - found.keys()):
            words = "is not found any more; take it out"
            lines = [f"scan.yaml: allow: {where}: {kind}: {words}" for where, kind in stale]
            raise OperationError("\n".join([*map(str, left), *lines]))
        return Report(
            version=VERSION,
            tool=tool_hash(),
            time=datetime.now(UTC).replace(microsecond=0),
            verdict="findings" if left else "clean",
            schema_hash=schema,
            settings_hash=self.settings_hash,
            rules_hash=rules,
            canaries=self.canaries,
            rows=rows,
            values=sum(tally.values for tally in tallies.values()),
            findings=left,
            allowed=tuple(Allowed(finding=found[key], reason=reasons[key]) for key in
                          sorted(found.keys() & reasons.keys())),
            not_compared=tuple(sorted(where for where, tally in tallies.items()
                                      if tally.is_not_compared)),
        )  # fmt: skip


def _refuse_parts(walk: Walk, relations: Sequence[Relation]) -> None:
    """Refuse a copy that is not whole: nobody is in what is not there, and it is not the copy."""
    if catalogue.is_begun(walk.connection):
        raise OperationError("database: is not whole: sanitise copy has not come to its end in it")
    if walk.fingerprint is not None:
        there = {f"{each.table}.{column.name}" for each in relations for column in each.columns}
        for name in sorted(walk.fingerprint.masked - there):
            raise OperationError(f"database: is not whole: has no {name}, which the original has")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let processes that begin here hear no interrupt of the terminal: this one ends them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class _Process:
    """What a process of its own has, from its beginning to its end."""

    walk: Walk
    failed: OperationError | None = None
    stack = ExitStack()


def _begin(scan: Scan, snapshot: str) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        connection = _Process.stack.enter_context(reading(scan.database, snapshot=snapshot))
        _Process.walk = scan.walk(connection, _Process.stack)
    except OperationError as error:
        # Told with the first part: a process that fails here says nothing of why.
        _Process.failed = error


def _end_with_parent() -> None:
    """End this process once nobody is left who waits for it: its parent was killed."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read(part: Part) -> tuple[Tallies, int]:
    if _Process.failed is not None:
        raise _Process.failed
    return _Process.walk.rows(part)
