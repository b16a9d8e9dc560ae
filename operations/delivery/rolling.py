"""``rollback``: agreed by whom, and what is said of it."""

import argparse
from contextlib import nullcontext

from operations.delivery.course import Result, summary
from operations.delivery.opening import opened
from operations.delivery.project import commit_of
from operations.delivery.release_lines import ReleaseLines
from operations.delivery.rollback import Back, RollbackRefusedError, back, configured, follow
from operations.delivery.stopping import ended
from operations.delivery.verify_command import as_table
from operations.reading import refuse_to_change
from operations.talk import agreed, as_json, progress, refuse_if_nobody_agrees, say
from settings.stack import REFERENCE

FAILED = 1


def rollback(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if not options.dry_run:
        refuse_to_change()
        refuse_if_nobody_agrees(options, "rollback", by_name=options.stack == REFERENCE)
    again = f"python -m operations rollback {options.stack}"
    return ended(lambda: _rollback(options), progress, again)


def _rollback(options: argparse.Namespace) -> int:
    with opened(options) as course:
        root = course.place.root
        # Of the configuration that is gone back to, the record says the commit.
        sandbox = course.sandbox or options.configuration
        commit = commit_of(root, sandbox=sandbox)
        try:
            way = back(course, commit=commit, to=options.to, undone=options.undone)
        except RollbackRefusedError as refused:
            return _refused(options, str(refused))
        with configured(way) if options.configuration else nullcontext(way) as open_:
            result = open_.deliver(lambda does: _agree(options, open_, does))
        if options.configuration and result.well:
            record = way.found.record
            repository = ReleaseLines.of(root, options.stack).image.partition("@")[0]
            follow(root, options.stack, f"{repository}@{record.digest}", record.version)
    _say(options, way, result)
    return 0 if result.well or (result.outcome is None and not result.why) else FAILED


def _agree(options: argparse.Namespace, way: Back, does: str) -> bool:
    record = way.found.record
    say(
        f"{options.stack}: back to {record.version} ({record.digest[:19]}), "
        f"{way.found.decision.why}: {does}",
        options,
    )
    if options.dry_run:
        return False
    return agreed(options, "rollback", by_name=options.stack == REFERENCE)


def _refused(options: argparse.Namespace, why: str) -> int:
    if options.json:
        return as_json({"stack": options.stack, "outcome": "refused", "why": why}) or FAILED
    say(why)
    return FAILED


def _say(options: argparse.Namespace, way: Back, result: Result) -> None:
    record = way.found.record
    if options.json:
        as_json(summary(options.stack, result, record.digest))
        return
    if result.lines:
        say(as_table(list(result.lines)))
    if result.outcome is None and not result.why:
        say("nothing was changed")
        return
    say(f"{record.version}: {result.outcome or 'stopped'}{f': {result.why}' if result.why else ''}")
    if result.well and options.configuration:
        say(f"the project here stays as it is: before the next deploy check out {record.commit}")
