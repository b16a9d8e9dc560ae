"""Copies that are held, broken off and looked at, for tests of what becomes of them."""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg

from operations.command import main
from operations.sanitise.copy import WHOLE
from tests.support.commands import WORD, Command
from tests.support.persons import ROW, ROWS, VIEW, barred, locked
from tests.support.postgres import await_backend, await_true, rows

HELD = ("clashes", "definitions", "rows", "views")
"""Where a copy can be held: two places before the target is begun, two after."""


def copying(source: str, target: str, rules: Path, **more: str) -> Command:
    """Start a copy whose temporary files lie beside the rules."""
    databases = ["--database", source, "--target", target]
    environment = {"TMPDIR": str(rules.parent), **more}
    return Command("sanitise", "copy", *databases, "--rules", rules, environment=environment)


def held(source: str, target: str, where: str) -> AbstractContextManager[None]:
    """Hold a copy somewhere."""
    if where in ("clashes", "definitions"):
        return locked(source, "people" if where == "clashes" else "orders")
    return barred(target, ROW if where == "rows" else VIEW)


def await_held(server: str) -> None:
    """Wait until a copy is held, with all processes that build what stands after the rows."""
    # Neither the first session, which ends with dropping and may linger, nor one that begins yet.
    ready = "application_name = 'pg_restore' and query ~ 'row_security|ADD CONSTRAINT|REFRESH'"
    builders = f"(select count(*) from pg_stat_activity where {ready})"
    all_there = f"(application_name <> 'pg_restore' or {builders} = {os.cpu_count()})"
    await_backend(server, f"wait_event_type = 'Lock' and {all_there}")


def await_orders(target: str) -> None:
    """Wait until a copy is held at the orders, and has nothing else left that could break off."""
    await_held(target.partition(" dbname")[0])
    await_true(target, f"(select count(*) from people) = {ROWS}")


def is_no_copy(target: str, rules: Path, capsys: Any, *, begun: bool) -> None:
    """Assert that nobody takes a target for a copy, and nothing lies about."""
    mark = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    with psycopg.connect(target) as connection:
        assert connection.execute(mark, [connection.info.dbname]).fetchone() == (None,)
    report = rules.parent / "scan.json"
    if begun:
        capsys.readouterr()
        assert main(["scan", "run", "--database", target, "--report", str(report)]) == 2
        words = "database: is not whole: sanitise copy has not come to its end in it\n"
        assert capsys.readouterr().err == words
    else:
        assert rows(target, "select count(*) from pg_class where relname = 'people'") == [(0,)]
    assert list(rules.parent.iterdir()) == [rules]


def is_whole(target: str) -> None:
    """Assert that a target is a copy with all rows and no person."""
    query = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    with psycopg.connect(target) as connection:
        (mark,) = connection.execute(query, [connection.info.dbname]).fetchone() or ("",)
    assert mark.startswith(WHOLE)
    persons = f"(select count(*) from people t where t::text ~ '{WORD}')"
    orders = f"(select count(*) from orders t where t::text ~ '{WORD}')"
    counts = "(select count(*) from people), (select count from counted)"
    assert rows(target, f"select {persons}, {orders}, {counts}") == [(0, 0, ROWS, ROWS)]
