"""What ``policies.command`` does once its options are read: check, and give the report."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from policies import catalogue
from policies.check import Rulebook, check, judge
from policies.command import ENDINGS
from policies.errors import PolicyError, RuleBrokenError, broken
from policies.export import read_export
from policies.files import write
from policies.parity import rules as parity
from policies.recorder_process import Told
from policies.report import Report
from policies.reports import html, machine, markdown, terminal

STOPS = 1
REFUSED = 2


def check_described(options: argparse.Namespace, recorder: Told) -> int:
    """Check what the program describes; return the exit code."""
    say = partial(print, file=sys.stderr)
    return _given(options, lambda book: check(book, options.mirror, options.today, say, recorder))


def judge_deployed(options: argparse.Namespace) -> int:
    """Judge what the exports show that are given; return the exit code."""
    return _given(options, lambda rulebook: _deployed(options, rulebook))


def _given(options: argparse.Namespace, checked: Callable[[Rulebook], Report]) -> int:
    try:
        report = checked(Rulebook.of(options.root))
        _give(report, options)
        sys.stdout.flush()
    except OSError as error:
        words, code = broken(error)
        print(words, file=sys.stderr)  # noqa: T201
        return code
    except PolicyError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return REFUSED
    except RuleBrokenError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return STOPS
    return STOPS if report.stopping else 0


def _deployed(options: argparse.Namespace, rulebook: Rulebook) -> Report:
    found = [read_export(path, reference=rulebook.reference) for path in options.deployed]
    graphs = {graph.stack: graph for graph in found}
    for stack in (rulebook.reference, options.mirror):
        if stack not in graphs:
            raise PolicyError(f"--deployed: no export is of {stack}, got {', '.join(graphs)}")
    return judge(rulebook, graphs[rulebook.reference], graphs[options.mirror], today=options.today)


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
