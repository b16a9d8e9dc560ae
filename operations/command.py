"""``python -m operations``: what people and CI run around the program.

Exit codes: 0 for well, 1 where something was stopped or failed, 2 for what is refused at once, 128
and a signal's number where that ended it.
"""

import argparse
import os
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
from operations.stopping import stopped

FAILED, REFUSED = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except OperationError as error:
        return _said(str(error), error.exit_code)
    except OSError as error:
        return _broken(error)
    except KeyboardInterrupt as stop:
        return _said(*stopped(stop))
    return code


def _said(words: str, code: int) -> int:
    print(words, file=sys.stderr)  # noqa: T201
    return code


def _broken(error: OSError) -> int:
    """Tell of a file that cannot be read, or of output that nobody takes."""
    if error.filename is not None:
        return _said(f"{error.filename}: {error.strerror}", REFUSED)
    # What is left of it would be tried again at the end, in the interpreter's own words.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _said(f"output: can't be written: {error.strerror}", FAILED)


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
