"""``gate STACK``: the options, and how a person is asked."""

import argparse
import subprocess
import sys

from operations import engine
from operations.asking import typed
from operations.errors import OperationError
from operations.gate import gate
from operations.options import add_stack


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    parser.add_argument("--dry-run", action="store_true", help="preview and judge only")
    parser.add_argument("--yes", action="store_true", help="update without asking")
    parser.set_defaults(run=_gate)


def _gate(options: argparse.Namespace) -> int:
    if not options.yes and not options.dry_run and not sys.stdin.isatty():
        raise OperationError("gate: nobody can be asked here; give --yes or --dry-run")
    if options.sandbox:
        # A stack of the sandbox is made when it is first asked for; on AWS a person makes it.
        select = [*engine.SANDBOX, "stack", "select", "--create", options.stack]
        subprocess.run(select, check=True, cwd=options.root)  # noqa: S603  (this interpreter)
    return gate(
        options.root.resolve(),
        options.stack,
        engine.pulumi(sandbox=options.sandbox),
        confirm=lambda: options.yes or typed(options.stack, "update it"),
        dry_run=options.dry_run,
    )
