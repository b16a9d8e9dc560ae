"""``python -m operations releases``: the ledger listed, pulled, added to, and made again.

Exit codes: 0 for well, 2 for what is refused.
"""

import argparse
from importlib import import_module
from pathlib import Path

from operations.options import add_json, add_stack


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")

    def step(name: str, about: str) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=about, description=about)
        add_stack(added)
        added.set_defaults(run=_run, step=name)
        return added

    add_json(step("list", "Show what became of each deployment, the newest last."))
    step("pull", "Merge the ledger into policies/releases.yaml, which the policies read.")
    record = step("record", "Record that the running release was tested: whether it passed.")
    record.add_argument("--verdict", required=True, choices=("passed", "failed"))
    record.add_argument(
        "--migrations", type=Path, metavar="FILE", help="`migrations: [{id, reversible}]`"
    )
    again = step("rebuild", "Write again what policies/releases.yaml still knows.")
    again.add_argument("--dry-run", action="store_true", help="only say what would be written")


def _run(options: argparse.Namespace) -> int:
    # Here, as what they need takes time to load.
    return int(import_module("operations.releases.steps").RUNS[options.step](options))
