"""``python -m operations sanitise``: draft rules for a database, hold them against it, copy it."""

import argparse
import sys
from pathlib import Path

import psycopg

from operations.conninfo import connected
from operations.errors import OperationError, refusals
from operations.options import add_database, add_workers, key_of
from operations.sanitise.check import problems
from operations.sanitise.copy import GOES_ON, broken_off, copy
from operations.sanitise.draft import draft
from operations.sanitise.job import Job
from operations.sanitise.references import with_references
from operations.sanitise.rules import FILE, Rules, load_rules
from operations.sanitise.schema import Schema, read_schema
from operations.stopping import stoppable
from policies.files import write

KEY_VARIABLE = "UNDERSTUDY_SANITISE_KEY"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    for name, run, about in (
        ("init", _init, "Draft the rules from a database; a person confirms each guess."),
        ("check", _check, "Hold the rules against a database; no row is read."),
        ("copy", _copy, "Copy a database, masked, into an empty one; goes on after a break."),
    ):
        step = steps.add_parser(name, help=about, description=about)
        add_database(step)
        step.add_argument(
            "--rules", type=Path, default=Path(FILE), metavar="FILE", help="default: %(default)s"
        )
        step.set_defaults(run=stoppable()(run))
    step.add_argument(
        "--target", required=True, metavar="CONNINFO", help="the empty database, as --database"
    )
    add_workers(step, "parts at once")


def _init(options: argparse.Namespace) -> int:
    if options.rules.exists():
        raise OperationError(f"{options.rules}: is there already; name another with --rules")
    with connected(options.database) as connection:
        connection.read_only = True
        text = draft(connection, read_schema(connection))
    with refusals():
        write(options.rules, text)
    print(f"{options.rules}: {text.count('guess:')} guesses to confirm")  # noqa: T201
    return 0


def _check(options: argparse.Namespace) -> int:
    _, schema = _covered(options)
    columns = sum(len(table.columns) for table in schema.tables.values())
    print(f"{options.rules}: covers {len(schema.tables)} tables, {columns} columns")  # noqa: T201
    return 0


def _copy(options: argparse.Namespace) -> int:
    key = key_of(KEY_VARIABLE)
    rules, schema = _covered(options)
    with connected(options.target, "--target"):
        pass  # Whoever cannot be reached is told of before anything is done.
    job = Job(options.database, options.target, schema, rules, key)
    try:
        rows = copy(job, options.workers, _say)
    except psycopg.Error as error:
        raise OperationError(broken_off(error)) from None
    except KeyboardInterrupt as stop:
        stop.add_note(GOES_ON)
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
