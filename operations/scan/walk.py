"""Reads values and counts what is seen in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from operations.scan import stream
from operations.scan.canaries import Search
from operations.scan.catalogue import Column
from operations.scan.digests import LEAST, LEAST_ELSEWHERE, Digests, key_of, parts
from operations.scan.fingerprint import Fingerprint, places_of
from operations.scan.kinds import seen_in
from operations.scan.readings import of_bytes, readings
from operations.scan.stream import Part
from operations.scan.tally import MOST_DISTINCT, Tallies, Tally

REMEMBERED = 5_000
"""Values of a column whose outcome is remembered, for columns of few different ones."""
LONGEST_REMEMBERED = 256

Seen = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class _Place:
    """A column that is being read."""

    where: str
    column: Column
    tally: Tally
    memory: dict[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True)
class Walk:
    """Goes through values with what they are held against."""

    connection: psycopg.Connection
    safe: frozenset[str]
    search: Search | None
    fingerprint: Fingerprint | None
    digests: Digests

    def rows(self, part: Part) -> tuple[Tallies, int]:
        """Read some pages of a relation; return what its columns have, and how many rows it had."""
        relation = part.relation
        at = [self._place(relation.table, column) for column in relation.columns]
        known = self.fingerprint.keys.get(relation.table) if self.fingerprint else None
        keys = places_of(relation, known)
        number = 0
        for row in stream.rows(self.connection, part):
            number += 1
            key = key_of([row[n] for n in keys])
            for place, text in zip(at, row, strict=True):
                if text is not None:
                    place.tally.values += 1
                    place.tally.count(self._remembered(place, text))
                    if self.fingerprint is not None:
                        self._compare(self.fingerprint, place, key, text)
        return {place.where: place.tally for place in at}, number

    def elsewhere(self) -> Tallies:
        """Read what beside rows holds text, and large objects."""
        tallies: Tallies = {}
        for where, text in stream.texts(self.connection):
            self._note(tallies, where, [text])
        for piece in stream.large_objects(self.connection):
            self._note(tallies, "large objects", of_bytes(piece))
        return tallies

    def statistics(self, rows: Tallies) -> Tallies:
        """Read the planner's statistics; what is in the rows too is told once."""
        tallies: Tallies = {}
        for where, text in stream.statistics(self.connection):
            known = rows.get(where, Tally())
            seen = () if known.number else self._seen(readings(text))
            if fresh := [(kind, real) for kind, real in seen if kind not in known.real]:
                tally = tallies.setdefault(f"statistics of {where}", Tally())
                tally.values += 1
                tally.count(fresh)
        return tallies

    def _place(self, table: str, column: Column) -> _Place:
        where = f"{table}.{column.name}"
        masked = self.fingerprint is not None and where in self.fingerprint.masked
        return _Place(where, column, Tally(column.is_number, masked))

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
        for text in texts:
            for kind, real in seen_in(text, self.safe, number=number):
                seen[kind] = seen.get(kind, False) or real
            if self.search is not None and self.search.finds(text):
                seen["canary"] = True
        return tuple(seen.items())

    def _compare(self, fingerprint: Fingerprint, place: _Place, key: str, text: str) -> None:
        tally, digests = place.tally, self.digests
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

    def _note(self, tallies: Tallies, where: str, texts: Iterable[str]) -> None:
        tally = tallies.setdefault(where, Tally())
        tally.values += 1
        tally.count(self._seen(each for text in texts for each in readings(text)))
