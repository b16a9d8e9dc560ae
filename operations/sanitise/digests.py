"""Keyed digests in SQL: HMAC-SHA-256 (RFC 2104), written out with PostgreSQL's own ``sha256``.

No extension is needed, and the key stands in no statement but in a row named ``understudy_key``
that the query brings along.
"""

import hashlib
from collections.abc import Callable

from psycopg import sql
from psycopg.sql import SQL, Composable, Literal

BLOCK_BYTES = 64
"""SHA-256's block (RFC 2104, 2)."""
KEY = SQL(
    "(select decode(current_setting('understudy.inner'), 'hex') as understudy_inner,"
    " decode(current_setting('understudy.outer'), 'hex') as understudy_outer offset 0)"
    " as understudy_key"
)
"""The key, once the two settings are made of the pads.

Without the offset PostgreSQL would decode it for each value: a quarter of what a mask costs.
"""
ROW = SQL("understudy_row")
"""What a query that masks calls the table: a column is never taken for a name of the mask's own."""
Make = Callable[[Composable], Composable]
"""Makes an expression of the name of a digest, which it may use more than once."""


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return what a key comes to inside and outside of HMAC: the inner and the outer block."""
    short = hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key
    block = short.ljust(BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def column_of(name: str) -> Composable:
    """Return what names a column of the row that is masked."""
    return SQL("{}.{}").format(ROW, sql.Identifier(name))


class Digests:
    """The digests that a query needs of each row: the same one is computed but once."""

    def __init__(self) -> None:
        self._wanted: dict[str, Composable] = {}
        """By their text, in the order in which they were asked for."""

    def of_row(self, value: Composable, domain: str, make: Make) -> Composable:
        """Return what is made of the digest of a value that the row itself has."""
        digest = _digest(value, domain)
        text = digest.as_string(None)
        self._wanted.setdefault(text, digest)
        return make(SQL("understudy_digests.{}").format(_name(list(self._wanted).index(text))))

    def of_item(self, value: Composable, domain: str, make: Make) -> Composable:
        """Return what is made of the digest of a value within one: an item, or a document's."""
        digest = _digest(value, domain)
        # Without the offset PostgreSQL would compute it wherever it is named.
        return SQL("(select {} from (select {} as digest offset 0) as made)").format(
            make(SQL("made.digest")), digest
        )

    @property
    def source(self) -> Composable:
        """What a query names in its FROM after the table, once all that it lists is made."""
        if not self._wanted:
            return KEY
        listed = SQL(", ").join(
            SQL("{} as {}").format(digest, _name(n))
            for n, digest in enumerate(self._wanted.values())
        )
        return SQL("{}, lateral (select {} offset 0) as understudy_digests").format(KEY, listed)


def _name(number: int) -> Composable:
    return sql.Identifier(f"of_{number}")


def _digest(value: Composable, domain: str) -> Composable:
    message = SQL("convert_to({} || {}::text, 'UTF8')").format(Literal(f"{domain}:"), value)
    return SQL(
        "sha256(understudy_key.understudy_outer || sha256(understudy_key.understudy_inner || {}))"
    ).format(message)


def number_of(digest: Composable, first: int, size: int) -> Composable:
    """Return a number of so many bytes of a digest, no more than seven, from one of them on."""
    # Byte by byte: to read it as a bit string costs as much as a hash.
    parts = [
        SQL("get_byte({}, {}) * {}::bigint").format(
            digest, Literal(first + n), Literal(256 ** (size - 1 - n))
        )
        for n in range(size)
    ]
    return SQL("({})").format(SQL(" + ").join(parts))


def hex_of(digest: Composable, first: int, size: int) -> Composable:
    """Return so many bytes of a digest in hexadecimal, from one of them on."""
    return SQL("encode(substr({}, {}, {}), 'hex')").format(
        digest, Literal(first + 1), Literal(size)
    )
