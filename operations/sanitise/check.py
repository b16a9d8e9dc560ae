"""Rules against a database: whatever has no rule, or a rule for something else, stops the run."""

from collections.abc import Iterator

from operations.data_files import RULES
from operations.sanitise.distinct import clashes, domain_of
from operations.sanitise.json_paths import steps
from operations.sanitise.references import with_references, wrong_references
from operations.sanitise.rules import ColumnRule, Mask, Rules, TableRule
from operations.sanitise.schema import Column, Link, Schema, Table
from operations.sanitise.types import (
    DOCUMENTS,
    FAR,
    MOMENTS,
    NUMBERS,
    TEXT,
    base_of,
    length_of,
    quoted,
)

FITS: dict[Mask, frozenset[str]] = {
    "hash": TEXT | {"bytea", "uuid"},
    "name": TEXT,
    "email": TEXT,
    "phone": TEXT,
    "iban": TEXT,
    "address": TEXT,
    "redact": TEXT,
    "ip": TEXT | FAR,
    "date": MOMENTS,
    "number": NUMBERS,
    "url": TEXT,
    "paths": DOCUMENTS,
}
"""The types that a mask has values for; ``keep``, ``null`` and ``constant`` go with any."""

LONG: dict[Mask, int] = {"email": 32, "phone": 16, "iban": 22, "url": 41}
"""How many characters a fake needs that means nothing once it is cut."""


def problems(rules: Rules, schema: Schema, file: str = RULES) -> list[str]:
    """Return a line for each thing that keeps the data from being sanitised; none if all fits."""
    return [f"{file}: {each}" for each in _problems(rules, schema)]


def _problems(rules: Rules, schema: Schema) -> Iterator[str]:
    for key, table in schema.tables.items():
        if key not in rules.tables:
            yield from _unlisted(table)
        else:
            yield from _of_table(table, rules.tables[key])
    for key in rules.tables:
        if key not in schema.tables:
            yield f"tables.{key}: there is no such table any more; take the rule out"
    yield from wrong_references(rules, schema)
    for link in with_references(rules, schema).links:
        yield from _of_link(link, rules)
    if schema.large_objects and rules.large_objects == "refuse":
        yield (
            f"largeObjects: the database has {schema.large_objects}, which no column holds; "
            "drop them with: largeObjects: drop"
        )


def _unlisted(table: Table) -> Iterator[str]:
    if table.kind == "materialised view":
        return  # It is filled anew, from tables that are sanitised by then.
    if table.kind == "extension's table":
        return  # No row of it is copied: the extension brings its own.
    if table.kind == "foreign table":
        yield f"tables.{table.key}: is a foreign table: its rows lie elsewhere; drop it beforehand"
        return
    for column in table.columns.values():
        yield _wanted(table, column)
    if not table.columns:
        yield f"tables.{table.key}: has no rule; add: {table.key}: {{columns: {{}}}}"


def _of_table(table: Table, rule: TableRule) -> Iterator[str]:
    where = f"tables.{table.key}"
    if not table.takes_rules:
        yield f"{where}: is a {table.kind}, which takes no rule"
        return
    for name, column in table.columns.items():
        if name not in rule.columns:
            yield _wanted(table, column)
        else:
            yield from (
                f"{where}.columns.{name}{each}" for each in _of_column(column, rule.columns[name])
            )
    yield from _of_rows(table, rule)
    yield from clashes(table, rule)
    yield from _of_subject(table, rule)
    for name in rule.columns:
        if name not in table.columns:
            yield f"{where}.columns.{name}: there is no such column any more; take the rule out"


def _of_subject(table: Table, rule: TableRule) -> Iterator[str]:
    where = f"tables.{table.key}"
    if rule.subject and rule.subject not in table.columns:
        yield f"{where}.subject: there is no such column, got {rule.subject}"
        return
    known = rule.subject and table.columns[rule.subject].not_null
    for name, own in rule.columns.items():
        by = {each.by for each in (own, *own.paths.values())}
        if "subject" in by and not rule.subject:
            yield f"{where}.columns.{name}.by: must be value: the table names no subject"
        elif "subject" in by and not known:
            yield (
                f"{where}.columns.{name}.by: must be value: {rule.subject} may be null, and "
                "then nobody knows whose it is"
            )


def _of_rows(table: Table, rule: TableRule) -> Iterator[str]:
    """Hold against a table what rules say of some of its rows, and of where those lie."""
    where = f"tables.{table.key}"
    for name, own_rule in rule.columns.items():
        for own in own_rule.rows:
            for other in own.where.keys() - table.columns.keys():
                yield f"{where}.columns.{name}.rows: there is no such column, got {other}"
    for name in table.held_by:
        if name in rule.columns and rule.columns[name].changes:
            yield (
                f"{where}.columns.{name}.mask: must be keep: partitions are made by it, and there "
                f"is none for other values, got {rule.columns[name].mask}"
            )


def _wanted(table: Table, column: Column) -> str:
    line = f"{column.name}: {{type: {quoted(column.type)}, mask: ...}}"
    return f"tables.{table.key}.columns.{column.name}: has no rule; add: {line}"


def _of_link(link: Link, rules: Rules) -> Iterator[str]:
    """Hold the rules of a foreign key's two ends against each other: they must stay the same."""
    own, other = rules.tables.get(link.table), rules.tables.get(link.target)
    if own is None or other is None or own.empty:
        return
    for name, target in link.columns:
        one, two = own.columns.get(name), other.columns.get(target)
        if one is None or two is None or one.mask == "null":
            continue
        where = f"tables.{link.table}.columns.{name}"
        if one.changes and _written_as(one.type) != _written_as(two.type):
            yield (
                f"{where}.mask: must be keep or null: {link.target}.{target}, which it refers to, "
                f"is a {quoted(two.type)}, which comes out otherwise, got {one.mask}"
            )
        if other.empty:
            yield f"{where}.mask: must be null: {link.target}, which it refers to, starts empty"
        elif "subject" in (one.by, two.by):
            yield (
                f"{where}.by: must be value, here and in {link.target}.{target}, which it refers to"
            )
        elif domain_of(one) != domain_of(two) or one.rows != two.rows:
            yield (
                f"{where}: must have mask and domain of {link.target}.{target}, which it refers "
                f"to, got {one.mask} for {two.mask}"
            )


def _written_as(type_: str) -> object:
    """Return what a masked text depends on: how it is compared, and where it is cut."""
    return (base_of(type_) == "citext", length_of(type_)) if base_of(type_) in TEXT else None


def _of_column(column: Column, rule: ColumnRule) -> Iterator[str]:
    if rule.type != column.type:
        now, then = quoted(column.type), quoted(rule.type)
        yield f".type: is now {now}, got {then}; look at its mask again"
        return
    if rule.guess:
        yield ".guess: nobody has confirmed it; take the guess out, or set another mask"
    if column.generated and rule.rows:
        yield ".rows: must be none: PostgreSQL computes the column from others"
    elif column.generated and rule.mask != "keep":
        yield f".mask: must be keep: PostgreSQL computes it from other columns, got {rule.mask}"
    elif rule.mask == "null" and column.not_null:
        yield ".mask: must be another: the column takes no null"
    elif not fits(rule.mask, column.type):
        yield f".mask: must fit the type {quoted(column.type)}, got {rule.mask}"
    elif base_of(column.type) == "hstore" and any(len(steps(each)) != 1 for each in rule.paths):
        yield ".paths: must name one key each: an hstore has no others"
    elif (length := length_of(column.type)) is not None and length < LONG.get(rule.mask, 0):
        yield f".mask: needs {LONG[rule.mask]} characters, got {rule.mask} for {length}"


def fits(mask: Mask, type_: str) -> bool:
    """Tell whether a mask has values for a type."""
    return mask not in FITS or base_of(type_) in FITS[mask]
