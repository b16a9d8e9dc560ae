"""``python -m operations``: what people and CI run around the program.

Exit codes: 0 for well, 1 where something was stopped or failed, 2 for what is refused at once, 128
and a signal's number where that ended it.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from operations.errors import OperationError
from operations.stopping import stopped
from policies.errors import broken

COMMANDS = {
    "validate": (
        "operations.environment.validate_command",
        "Whether an update can begin: settings, tools, credentials, roles, state, quotas.",
    ),
    "gate": (
        "operations.gate_command",
        "Preview a stack with every policy, and update it to exactly what was previewed.",
    ),
    "deploy": (
        "operations.delivery.deploy_command",
        "Bring a release out: migrate, update, look whether it runs, and go back if it does not.",
    ),
    "verify": (
        "operations.delivery.verify_command",
        "Whether a stack runs the release that it was given, by what AWS shows.",
    ),
    "rollback": ("operations.delivery.rollback_command", "Go back to a release that ran well."),
    "rollback-check": (
        "operations.rollback_command",
        "Whether a stack may go back to an earlier release, by the migrations in between.",
    ),
    "releases": ("operations.releases.command", "The ledger: what became of each deployment."),
    "test-staging": (
        "operations.environment.command",
        "Test a deployed environment: names, TLS, redirects, health, data, logs, alarms.",
    ),
    "health": (
        "operations.environment.health_command",
        "Whether a deployed environment is well: the quick checks, a line for each.",
    ),
    "load": (
        "operations.environment.load_command",
        "Load in proportion to an environment's size, held against its limits and the last run.",
    ),
    "drift": (
        "operations.drift.command",
        "What was changed behind Pulumi's back, and whether both stacks still mirror.",
    ),
    "audit": (
        "operations.audit.command",
        "An access audit and a compliance report of what is deployed, with evidence.",
    ),
    "alert-test": ("operations.alert_test.command", "Prove that an alarm reaches its receiver."),
    "backup": ("operations.backup.parser", "Prove backups, and use them."),
    "refresh": (
        "operations.refresh.command",
        "Production's data for staging: sanitise, share, take over, delete what is old.",
    ),
    "sanitise": (
        "operations.sanitise.parser",
        "Production's data for staging, without any person in it.",
    ),
    "scan": (
        "operations.scan.parser",
        "Look through a sanitised database, apart from what sanitised it.",
    ),
    "manifest": (
        "operations.manifest.parser",
        "Say of a sanitised snapshot what was scanned, and sign for it.",
    ),
    "cost": (
        "operations.cost.command",
        "What both environments consist of, staging's share of it, and money by a price book.",
    ),
    "metrics": (
        "operations.metrics.command",
        "How well delivery and the environments do, in numbers; unknown is said, never 0.",
    ),
    "diagram": (
        "operations.diagram.command",
        "Draw each environment as one picture, from what the program describes.",
    ),
    "adopt": (
        "operations.adopt.command",
        "Move an existing pair of environments over, without replacing any data.",
    ),
    "github": (
        "operations.github.command",
        "The repository on GitHub: who may change and deploy what, and what a run says there.",
    ),
}
"""By name, the module whose ``add_to`` takes the command's parser, and what the command is for.

Only the module of the command that is asked for is imported: AWS's and PostgreSQL's libraries take
longer to load than most commands take to run.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # The command's modules are read here: that takes its time, and may be interrupted.
        options = parser_of(given[0] if given else "").parse_args(given)
        code = int(options.run(options))
        sys.stdout.flush()
    except OperationError as error:
        return _said(str(error), error.exit_code)
    except OSError as error:
        return _said(*broken(error))
    except KeyboardInterrupt as stop:
        return _said(*stopped(stop))
    return code


def _said(words: str, code: int) -> int:
    print(words, file=sys.stderr)  # noqa: T201
    return code


def parser_of(wanted: str) -> argparse.ArgumentParser:
    """Return the parser of the command that is asked for; that of all of them where it is none."""
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    # The others are told of only where none of them is asked for.
    for name in [wanted] if wanted in COMMANDS else COMMANDS:
        module, about = COMMANDS[name]
        own = commands.add_parser(name, help=about, description=about)
        if name == wanted:
            import_module(module).add_to(own)
    return parser
