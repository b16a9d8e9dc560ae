"""``python -m operations``: what people and CI run around the program.

Exit codes: 0 for well, 1 where something was stopped or failed, 2 for what is refused at once.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from operations.errors import OperationError

REFUSED, INTERRUPTED = 2, 130
COMMANDS = {
    "adopt": (
        "operations.adopt.command",
        "Move an existing pair of environments over, without replacing any data.",
    ),
    "gate": (
        "operations.gate_command",
        "Preview a stack with every policy, and update it to exactly what was previewed.",
    ),
    "rollback-check": (
        "operations.rollback_command",
        "Whether a stack may go back to an earlier release, by the migrations in between.",
    ),
    "backup": ("operations.backup.command", "Prove backups, and use them."),
    "sanitise": (
        "operations.sanitise.command",
        "Production's data for staging, without any person in it.",
    ),
    "scan": (
        "operations.scan.command",
        "Look through a sanitised database, apart from what sanitised it.",
    ),
    "manifest": (
        "operations.manifest.command",
        "Say of a sanitised snapshot what was scanned, and sign for it.",
    ),
}
"""By name, the module whose ``add_to`` takes the command's parser, and what the command is for.

Only the module of the command that is asked for is imported: AWS's and PostgreSQL's libraries take
longer to load than most commands take to run.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(given[0] if given else "").parse_args(given)
    try:
        return int(options.run(options))
    except OperationError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser(wanted: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, about) in COMMANDS.items():
        own = commands.add_parser(name, help=about, description=about)
        if name == wanted:
            import_module(module).add_to(own)
    return parser
