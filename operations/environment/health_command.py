"""``health STACK``: the quick checks, for a person and for CI: a line for each, in seconds.

Exit codes as ``test-staging`` has them.
"""

import argparse
from importlib import import_module

from operations.environment.command import TESTING
from operations.environment.options import MINUTES, add_ways


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_ways(parser)
    parser.set_defaults(
        run=_health, database_address="", resolver="", outside="", log_minutes=MINUTES
    )


def _health(options: argparse.Namespace) -> int:
    return int(import_module(TESTING).health(options))
