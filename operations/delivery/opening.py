"""A stack's deployments, ready to be worked on: its place, its ledger, and what was broken off."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from operations import engine
from operations.delivery.course import Course
from operations.delivery.unfinished import settle
from operations.place import placed
from operations.releases.backend import ledger_of
from operations.releases.merge import pull
from operations.talk import progress
from settings.loading import stack_names


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Course]:
    """Give the stack's deployments; OperationError where they can't be worked on.

    Besides with ``--dry-run``, what an earlier one left half done is settled, and the ledger's
    records are merged into the file that the policies read.
    """
    root, stack, sandbox = options.root.resolve(), options.stack, options.sandbox
    pulumi = engine.pulumi(sandbox=sandbox)
    settle(root, stack, pulumi, sandbox=sandbox, dry_run=options.dry_run)
    with placed(root, stack, pulumi=pulumi, sandbox=sandbox) as place:
        ledger = ledger_of(root, pulumi, sandbox=sandbox)
        for each in stack_names(root):
            if not options.dry_run:
                pull(root, ledger.records(each), sandbox=sandbox)
        yield Course(
            place=place,
            ledger=ledger,
            records=ledger.records(stack),
            sandbox=sandbox,
            minutes=options.minutes,
            migration_minutes=getattr(options, "migration_minutes", 0.0),
            tell=progress,
            # Beside JSON, which is to be alone on the standard output.
            out=(sys.stderr if options.json else sys.stdout).buffer,
            home=root,
        )
