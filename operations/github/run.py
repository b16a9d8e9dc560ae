"""The steps of ``github``: 0 for well, 1 where something differs or failed, 2 for refused."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from typing import Any

from operations.asking import typed
from operations.errors import OperationError
from operations.github import conversation, linters, places, plan_summary
from operations.github.api import Repository, reached
from operations.github.changes import ABSENT, Change, Difference
from operations.github.files import load
from operations.github.settle import Standing, settle, standing
from operations.releases.merge import known_releases
from operations.stack_settings import loaded
from operations.table import table
from operations.talk import as_json, nothing, progress, say
from settings.stack import REFERENCE

FAILED = 1
SUBJECT = ("role", "stack", "subject")
WIDEST = 100
"""Characters of a value that are shown; ``--json`` shows all."""


def show(options: argparse.Namespace) -> int:
    """Show how the repository differs."""
    wanted = load(options.root)
    _tell(options, standing(_repository(options), wanted, prune=options.prune))
    return 0


def check(options: argparse.Namespace) -> int:
    """Tell whether the repository is as wanted."""
    wanted = load(options.root)
    found = standing(_repository(options), wanted, prune=options.prune)
    _tell(options, found)
    return 0 if found.is_settled else FAILED


def apply(options: argparse.Namespace) -> int:
    """Bring the repository to what the files say, and look again."""
    wanted = load(options.root)
    repository = _repository(options)
    before = standing(repository, wanted, prune=options.prune)
    if options.dry_run or not before.changes:
        _tell(options, before)
        return nothing(options)
    if not options.json:
        _tell(options, before)
    if not _agreed(options, repository.name, "apply this"):
        return nothing(options)
    failed = settle(repository, before.changes, progress)
    for line in failed:
        print(line, file=sys.stderr)  # noqa: T201
    after = standing(repository, wanted, prune=options.prune)
    if options.json:
        _tell(options, after)
    else:
        for change in after.changes:
            say(f"still not as wanted: {change.thing}")
        say(f"{len(before.changes) - len(after.changes)} of {len(before.changes)} applied")
    return FAILED if failed or after.changes else 0


def comment(options: argparse.Namespace) -> int:
    """Write a pull request's comment."""
    body = conversation.body(options.part)
    if options.dry_run:
        sys.stdout.write(body)
        return 0
    repository = _repository(options)
    if not _agreed(options, repository.name, f"comment on {options.number}"):
        return 0
    say(conversation.comment(repository, options.number, body, options.author))
    return 0


def issue(options: argparse.Namespace) -> int:
    """Open an issue or add to it."""
    body = conversation.report(options.words, os.environ)
    if options.dry_run:
        sys.stdout.write(f"{options.title}\n\n{body}")
        return 0
    repository = _repository(options)
    if not _agreed(options, repository.name, "open an issue"):
        return 0
    say(conversation.issue(repository, options.title, options.label, body))
    return 0


def plan(options: argparse.Namespace) -> int:
    """Show a plan as Markdown."""
    sys.stdout.write(plan_summary.markdown(options.stack, options.file))
    return 0


def place(options: argparse.Namespace) -> int:
    """Print where a stack is, for the steps of a workflow."""
    return _print(places.of(loaded(options.root, options.stack), options.role))


def release(options: argparse.Namespace) -> int:
    """Print which commit and image a release is."""
    records = known_releases(options.root, sandbox=options.sandbox)
    known = loaded(options.root, options.stack)
    return _print(places.release(records, options.version, known, REFERENCE))


def subjects(options: argparse.Namespace) -> int:
    """Print the subjects that AWS's roles are to trust."""
    found = places.subjects(_repository(options))
    if options.json:
        return as_json({"subjects": [dict(zip(SUBJECT, each, strict=True)) for each in found]})
    say(table(SUBJECT, found))
    return 0


def lint(options: argparse.Namespace) -> int:
    """Run the linters."""
    return linters.run(options.root.resolve(), progress)


def _print(values: dict[str, str]) -> int:
    """Print lines as GITHUB_OUTPUT takes them; no value holds an end of line: each is checked."""
    for name, value in values.items():
        say(f"{name}={value}")
    return 0


def _repository(options: argparse.Namespace) -> Repository:
    name = options.repository or os.environ.get("GITHUB_REPOSITORY", "")
    if not name:
        name = loaded(options.root, REFERENCE).shape.repository
    return reached(name)


def _agreed(options: argparse.Namespace, repository: str, to: str) -> bool:
    if options.yes:
        return True
    if not sys.stdin.isatty():
        raise OperationError("github: nobody can be asked here; give --yes or --dry-run")
    return typed(repository, to)


def _tell(options: argparse.Namespace, found: Standing) -> None:
    if options.json:
        as_json(
            {
                "settled": found.is_settled,
                "changes": [_as_data(change) for change in found.changes],
                "foreign": found.foreign,
                "codeowners": found.owners,
            }
        )
        return
    for change in found.changes:
        say(change.title)
        for each in change.differences:
            say(f"  {_shown(each)}")
    for line in found.owners:
        say(f"CODEOWNERS is wrong: {line}" if "there is none" not in line else line)
    for thing in found.foreign:
        say(f"in no file, and kept: {thing}")
    if found.is_settled:
        say("the repository is as the files say")


def _as_data(change: Change) -> dict[str, Any]:
    return {
        "thing": change.thing,
        "action": change.action,
        "differences": [asdict(each) for each in change.differences],
    }


def _shown(each: Difference) -> str:
    found, wanted = (_short(value) for value in (each.found, each.wanted))
    return wanted if each.found == ABSENT and not each.path else f"{each.path}: {found} -> {wanted}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
