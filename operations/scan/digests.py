"""Keyed digests of values, and which values say enough to be compared by them."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from operations.scan.catalogue import Column
from operations.scan.readings import readings

KEY_VARIABLE = "UNDERSTUDY_SCAN_KEY"
LEAST = 4
"""Characters that a value must have: shorter ones are everybody's."""
LEAST_ELSEWHERE = 8
"""The same for values of columns that stay as they are: these share words with masked ones."""


@dataclass(frozen=True)
class Digests:
    """Makes digests with one key."""

    key: bytes = field(repr=False)

    def value(self, text: str) -> int:
        """Return the digest of a value, whatever its case and spaces."""
        return self._of("value", " ".join(text.casefold().split()))

    def line(self, place: str, key: str, text: str) -> int:
        """Return the digest of what the row with a key has in a place; see ``key_of``."""
        return self._of("line", f"{place}:{key}:{text}")

    def check(self) -> str:
        """Return what tells one key from another."""
        return hmac.digest(self.key, b"check", "sha256").hex()

    def _of(self, what: str, text: str) -> int:
        message = f"{what}:{text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.digest(self.key, message, "sha256")[:8], "big", signed=True)


def key_of(values: Sequence[str | None]) -> str:
    """Return a row's key as one text, which no other key has."""
    return "".join("-" if each is None else f"{len(each)}:{each}" for each in values)


def parts(column: Column, text: str) -> Iterator[str]:
    """Yield what is compared of a value as such: all of it, and each item that it is made of.

    Of numbers, moments and truths nothing: the same ones are many people's.
    """
    if column.is_number or column.is_plain or len(text) < LEAST:
        return
    seen = set()
    for each in readings(text, names=False):
        # A number or a date in JSON says as little as in a column of its own.
        if len(each) >= LEAST and each not in seen and (each is text or _says_much(each)):
            seen.add(each)
            yield each


def _says_much(item: str) -> bool:
    return not all(each in "0123456789.-+:TZ eE" for each in item)
