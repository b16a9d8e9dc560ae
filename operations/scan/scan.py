"""Reads a whole sanitised database and says what in it could be somebody's."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

import psycopg

from operations.errors import OperationError
from operations.scan import catalogue, stream
from operations.scan.canaries import Search
from operations.scan.catalogue import Column, Relation
from operations.scan.connection import reading
from operations.scan.digests import LEAST, LEAST_ELSEWHERE, Digests, key_of, parts
from operations.scan.fingerprint import Fingerprint, places_of
from operations.scan.kinds import seen_in
from operations.scan.readings import of_bytes, readings
from operations.scan.report import VERSION, Allowed, Finding, Report, tool_hash
from operations.scan.settings import Settings
from operations.scan.tally import MOST_DISTINCT, Tally

REMEMBERED = 5_000
"""Values of a column whose outcome is remembered, for columns of few different ones."""
LONGEST_REMEMBERED = 256

Say = Callable[[str, int], None]
"""Hears of each table that is read, and how many rows it had."""
Seen = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Scan:
    """What is scanned and what it is held against."""

    database: str
    settings: Settings
    settings_hash: str
    fingerprint: Fingerprint | None = None
    digests: Digests = field(default_factory=lambda: Digests(b""))
    search: Search | None = None
    canaries: int = 0

    def run(self, say: Say) -> Report:
        """Read everything; return the report.

        Raises OperationError where something cannot be read, or an allowance is of no use.
        """
        with reading(self.database) as connection:
            walk = _Walk(self, say)
            walk.everything(connection)
            schema = catalogue.schema_hash(connection)
        findings = sorted(walk.findings(), key=lambda each: (each.where, each.kind))
        reasons = {(each.where, each.kind): each.reason for each in self.settings.allow}
        left = [each for each in findings if (each.where, each.kind) not in reasons]
        found = {(each.where, each.kind) for each in findings}
        stale = [
            f"scan.yaml: allow: {where}: {kind}: is not found any more; take it out"
            for where, kind in reasons
            if (where, kind) not in found
        ]
        if stale:
            raise OperationError("\n".join([*map(str, left), *stale]))
        return Report(
            version=VERSION,
            tool=tool_hash(),
            time=datetime.now(UTC).replace(microsecond=0),
            verdict="findings" if left else "clean",
            schema_hash=schema,
            settings_hash=self.settings_hash,
            rules_hash=self.fingerprint.rules if self.fingerprint else None,
            canaries=self.canaries,
            rows=walk.rows,
            values=walk.values,
            findings=tuple(left),
            allowed=tuple(
                Allowed(finding=each, reason=reasons[each.where, each.kind])
                for each in findings
                if (each.where, each.kind) in reasons
            ),
            not_compared=tuple(
                sorted(where for where, tally in walk.tallies.items() if tally.is_not_compared)
            ),
        )


@dataclass(frozen=True)
class _Place:
    """A column that is being read."""

    where: str
    column: Column
    tally: Tally
    memory: dict[str, Seen] = field(default_factory=dict)


class _Walk:
    """One way through a database."""

    def __init__(self, scan: Scan, say: Say) -> None:
        self._scan, self._say = scan, say
        self._safe = scan.settings.safe
        self.tallies: dict[str, Tally] = {}
        self.rows: dict[str, int] = {}
        self._there: list[Finding] = []

    @property
    def values(self) -> int:
        """How many values were read."""
        return sum(tally.values for tally in self.tallies.values())

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, whether it is allowed or not."""
        yield from self._there
        for where, tally in self.tallies.items():
            for kind, count in tally.kinds():
                yield Finding(where=where, kind=kind, count=count, of=tally.values)

    def everything(self, connection: psycopg.Connection) -> None:
        """Read all that a database and its server hold."""
        for name in catalogue.other_databases(connection):
            with reading(self._scan.database, name) as other:
                if not catalogue.is_empty(other):
                    where = f"database {name}"
                    self._there.append(Finding(where=where, kind="other-database", count=1, of=1))
        every = catalogue.relations(connection)
        for table, relations in groupby(every, key=lambda relation: relation.table):
            for relation in relations:
                self._relation(relation, connection)
            for column in self.tallies.values():
                column.settle()
            self._say(table, self.rows.get(table, 0))
        for where, text in stream.texts(connection):
            self._text(where, [text])
        for piece in stream.large_objects(connection):
            self._text("large objects", of_bytes(piece))
        self._statistics(connection)

    def _relation(self, relation: Relation, connection: psycopg.Connection) -> None:
        if relation.is_foreign:
            where = relation.table
            self._there.append(Finding(where=where, kind="foreign-table", count=1, of=1))
            return
        fingerprint = self._scan.fingerprint
        at = [self._place(relation.table, column) for column in relation.columns]
        keys = places_of(relation, fingerprint.keys.get(relation.table) if fingerprint else None)
        number = 0
        for row in stream.rows(connection, relation):
            number += 1
            key = key_of([row[n] for n in keys])
            for place, text in zip(at, row, strict=True):
                if text is not None:
                    place.tally.values += 1
                    _count(place.tally, self._remembered(place, text))
                    if fingerprint is not None:
                        self._compare(fingerprint, place, key, text)
        self.rows[relation.table] = self.rows.get(relation.table, 0) + number

    def _place(self, table: str, column: Column) -> _Place:
        where = f"{table}.{column.name}"
        fingerprint = self._scan.fingerprint
        masked = fingerprint is not None and where in fingerprint.masked
        tally = self.tallies.setdefault(where, Tally(column.is_number, masked))
        return _Place(where, column, tally)

    def _remembered(self, place: _Place, text: str) -> Seen:
        if place.column.is_plain:
            return ()
        found = place.memory.get(text)
        if found is None:
            found = self._seen(readings(text), number=place.column.is_number)
            if len(place.memory) < REMEMBERED and len(text) <= LONGEST_REMEMBERED:
                place.memory[text] = found
        return found

    def _seen(self, texts: Iterable[str], *, number: bool = False) -> Seen:
        """Return each kind that a value has the form of, and whether it is real, once."""
        seen: dict[str, bool] = {}
        search = self._scan.search
        for text in texts:
            for kind, real in seen_in(text, self._safe, number=number):
                seen[kind] = seen.get(kind, False) or real
            if search is not None and search.finds(text):
                seen["canary"] = True
        return tuple(seen.items())

    def _compare(self, fingerprint: Fingerprint, place: _Place, key: str, text: str) -> None:
        tally, digests = place.tally, self._scan.digests
        least = LEAST if tally.masked else LEAST_ELSEWHERE
        found = [digests.value(each) for each in parts(place.column, text) if len(each) >= least]
        if found:
            tally.by_value += 1
            if len(tally.distinct) < MOST_DISTINCT:
                tally.distinct.add(found[0])
            tally.originals += any(map(fingerprint.has_value, found))
        if tally.masked and key and len(text) >= LEAST:
            tally.by_line += 1
            line = digests.line(place.where, key, text)
            tally.unchanged += fingerprint.has_line(line)

    def _text(self, where: str, texts: Iterable[str]) -> None:
        tally = self.tallies.setdefault(where, Tally())
        tally.values += 1
        _count(tally, self._seen(each for text in texts for each in readings(text)))

    def _statistics(self, connection: psycopg.Connection) -> None:
        """Look through the planner's statistics; what is in the rows too is told once."""
        for where, text in stream.statistics(connection):
            known = self.tallies.get(where)
            if known is not None and known.number:
                continue
            told = known.real if known else {}
            fresh = [(kind, real) for kind, real in self._seen(readings(text)) if kind not in told]
            if fresh:
                tally = self.tallies.setdefault(f"statistics of {where}", Tally())
                tally.values += 1
                _count(tally, fresh)


def _count(tally: Tally, seen: Seen) -> None:
    for kind, real in seen:
        tally.formed[kind] += 1
        if real:
            tally.real[kind] += 1
