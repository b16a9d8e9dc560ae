"""``python -m operations``: what people and CI run around the program.

Exit codes: 0 for well, 1 where something was stopped or failed, 2 for what is refused at once.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from operations import engine
from operations import rollback_command as rollback
from operations.asking import typed
from operations.backup import command as backup
from operations.errors import OperationError
from operations.gate import gate
from operations.manifest import command as manifest
from operations.sanitise import command as sanitise
from operations.scan import command as scan

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except OperationError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return REFUSED
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    about = "Preview a stack with every policy, and update it to exactly what was previewed."
    added = commands.add_parser("gate", help=about, description=about)
    added.add_argument("stack", metavar="STACK")
    added.add_argument("--dry-run", action="store_true", help="preview and judge only")
    added.add_argument("--yes", action="store_true", help="update without asking")
    added.add_argument("--sandbox", action="store_true", help="in the sandbox, not on AWS")
    added.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)
    added.set_defaults(run=_gate)
    sanitise.add_to(commands)
    backup.add_to(commands)
    rollback.add_to(commands)
    scan.add_to(commands)
    manifest.add_to(commands)
    return parser


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
