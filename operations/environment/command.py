"""``test-staging STACK``: whether a deployed environment is what it should be, from end to end.

Exit codes: 0 where nothing that stops was found, 1 where a check failed or nobody can tell, 2 for
what is refused. Nothing is changed anywhere.
"""

import argparse
from importlib import import_module

from operations.environment.options import add_run, add_ways

TESTING = "operations.environment.testing"
"""Loads AWS's and PostgreSQL's libraries; not for ``--help``."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_ways(parser)
    add_run(parser)
    parser.set_defaults(run=_test)


def _test(options: argparse.Namespace) -> int:
    return int(import_module(TESTING).test(options))
