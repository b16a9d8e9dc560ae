"""That rows which must differ still do once they are masked.

A mask keeps values apart for sure (its digest has 64 bits or more), or only most likely, or it does
not. The last is refused by ``check``. For the second the copy masks the columns once in the source
and counts, before it writes anything: a clash is told by the name of what it would break.
"""

import re
from collections.abc import Iterator

from operations.sanitise.keys import Key
from operations.sanitise.rules import SUBJECT, ColumnRule, Mask, Masking, Rules, TableRule
from operations.sanitise.schema import Column, Schema, Table
from operations.sanitise.types import base_of, length_of

APART: dict[Mask, int] = {"keep": 0, "hash": 16, "name": 29, "address": 35, "redact": 25, "url": 41}
"""Masks that keep values apart for sure, and the characters that they need for it."""
MOSTLY: frozenset[Mask] = frozenset({"email", "phone", "iban", "ip", "date", "number"})
"""Masks that most likely do: those who do not are counted in the source."""
TAILED: frozenset[Mask] = frozenset({"name", "address", "redact"})
FORGETS_NULL: frozenset[Mask] = frozenset({"null", "constant"})
_FOLDED = re.compile(r"(?:lower|upper)\(\"?([^()\":]+)\"?(?:::(?:text|citext))?\)", re.IGNORECASE)
_FOR_NULL = re.compile(r"\(?\"?([^()\"]+?)\"? IS (?:NOT )?NULL\)?")


def domain_of(rule: Masking) -> tuple[Mask, str]:
    """Return what columns have in common that map alike."""
    return rule.mask, rule.domain or (SUBJECT if rule.by == "subject" else rule.mask)


def tailed(rules: Rules, schema: Schema) -> frozenset[tuple[Mask, str]]:
    """Return the domains whose fakes of few words get a tail: one column of them is unique.

    All columns of a domain get it, or what refers to the unique one would not find it.
    """
    return frozenset(
        domain_of(rule)
        for key, table in schema.tables.items()
        if key in rules.tables
        for name in table.unique
        if (rule := rules.tables[key].columns.get(name)) and rule.mask in TAILED
    )


def clashes(table: Table, rule: TableRule) -> Iterator[str]:
    """Yield a line for each column whose mask may make two rows the same that may not be."""
    if rule.empty:
        return
    for key in table.keys:
        columns = {name: each for name, each in rule.columns.items() if name in table.columns}
        if not key.nulls_alike and "null" in {columns[c].mask for c in key.columns if c in columns}:
            continue  # Null is like nothing, so such a row clashes with none.
        for name, own in columns.items():
            if words := _words(table.columns[name], own, key):
                yield f"tables.{table.key}.columns.{name}.mask: {words}, got {own.mask}"


def counted(table: Table, rule: TableRule) -> Iterator[Key]:
    """Yield the keys of a table that only most likely hold once it is masked."""
    for key in table.keys:
        folded = {name for each in key.expressions if (name := _folded(each))}
        masks = {name: rule.columns[name].mask for name in (*key.columns, *folded)}
        if "null" in masks.values() and not key.nulls_alike:
            continue
        if any(_is_counted(table.columns[name], rule.columns[name], name in folded)
               for name in masks):  # fmt: skip
            yield key


def columns_of(key: Key) -> list[str]:
    """Return the columns that a key has as they are, or in small letters alone."""
    return [*key.columns, *(name for each in key.expressions if (name := _folded(each)))]


def _is_counted(column: Column, rule: ColumnRule, folded: bool) -> bool:  # noqa: FBT001
    if rule.rows or rule.by == "subject":
        return True
    if rule.mask == "email" and (folded or base_of(column.type) == "citext"):
        return False  # Its fake knows no capitals, and neither does what compares it.
    return rule.mask in MOSTLY


def _words(column: Column, rule: ColumnRule, key: Key) -> str:
    """Return what a mask must be for a key to hold; nothing where it will."""
    if not rule.changes:
        return ""
    if key.operators:
        return _in_exclusion(column, rule, key)
    name = column.name
    folded = [each for each in key.expressions if _folded(each) == name]
    mostly = rule.mask in MOSTLY or rule.by == "subject" or rule.rows
    apart = _keeps_apart(column, rule) or mostly
    if (name in key.columns or folded) and not apart:
        return f"must keep rows apart, for {key.name}"
    rest = Key(key.name, (), tuple(each for each in key.expressions if each not in folded))
    if rest.mentions(name):
        return f"must be keep: {key.name} computes from it what may not be there twice"
    if Key(key.name, (), (), key.predicate).mentions(name) and not _stays_null(rule, key):
        return f"must be keep: {key.name} chooses by it of which rows it speaks"
    return ""


def _in_exclusion(column: Column, rule: ColumnRule, key: Key) -> str:
    in_order = dict(zip(key.columns, key.operators, strict=False)) if not key.expressions else {}
    if in_order.get(column.name) == "=" and _keeps_apart(column, rule):
        return ""
    if column.name in key.columns or key.mentions(column.name):
        return f"must be keep: {key.name} excludes rows by it"
    return ""


def _keeps_apart(column: Column, rule: ColumnRule) -> bool:
    length = length_of(column.type)
    needed = APART.get(rule.mask)
    own = rule.by == "value" and not rule.rows
    return needed is not None and own and (length is None or length >= needed)


def _stays_null(rule: ColumnRule, key: Key) -> bool:
    found = _FOR_NULL.fullmatch(key.predicate)
    return found is not None and rule.mask not in FORGETS_NULL and not rule.rows


def _folded(expression: str) -> str:
    found = _FOLDED.fullmatch(expression)
    return found[1] if found else ""
