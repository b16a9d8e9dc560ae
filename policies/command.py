"""``python -m policies.command``: hold the rules and parity against both environments, no engine.

Exit codes: 0 for well, 1 where something stops the deployment, 2 for files that are refused,
130 where it was interrupted.
"""

import argparse
import atexit
import gc
import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from policies.recorder_process import loading

ENDINGS = {"markdown": "md", "json": "json", "html": "html", "sarif": "sarif"}
FORMATS = ("terminal", *ENDINGS)
INTERRUPTED = 130
RUN = "policies.run"
"""Loaded when it is wanted: the rules take half a second, ``--help`` needs none of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.deployed:
            return int(import_module(RUN).judge_deployed(options))
        # The program takes longer to load than the rules, so it begins first.
        with loading(options.root) as recorder:
            return int(import_module(RUN).check_described(options, recorder))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m policies.command",
        description="Hold the rules and parity against both environments; needs neither AWS nor "
        "the engine.",
    )
    parser.add_argument(
        "--root",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the folder that holds Pulumi.yaml (default: this one)",
    )
    parser.add_argument(
        "--mirror", default="staging", metavar="STACK", help="the stack that mirrors production"
    )
    parser.add_argument(
        "--deployed",
        nargs=2,
        type=Path,
        metavar="FILE",
        help="judge what is deployed: what `pulumi stack export` printed of both stacks",
    )
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="on the output")
    parser.add_argument("--all", action="store_true", help="show the declared differences too")
    parser.add_argument(
        "--write",
        type=Path,
        metavar="DIR",
        help="write every form of the report into a folder as well",
    )
    parser.add_argument(
        "--history", type=Path, metavar="FILE", help="add a line with the index to a file"
    )
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="judge waivers as of this day (default: today, UTC)",
    )
    return parser


if __name__ == "__main__":
    # A short life, and graphs stay to its end, where Python would look for garbage once more.
    gc.set_threshold(100_000, 50, 50)
    atexit.register(gc.freeze)
    sys.exit(main())
