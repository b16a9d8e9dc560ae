"""The steps of ``adopt`` and what each takes."""

import argparse
from pathlib import Path

from operations.options import add_json

STEPS = {
    "inventory": "List what an account holds, by requests that only read.",
    "match": "Say which of it is which of the program's, and draft adopt.STACK.yaml.",
    "settings": "Propose settings by what is deployed, as a diff of the settings' files.",
    "compare": "Tell production and staging apart: what is size, what identity, what shape.",
    "import": "Write the file for `pulumi import` of what adopt.STACK.yaml confirms.",
    "check": "Preview the stack; fail if anything that holds data would be replaced or deleted.",
}


def add_steps(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Add the steps to the command's parser and return each by its name."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    found = {
        name: steps.add_parser(name, help=about, description=about) for name, about in STEPS.items()
    }
    for name, step in found.items():
        if name != "inventory":
            step.add_argument("stack", metavar="STACK")
        step.add_argument("--root", type=Path, default=Path(), help=argparse.SUPPRESS)
        add_json(step)
        if name != "check":
            _add_account(step)
        step.add_argument(
            "--sandbox", action="store_true", help="in the sandbox, where a profile is a stack"
        )
    _add_own(found)
    return found


def _add_account(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--profile",
        default="",
        help="AWS profile of the account (default: the credentials that every SDK finds)",
    )
    step.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help="look there; may be given more than once (default: the profile's)",
    )


def _add_own(steps: dict[str, argparse.ArgumentParser]) -> None:
    steps["inventory"].add_argument(
        "--write", type=Path, metavar="DIR", help="write inventory.ACCOUNT.json there as well"
    )
    steps["match"].add_argument("--write", action="store_true", help="draft adopt.STACK.yaml")
    steps["match"].add_argument(
        "--all", action="store_true", help="name also what would be created, and every change"
    )
    steps["settings"].add_argument(
        "--write", action="store_true", help="change the settings' files as the diff says"
    )
    compare = steps["compare"]
    compare.add_argument("other", metavar="OTHER_STACK", help="the stack that mirrors STACK")
    compare.add_argument("--other-profile", default="", help="AWS profile of its account")
    steps["import"].add_argument(
        "--file", type=Path, metavar="FILE", help="default: adopt.STACK.import.json"
    )
    steps["import"].add_argument(
        "--dry-run", action="store_true", help="say what would be imported, write nothing"
    )
