"""A shop's database with all that PostgreSQL offers, rules for it, and a person in every corner.

It is made of expressions of a row's number alone, so it is the same each time.
"""

from typing import Any

import psycopg

from operations.sanitise.schema import read_schema
from tests.support.shop.kinds import KINDS, MAKING, NEEDLES, WORD, Columns
from tests.support.shop.layout import EMPTY, LAID_OUT, RULES, SUBJECTS

__all__ = ["NEEDLES", "WORD", "rules", "statements"]

ROWS = 40


def statements(rows: int = ROWS) -> list[str]:
    """Return what makes the database."""
    made = [*MAKING, "create function kinds.touched() returns int language sql as 'select 1'"]
    for name, columns in KINDS.items():
        made += _made(f"kinds.{name}", columns, rows)
    return made + [text.format(rows=rows) if "{rows}" in text else text for text in LAID_OUT]


def _made(table: str, columns: Columns, rows: int) -> list[str]:
    listed = ", ".join(f'"{name}" {type_}' for name, (type_, _, _) in columns.items())
    cast = ", ".join(f"({value})::{type_}" for type_, value, _ in columns.values())
    return [
        f"create table {table} (n serial primary key, {listed}, always int generated always as"
        " (n + 1) stored)",
        f"insert into {table} select n, {cast} from generate_series(1, {rows}) n",
        f"insert into {table} (n) values (0)" if "amount" not in columns else "select 1",
        f"select setval('{table}_n_seq', {rows + 5})",
    ]


def rules(database: str, **more: Any) -> dict[str, Any]:
    """Return a rules file's content: the masks declared here, the types as the database has them.

    A column without a mask here is a KeyError, as is a mask without a column.
    """
    masks: dict[str, dict[str, Any]] = {
        f"kinds.{table}": {
            "n": "keep", "always": "keep", **{name: each[2] for name, each in columns.items()}
        }
        for table, columns in KINDS.items()
    } | {key: dict(columns) for key, columns in RULES.items()}  # fmt: skip
    with psycopg.connect(database) as connection:
        connection.execute("set search_path to public")
        schema = read_schema(connection)
    tables: dict[str, Any] = {}
    for key, table in schema.tables.items():
        if not table.takes_rules:
            continue
        own = masks.pop(key)
        tables[key] = {"columns": {}}
        for name, column in table.columns.items():
            rule = own.pop(name)
            told = rule if isinstance(rule, dict) else {"mask": rule}
            tables[key]["columns"][name] = {"type": column.type, **told}
        if own:
            raise KeyError(f"{key}: {sorted(own)}")
    if masks:
        raise KeyError(sorted(masks))
    for key in EMPTY:
        tables[key]["empty"] = True
    for key, subject in SUBJECTS.items():
        tables[key]["subject"] = subject
    return {"tables": tables, "largeObjects": "drop", **more}
