"""Drafts rules for a database, holds them against it, and copies it masked."""

import argparse
import sys

import psycopg

from operations.conninfo import connected
from operations.errors import OperationError, refusals
from operations.options import key_of
from operations.sanitise import copy as copying
from operations.sanitise.check import problems
from operations.sanitise.draft import draft
from operations.sanitise.job import Job
from operations.sanitise.references import with_references
from operations.sanitise.rules import Rules, load_rules
from operations.sanitise.schema import Schema, read_schema
from policies.files import write

KEY_VARIABLE = "UNDERSTUDY_SANITISE_KEY"


def init(options: argparse.Namespace) -> int:
    """Draft the rules; OperationError where they are there already."""
    if options.rules.exists():
        raise OperationError(f"{options.rules}: is there already; name another with --rules")
    with connected(options.database) as connection:
        connection.read_only = True
        text = draft(connection, read_schema(connection))
    with refusals():
        write(options.rules, text)
    print(f"{options.rules}: {text.count('guess:')} guesses to confirm")  # noqa: T201
    return 0


def check(options: argparse.Namespace) -> int:
    """Hold the rules against a database; OperationError where they do not cover it."""
    _, schema = _covered(options)
    columns = sum(len(table.columns) for table in schema.tables.values())
    print(f"{options.rules}: covers {len(schema.tables)} tables, {columns} columns")  # noqa: T201
    return 0


def copy(options: argparse.Namespace) -> int:
    """Copy a database, masked; OperationError and UnfinishedError as ``copy.copy``."""
    key = key_of(KEY_VARIABLE)
    rules, schema = _covered(options)
    with connected(options.target, "--target"):
        pass  # Whoever cannot be reached is told of before anything is done.
    job = Job(options.database, options.target, schema, rules, key)
    try:
        rows = copying.copy(job, options.workers, _say)
    except psycopg.Error as error:
        raise OperationError(copying.broken_off(error)) from None
    except KeyboardInterrupt as stop:
        stop.add_note(copying.GOES_ON)
        raise
    print(f"copied {rows} rows")  # noqa: T201
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _covered(options: argparse.Namespace) -> tuple[Rules, Schema]:
    """Return the rules and what they cover; OperationError where they do not cover all of it."""
    rules = load_rules(options.rules.parent, options.rules.name)
    with connected(options.database) as connection:
        connection.read_only = True
        schema = read_schema(connection)
    found = problems(rules, schema, str(options.rules))
    if found:
        raise OperationError("\n".join(found))
    return rules, with_references(rules, schema)
