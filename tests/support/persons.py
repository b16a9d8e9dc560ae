"""A small database with a person in each row, and places at which a command can be held."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import yaml

from tests.support.commands import WORD

ROWS = 500
ROW, VIEW = 1, 2
"""Advisory locks that a copy must pass for each order, and for the view at the end."""
PASSES = "returns bool language sql as 'select pg_advisory_xact_lock_shared({}) is not null'"
MADE = (
    f"create function passes_row(text) {PASSES.format(ROW)}",
    f"create function passes_view() {PASSES.format(VIEW)}",
    "create domain note as text check (passes_row(value))",
    "create table people (id int primary key, mail text not null unique, bio text)",
    "create table orders (id int primary key, person int not null references people, text note)",
    f"""insert into people select n, '{WORD}' || n || '@posteo.de', '{WORD} the ' || n
        from generate_series(1, {ROWS}) n""",
    f"insert into orders select n, n, 'for {WORD} ' || n from generate_series(1, {ROWS}) n",
    "create materialized view counted as select passes_view() as passed, count(*) from orders",
)
MASKS = {
    "people": {
        "id": ("integer", "keep"),
        "mail": ("text", "email"),
        "bio": ("text", "redact"),
    },
    "orders": {
        "id": ("integer", "keep"),
        "person": ("integer", "keep"),
        "text": ("note over text", "hash"),
    },
}
CHANGE = "update people set bio = bio || '.' where id = 1"


def write_rules(folder: Path, **changes: str) -> Path:
    """Write the rules for it into a folder; ``changes`` are other masks by column."""
    file = folder / "sanitise.yaml"
    tables = {
        f"public.{table}": {
            "columns": {
                name: {"type": type_, "mask": changes.get(name, mask)}
                for name, (type_, mask) in columns.items()
            }
        }
        for table, columns in MASKS.items()
    }
    file.write_text(yaml.safe_dump({"tables": tables}))
    return file


@contextmanager
def locked(conninfo: str, table: str) -> Iterator[None]:
    """Keep everybody out of a table."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(f"lock table {table} in access exclusive mode".encode())
        yield
        _let_go(connection)


@contextmanager
def barred(target: str, number: int) -> Iterator[None]:
    """Let nobody pass one of the advisory locks in a copy."""
    with psycopg.connect(target) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [number])
        yield
        _let_go(connection)


def _let_go(connection: psycopg.Connection) -> None:
    with suppress(psycopg.OperationalError):  # Its database may be gone by now.
        connection.rollback()
