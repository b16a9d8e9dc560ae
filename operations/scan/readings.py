"""Everything that the text of a value says, to the bottom of what is wrapped in it.

It works on the text that PostgreSQL gives of any type, and asks for no type: an array of composites
with JSON in them, a byte string in a range, or JSON in plain text are all unwrapped by their form.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

DEEPEST = 8
"""How many layers of wrapping are undone; what lies deeper is read as it stands."""

_BYTES = re.compile(r"\\x((?:[0-9a-fA-F]{2})+)(?![0-9a-fA-F])")
_ASCII = re.compile(rb"[\t\n\r\x20-\x7e]{10,}")
"""Shorter runs are in any picture or digest, and mean nothing."""
_WIDE = {
    "utf-16-le": re.compile(rb"(?:[\t\n\r\x20-\x7e\xa0-\xff]\x00){6,}"),
    "utf-16-be": re.compile(rb"(?:\x00[\t\n\r\x20-\x7e\xa0-\xff]){6,}"),
}
_TOKEN = re.compile(r'"((?:[^"\\]|\\.|"")*)"|([^,{}()\[\]"]+)', re.DOTALL)
_ESCAPED = re.compile(r'\\(.)|""', re.DOTALL)
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_MARKUP = re.compile(r"<[^<>]*>")


def readings(text: str, *, names: bool = True, depth: int = 0) -> Iterator[str]:
    """Yield a text, and each text that is wrapped in it; without ``names``, none of a key."""
    yield text
    if depth < DEEPEST:
        for inner in _inside(text, names=names):
            if inner and inner != text:
                yield from readings(inner, names=names, depth=depth + 1)


def of_bytes(data: bytes) -> Iterator[str]:
    """Yield what bytes say as UTF-8; where they are no text, each run of letters among them.

    Then each run of letters in UTF-16, of either order and beginning anywhere.
    """
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        for found in _ASCII.finditer(data):
            yield found[0].decode("ascii")
    if b"\0" in data:
        for order, runs in _WIDE.items():
            for found in runs.finditer(data):
                yield found[0].decode(order)


def _inside(text: str, *, names: bool) -> Iterator[str]:
    first = text[:1]
    if "\\x" in text:
        for found in _BYTES.finditer(text):
            yield from of_bytes(bytes.fromhex(found[1]))
    if first and first in '{["':
        try:
            value = json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            pass  # It only begins like JSON.
        else:
            yield from _leaves(value, names=names)
            return
    if first and (first in '{[("' or '"' in text):
        yield from _tokens(text, names=names)
    yield from _replaced(text)


def _replaced(text: str) -> Iterator[str]:
    """Yield a text with what stands for other letters in it undone."""
    if text.startswith("<"):
        yield from _MARKUP.split(text)
    if "&" in text and ";" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)
    if "%" in text and _PERCENT.search(text):
        yield unquote(text, errors="replace")


class _Pairs(list[tuple[str, Any]]):
    """What an object of JSON holds: the type json keeps a name that stands twice."""


def _leaves(value: Any, *, names: bool) -> Iterator[str]:
    """Yield the names and values of JSON, without recursion: it may be nested deeply."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, _Pairs):
            left += [each for pair in item for each in (pair if names else pair[1:])]
        elif isinstance(item, list):
            left += item


def _tokens(text: str, *, names: bool) -> Iterator[str]:
    """Yield the items of an array, composite, range or hstore, without their quotes."""
    for found in _TOKEN.finditer(text):
        quoted, bare = found.groups()
        if not names and text.startswith("=>", found.end()):
            continue
        if quoted is not None:
            yield _ESCAPED.sub(lambda escape: escape[1] or '"', quoted)
        elif bare.strip() and bare != "NULL":
            yield bare.strip()
