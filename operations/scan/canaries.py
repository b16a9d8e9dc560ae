"""Marked words in the original, which nobody else could have brought into the copy.

They are planted in an isolated copy of the original, before it is fingerprinted and sanitised: one
in each column that the rules mask and that takes text. The scan then looks for them everywhere, as
they are, in pieces, turned around, encoded and as digests without a key. They find what moves
values elsewhere: a trigger's log, a search column, a mask that only encodes.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from operations.errors import OperationError, refusals
from operations.scan.catalogue import Column, Relation, relations
from operations.scan.settings import Masks
from operations.sessions import others
from policies.files import write

LETTERS = "bcdfghjkmnpqrstvwxz"
MARK_LENGTH = 12
"""Characters: one in 19^12 texts would have it by accident."""
FORMS: Sequence[Callable[[str], str]] = (
    lambda word: word,
    lambda word: f"{word}@example.com",
    lambda word: json.dumps({"canary": word}),
    lambda word: f"{{{word}}}",
    lambda word: f"{{{word}@example.com}}",
    lambda word: f"<canary>{word}</canary>",
    lambda word: f'"canary"=>"{word}"',
    lambda word: word[:MARK_LENGTH],
)
"""What a column may take: text, an address, JSON, an array, XML, hstore, a short text."""
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
OF_THE_SERVER = ("40", "53", "57", "58")
"""Classes of errors that are no word's fault: it gave up, is full, is stopped or broken (PostgreSQL
docs, "Error Codes")."""
_HEXADECIMAL = re.compile(r"[0-9a-f]{32,128}")


@dataclass(frozen=True)
class Canaries:
    """What was planted, and where."""

    mark: str
    """What all of them begin with."""
    planted: dict[str, str]
    """By column: the text that was put there."""

    def write(self, file: Path) -> None:
        """Write them where the scan will look; OperationError where that is not possible."""
        text = json.dumps({"mark": self.mark, "planted": self.planted}, indent=2)
        with refusals():
            write(file, f"{text}\n")


def load_canaries(file: Path) -> Canaries:
    """Return what was planted; OperationError where the file does not say it."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        mark, planted = str(data["mark"]), dict(data["planted"])
    except (OSError, ValueError, KeyError, TypeError):
        raise OperationError(f"{file}: can't be read as canaries") from None
    if not re.fullmatch(f"[{LETTERS}]{{{MARK_LENGTH}}}", mark) or not planted:
        raise OperationError(f"{file}: must name a mark and at least one canary")
    return Canaries(mark, planted)


def plant(connection: psycopg.Connection, masks: Masks) -> tuple[Canaries, list[str]]:
    """Plant canaries in the first row of each table; return them and the columns that take none.

    Raises OperationError where somebody else uses the database: then it is no isolated copy.
    """
    if number := others(connection):
        raise OperationError(
            f"database: must be an isolated copy, but {number} others are connected to it"
        )
    # What is checked at the end of a transaction only would take all canaries with it.
    connection.execute("set constraints all immediate")
    mark = "".join(secrets.choice(LETTERS) for _ in range(MARK_LENGTH))
    planted: dict[str, str] = {}
    without: list[str] = []
    for relation in relations(connection):
        for column in relation.columns if relation.kind == "r" else ():
            where = f"{relation.table}.{column.name}"
            if masks.keeps(relation.table, column.name) or where in planted:
                continue
            word, text = f"{mark}{len(planted):04}", None
            if masks.takes_words(relation.table, column.name):
                text = _planted(connection, relation, column, word)
            if text is not None:
                planted[where] = text
            else:
                without.append(where)
    if not planted:
        raise OperationError("database: no masked column took a canary; has it any rows?")
    return Canaries(mark, planted), sorted(set(without) - planted.keys())


def _planted(
    connection: psycopg.Connection, relation: Relation, column: Column, word: str
) -> str | None:
    """Put a word in a column of a table's first row; return it in the form that was taken."""
    own, name = Identifier(relation.schema, relation.name), Identifier(column.name)
    update = SQL(
        "update only {own} set {name} = %s"
        " where ctid = (select ctid from only {own} limit 1) returning {name}::text"
    ).format(own=own, name=name)
    # Not as a parameter: PostgreSQL then reads it as the column's own type, whichever that is.
    for form in FORMS:
        text = form(word)
        try:
            with connection.transaction():
                row = psycopg.ClientCursor(connection).execute(update, [text]).fetchone()
                if row is not None and _is_in(row[0], word[:MARK_LENGTH]):
                    return text
                raise psycopg.Rollback
        except psycopg.Error as error:
            if connection.closed or (error.sqlstate or "")[:2] in OF_THE_SERVER:
                raise
    return None


def _is_in(text: str | None, mark: str) -> bool:
    return text is not None and (mark in text or mark.encode().hex() in text)


class Search:
    """Looks for canaries in text."""

    def __init__(self, canaries: Canaries) -> None:
        mark = canaries.mark
        self._needles = sorted({each.lower() for each in _encoded(mark)})
        self._digests = {
            hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
            for planted in canaries.planted.values()
            for text in {planted, planted.upper()}
            for name in DIGESTS
        }

    def finds(self, text: str) -> bool:
        """Tell whether a canary is in a text, in any form that is looked for."""
        if len(text) < MARK_LENGTH:
            return False
        lower = text.lower()
        return any(needle in lower for needle in self._needles) or any(
            found in self._digests for found in _HEXADECIMAL.findall(lower)
        )


def _encoded(mark: str) -> Iterable[str]:
    for text in (mark, mark[::-1]):
        raw = text.encode()
        yield text
        yield raw.hex()
        yield "".join(f"%{byte:02x}" for byte in raw)
        yield "".join(f"\\u{byte:04x}" for byte in raw)
    for case in (mark, mark.upper()):
        for place in range(3):
            # What stands before it moves the bits; the first and last letters depend on it.
            whole = base64.b64encode(b"\0" * place + case.encode()).decode().rstrip("=")
            yield whole[(place * 8 + 5) // 6 : -1]
