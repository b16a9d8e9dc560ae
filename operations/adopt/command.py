"""``python -m operations adopt``: inventory, match, settings, compare, import and check.

None of them changes anything in AWS or in the engine's state. Exit codes: 0 for well, 1 where
something stands in the way or data would be lost, 2 for what is refused.
"""

import argparse
from functools import partial
from importlib import import_module

from operations.adopt.parser import add_steps


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    for name, step in add_steps(parser).items():
        step.set_defaults(run=partial(_run, name))


def _run(name: str, options: argparse.Namespace) -> int:
    """Run a step; what it needs takes longer to load than help may."""
    return int(import_module("operations.adopt.steps").RUNS[name](options))
