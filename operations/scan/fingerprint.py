"""What the original held, as keyed digests alone, so that a copy can be held against it.

Of each column that the rules mask, the file has two sets. ``value``: digests of the values that say
enough to be somebody's. ``line``: digests of value and primary key together, where the key stays
as it is; these tell of dates, numbers and common words whether the row still has its own.

The digests are the first 8 bytes of HMAC-SHA-256 (RFC 2104). Among a thousand million of them, a
value that is none of them is taken for one with a chance of one in eighteen thousand million.
"""

import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from operations.errors import OperationError
from operations.scan.catalogue import NOTES, Column, Relation, relations
from operations.scan.digests import KEY_VARIABLE, LEAST, Digests, key_of, parts
from operations.scan.settings import Masks
from operations.scan.stream import Part, Row, rows

FORMAT = "understudy fingerprint 1"
CACHE_KIB = 65_536
BATCH = 10_000

TABLES = """
create table about (name text primary key, text text not null) without rowid;
create table value (digest integer primary key);
create table line (digest integer primary key);
create temp table found_value (digest integer not null);
create temp table found_line (digest integer not null);
"""


def write_fingerprint(
    connection: psycopg.Connection,
    file: Path,
    masks: Masks,
    rules_hash: str,
    digests: Digests,
    *,
    say: Callable[[str, int], None] = lambda *_: None,
) -> int:
    """Write the fingerprint of a database into a file, whole or not at all; return its rows."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(beside)) as store:
            # The file is made anew if this breaks off: there is nothing to roll back to.
            store.executescript("pragma journal_mode = off; pragma synchronous = off")
            store.execute(f"pragma cache_size = -{CACHE_KIB}")
            store.executescript(TABLES)
            maker = _Maker(store, masks, digests)
            for relation in relations(connection):
                # What a materialised view shows lies in tables.
                if relation.kind == "r" and not relation.schema.startswith(NOTES):
                    before = maker.number
                    maker.take(relation, rows(connection, Part(relation)))
                    say(f"{relation.schema}.{relation.name}", maker.number - before)
            about = {
                "format": FORMAT,
                "key": digests.check(),
                "rules": rules_hash,
                "masked": json.dumps(sorted(maker.masked)),
                "keys": json.dumps(maker.keys),
            }
            store.executemany("insert into about values (?, ?)", about.items())
            store.commit()
        beside.replace(file)
    except (OSError, sqlite3.Error) as error:
        words = getattr(error, "strerror", None) or error
        raise OperationError(f"{file}: can't be written: {words}") from None
    finally:
        beside.unlink(missing_ok=True)
    return maker.number


class _Maker:
    """Takes the digests of one table after the other."""

    def __init__(self, store: sqlite3.Connection, masks: Masks, digests: Digests) -> None:
        self._store, self._masks, self._digests = store, masks, digests
        self._values: set[int] = set()
        self._lines: list[int] = []
        self.number = 0
        self.masked: set[str] = set()
        self.keys: dict[str, Sequence[str]] = {}

    def take(self, relation: Relation, found: Iterable[Row]) -> None:
        """Take a table's rows."""
        keeps = [self._masks.keeps(relation.table, column.name) for column in relation.columns]
        kept = {column.name for column, keep in zip(relation.columns, keeps, strict=True) if keep}
        masked = [(n, column) for n, column in enumerate(relation.columns) if not keeps[n]]
        self.masked |= {f"{relation.table}.{column.name}" for _, column in masked}
        if relation.key and kept.issuperset(relation.key):
            self.keys[relation.table] = relation.key
        places = places_of(relation, self.keys.get(relation.table))
        for row in found:
            self.number += 1
            key = key_of([row[at] for at in places])
            for n, column in masked:
                if (text := row[n]) is not None:
                    self._note(relation.table, column, key, text)
            if len(self._values) + len(self._lines) >= BATCH:
                self._hand_over()
        self._hand_over()
        self._settle()

    def _note(self, table: str, column: Column, key: str, text: str) -> None:
        if text == self._masks.constant(table, column.name):
            return  # It stands in the rules; that every row has it says nothing.
        self._values.update(self._digests.value(part) for part in parts(column, text))
        if key and len(text) >= LEAST:
            self._lines.append(self._digests.line(f"{table}.{column.name}", key, text))

    def _hand_over(self) -> None:
        for name, found in (("value", self._values), ("line", self._lines)):
            insert = f"insert into found_{name} values (?)"  # noqa: S608  (one of two names)
            self._store.executemany(insert, ((each,) for each in found))
        self._values.clear()
        self._lines.clear()

    def _settle(self) -> None:
        """Put what a table had into the trees, in order: each would be a seek otherwise."""
        for name in ("value", "line"):
            select = f"select digest from found_{name} order by digest"  # noqa: S608
            self._store.execute(f"insert or ignore into {name} {select}")
            self._store.execute(f"delete from found_{name}")  # noqa: S608


def places_of(relation: Relation, key: Sequence[str] | None) -> list[int]:
    """Return where in a row the columns of a key are; nowhere if one of them is not there."""
    at = {column.name: n for n, column in enumerate(relation.columns)}
    names = key or ()
    return [at[name] for name in names] if at.keys() >= set(names) else []


class Fingerprint:
    """A fingerprint that is read."""

    def __init__(self, store: sqlite3.Connection, about: Mapping[str, str]) -> None:
        self._store = store
        self.rules = about["rules"]
        self.masked: frozenset[str] = frozenset(json.loads(about["masked"]))
        self.keys: Mapping[str, Sequence[str]] = json.loads(about["keys"])

    def has_value(self, digest: int) -> bool:
        """Tell whether a masked column of the original held a value."""
        query = "select 1 from value where digest = ?"
        return self._store.execute(query, (digest,)).fetchone() is not None

    def has_line(self, digest: int) -> bool:
        """Tell whether a row of the original held this in this column."""
        query = "select 1 from line where digest = ?"
        return self._store.execute(query, (digest,)).fetchone() is not None


@contextmanager
def opened(file: Path, digests: Digests) -> Iterator[Fingerprint]:
    """Open a fingerprint; OperationError where it is none, or was made with another key."""
    try:
        store = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        raise OperationError(f"{file}: can't be read as a fingerprint") from None
    with closing(store):
        try:
            store.execute(f"pragma cache_size = -{CACHE_KIB}")
            about = dict(store.execute("select name, text from about"))
            if about.get("format") != FORMAT:
                raise OperationError(f"{file}: must be a fingerprint of this version")
            if not hmac.compare_digest(about.get("key", ""), digests.check()):
                raise OperationError(f"{file}: was made with another key than {KEY_VARIABLE} holds")
            yield Fingerprint(store, about)
        except sqlite3.Error:
            raise OperationError(f"{file}: can't be read as a fingerprint") from None
