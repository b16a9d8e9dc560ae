"""References that the database does not know as foreign keys, declared by name in the rules."""

from collections.abc import Iterator
from dataclasses import replace

from operations.sanitise.rules import Rules
from operations.sanitise.schema import Link, Schema, Table


def with_references(rules: Rules, schema: Schema) -> Schema:
    """Return a schema with the declared references beside its foreign keys."""
    declared = (_link(*pair, schema) for pair in rules.references.items())
    return replace(schema, links=(*schema.links, *(each for each in declared if each)))


def wrong_references(rules: Rules, schema: Schema) -> Iterator[str]:
    """Yield a line for each declared reference, root or child that the database does not have."""
    for pair in rules.references.items():
        for name in pair:
            if _column(name, schema) is None:
                yield f"references: must name a table's column, such as public.t.c, got {name}"
    if rules.subset is None:
        return
    links = with_references(rules, schema).links
    for key in rules.subset.roots:
        yield from _of_table(f"subset.roots.{key}", key, rules, schema)
    for key in rules.subset.children:
        words = list(_of_table("subset.children", key, rules, schema))
        yield from words
        if not words and all(link.table != key for link in links):
            yield f"subset.children: must refer to a table, got {key}, which refers to none"


def _of_table(where: str, key: str, rules: Rules, schema: Schema) -> Iterator[str]:
    table = schema.tables.get(key)
    if table is None:
        yield f"{where}: there is no such table, got {key}"
    elif not table.takes_rules:
        yield f"{where}: is a {table.kind}, of which no row is copied, got {key}"
    elif key in rules.tables and rules.tables[key].empty:
        yield f"{where}: starts empty by its rule, got {key}"


def _link(name: str, target: str, schema: Schema) -> Link | None:
    one, other = _column(name, schema), _column(target, schema)
    return Link(one[0].key, other[0].key, ((one[1], other[1]),)) if one and other else None


def _column(name: str, schema: Schema) -> tuple[Table, str] | None:
    """Return what ``schema.table.column`` names; names may hold dots of their own."""
    for key, table in schema.tables.items():
        column = name.removeprefix(f"{key}.")
        if column != name and column in table.columns:
            return table, column
    return None
