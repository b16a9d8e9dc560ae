"""``python -m policies.command``: hold the rules and parity against both environments, no engine.

Exit codes: 0 for well, 1 where something stops the deployment, 2 for files that are refused.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from policies import catalogue
from policies.check import Rulebook, check, judge
from policies.errors import PolicyError, RuleBrokenError
from policies.export import read_export
from policies.files import write
from policies.parity import rules as parity
from policies.report import Report
from policies.reports import html, machine, markdown, terminal

STOPS = 1
REFUSED = 2
ENDINGS = {"markdown": "md", "json": "json", "html": "html", "sarif": "sarif"}
FORMATS = ("terminal", *ENDINGS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        report = _checked(options)
        _give(report, options)
    except PolicyError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return REFUSED
    except RuleBrokenError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return STOPS
    return STOPS if report.stopping else 0


def _checked(options: argparse.Namespace) -> Report:
    """Check what the program describes, or what is deployed if exports of it are given."""
    rulebook = Rulebook.of(options.root)
    if not options.deployed:
        say = partial(print, file=sys.stderr)
        return check(rulebook, options.mirror, options.today, say)
    found = [read_export(path, reference=rulebook.reference) for path in options.deployed]
    graphs = {graph.stack: graph for graph in found}
    for stack in (rulebook.reference, options.mirror):
        if stack not in graphs:
            raise PolicyError(f"--deployed: no export is of {stack}, got {', '.join(graphs)}")
    return judge(rulebook, graphs[rulebook.reference], graphs[options.mirror], today=options.today)


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


def _give(report: Report, options: argparse.Namespace) -> None:
    if options.format == "terminal":
        terminal.show(report, Console(), everything=options.all)
    else:
        print(_text(report, options.format))  # noqa: T201
    if options.write:
        for kind, ending in ENDINGS.items():
            write(options.write / f"report.{ending}", _text(report, kind))
    if options.history:
        line = machine.history_line(report, datetime.now(UTC), _commit(options.root))
        before = options.history.read_text(encoding="utf-8") if options.history.exists() else ""
        write(options.history, f"{before}{line}\n")


def _text(report: Report, kind: str) -> str:
    if kind == "sarif":
        return machine.as_sarif(report, (*catalogue.RULES, *parity.RULES))
    forms = {"json": machine.as_json, "markdown": markdown.comment, "html": html.page}
    return forms[kind](report)


def _commit(root: Path) -> str:
    """Return the commit that is checked out; nothing outside of a repository."""
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
