"""A run of the tests of an environment: from options to results, files and the exit code."""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from operations import engine
from operations.environment import reach as ways
from operations.environment.catalogue import CHECKS, chosen, quick
from operations.environment.check import Check, Result
from operations.environment.reach import Reach
from operations.environment.reports.machine import as_data, junit
from operations.environment.reports.page import page
from operations.environment.reports.terminal import full, lines
from operations.environment.run import run
from operations.environment.wanted import Wanted
from operations.errors import OperationError, refusals
from operations.place import placed
from operations.table import table
from operations.talk import as_json, progress, say
from policies.files import write
from policies.releases import load_releases

NOT_WELL = 1
OUTPUTS = (
    *("domain", "zoneId", "nameServers", "loadBalancerDnsName", "targetGroupArn", "clusterName"),
    *("webServiceName", "workerServiceName", "webTaskDefinition", "workerTaskDefinition"),
    *("jobTaskDefinitions", "logGroups", "releaseVersion", "secretArns", "notificationsTopicArn"),
)
"""What the checks need beside what every command does; jobs may be none."""


def test(options: argparse.Namespace) -> int:
    """Run the checks that were asked for; write and say what they found."""
    if options.list:
        return _list(options, CHECKS)
    checks = chosen(options.only)
    began, start = datetime.now(UTC), time.monotonic()
    results = _run(options, checks, began, quiet=False)
    _write(options, results, began, time.monotonic() - start)
    return _told(options, results, began, full(results))


def health(options: argparse.Namespace) -> int:
    """Run the quick checks; say a line for each."""
    began = datetime.now(UTC)
    results = _run(options, quick(), began, quiet=True)
    return _told(options, results, began, lines(results))


def _told(
    options: argparse.Namespace, results: Sequence[Result], began: datetime, words: str
) -> int:
    if options.json:
        as_json(as_data(options.stack, results, began))
    else:
        say(words)
    return NOT_WELL if any(each.stops for each in results) else 0


def _list(options: argparse.Namespace, checks: Sequence[Check]) -> int:
    if options.json:
        return as_json({"checks": [{"id": each.id, "what": each.what} for each in checks]})
    say(table(("check", "what holds when it passes"), [(each.id, each.what) for each in checks]))
    return 0


def _run(
    options: argparse.Namespace, checks: Sequence[Check], began: datetime, *, quiet: bool
) -> list[Result]:
    with _reached(options) as reach:
        wanted = _wanted(options, reach, began)
        return run(checks, reach, wanted, _silent if quiet else progress)


def _silent(_: str) -> None:
    """Say nothing: it is over in seconds."""


@contextmanager
def _reached(options: argparse.Namespace) -> Iterator[Reach]:
    """Give the ways to the environment; OperationError for an option that is none."""
    address = ways.Address(
        ways.local("--address", options.address) if options.address else "",
        options.https_port,
        options.http_port,
    )
    resolver = ways.resolver("--resolver", options.resolver) if options.resolver else ""
    outside = ways.local("--outside", options.outside) if options.outside else ""
    database = options.database_address
    if database:
        database = ways.socket_address("--database-address", database)
    if options.ca_file and not options.ca_file.is_file():
        raise OperationError(f"--ca-file: must be a file, got {options.ca_file}")
    root, pulumi = options.root.resolve(), engine.pulumi(sandbox=options.sandbox)
    with placed(root, options.stack, pulumi=pulumi, sandbox=options.sandbox) as place:
        if missing := [name for name in OUTPUTS if name not in place.outputs]:
            raise OperationError(
                f"{options.stack}: the stack has no output {', '.join(missing)}: bring it up first"
            )
        shared = replace(place, session=ways.SharedSession(place.session))
        yield Reach(shared, address, options.ca_file, resolver, outside, database)


def _wanted(options: argparse.Namespace, reach: Reach, now: datetime) -> Wanted:
    digest = reach.settings.identity.release.image.rpartition("@")[2]
    with refusals():
        records = [each for each in load_releases(reach.place.root) if each.digest == digest]
    return Wanted(
        settings=reach.settings,
        outputs=reach.outputs,
        now=now,
        head=records[-1].head if records else None,
        log_minutes=options.log_minutes,
    )


def _write(
    options: argparse.Namespace, results: Sequence[Result], began: datetime, seconds: float
) -> None:
    """Write the reports that were asked for; OperationError where a file can't be written."""
    with refusals():
        if options.junit:
            suite = f"test-staging.{options.stack}"
            write(options.junit, junit(suite, results, began, seconds))
        if options.html:
            write(options.html, page(options.stack, results, began, seconds))
