"""A run of the checks before an update: from options to results and the exit code."""

import argparse
import contextlib
import time
from datetime import UTC, datetime

import boto3

from operations import engine
from operations.environment.checks.before import OF_ALL, OF_STACK
from operations.environment.facts.before import Before
from operations.environment.reach import SharedSession
from operations.environment.reports.machine import as_data, junit
from operations.environment.reports.terminal import full
from operations.environment.run import run
from operations.errors import OperationError, refusals
from operations.talk import as_json, progress, say
from policies.files import write
from settings import Settings, SettingsError, load
from settings.loading import stack_names
from settings.stackfile import stack_file

NOT_WELL = 1


def validate(options: argparse.Namespace) -> int:
    """Run the checks; say what they found."""
    root, stack = options.root.resolve(), options.stack
    if stack and stack not in stack_names(root):
        raise OperationError(f"{stack_file(stack)}: there is no such file")
    began, start = datetime.now(UTC), time.monotonic()
    session = SharedSession(boto3.session.Session())
    known = _settings(options)
    before = Before(root, stack, engine.pulumi(sandbox=False), session, known)
    results = run(OF_ALL + OF_STACK if stack else OF_ALL, before, known, progress)
    if options.junit:
        name = ".".join(filter(None, ("validate", stack)))
        with refusals():
            write(options.junit, junit(name, results, began, time.monotonic() - start))
    if options.json:
        as_json(as_data(stack, results, began))
    else:
        say(full(results))
    return NOT_WELL if any(each.stops for each in results) else 0


def _settings(options: argparse.Namespace) -> Settings | None:
    """Return the stack's settings; None where no stack is meant, or a check says why not."""
    if not options.stack:
        return None
    with contextlib.suppress(SettingsError):
        return load(options.root.resolve(), options.stack)
    return None
