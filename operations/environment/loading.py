"""A run of load: from options to a verdict, a line in the history, and the exit code."""

import argparse
import socket
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from operations import engine
from operations.backup.history import append, read
from operations.environment import reach as ways
from operations.environment.check import Answer
from operations.environment.load import run as locust
from operations.environment.load.profile import Profile, profile_of
from operations.environment.load.verdict import Measured, judge, last_like, record, stops
from operations.environment.wanted import hosts
from operations.errors import OperationError
from operations.moments import shown
from operations.place import outputs
from operations.stack_settings import loaded
from operations.table import table
from operations.talk import agreed, as_json, nothing, progress, say
from settings import Settings
from settings.stack import REFERENCE

NOT_WELL = 1
LOOPBACK = "127."


def load(options: argparse.Namespace) -> int:
    """Make the load and say what came of it."""
    _refuse_numbers(options)
    root = options.root.resolve()
    told = outputs(root, options.stack, engine.pulumi(sandbox=options.sandbox))
    settings = loaded(root, options.stack)
    target = _target(options, settings, told)
    profile = _profile(options, settings)
    _announce(options, profile, target)
    by_name = options.stack == REFERENCE
    if options.dry_run or not agreed(options, f"put load on {target.name}", by_name=by_name):
        return nothing(options)
    found = locust.run(profile, target, progress)
    return _judged(options, profile, settings, found, str(told["releaseImage"]))


def _refuse_numbers(options: argparse.Namespace) -> None:
    for option, value in (
        ("--seconds", options.seconds),
        ("--slower-percent", options.slower_percent),
    ):
        if value < 0:
            raise OperationError(f"{option}: must be 0 or more, got {value}")
    if wrong := [path for path in options.path if not path.startswith("/")]:
        raise OperationError(f"--path: must start with /, got {wrong[0]!r}")


def _profile(options: argparse.Namespace, settings: Settings) -> Profile:
    paths = tuple(options.path) or ("/", settings.shape.web.health_check.path)
    return profile_of(settings, options.profile, paths, options.seconds)


def _target(
    options: argparse.Namespace, settings: Settings, told: Mapping[str, Any]
) -> locust.Target:
    """Return where the load goes; OperationError for any host that is not the stack's."""
    url = urlsplit(options.url or f"https://{settings.identity.dns.domain}")
    own = hosts(settings)
    if url.scheme != "https" or url.hostname not in own or url.port not in (None, 443):
        raise OperationError(
            f"--url: must be https and a name of {options.stack} ({', '.join(own)}), "
            f"got {options.url!r}"
        )
    host = str(url.hostname)
    if options.address:
        address = ways.local("--address", options.address)
        if not address.startswith(LOOPBACK) and address not in _addresses(told):
            raise OperationError(
                f"--address: must be on this machine (a tunnel) or of {options.stack}'s load "
                f"balancer, got {address}"
            )
        host = address
    if options.ca_file and not options.ca_file.is_file():
        raise OperationError(f"--ca-file: must be a file, got {options.ca_file}")
    authorities = str(options.ca_file.resolve()) if options.ca_file else ""
    return locust.Target(f"https://{host}:{options.https_port}", str(url.hostname), authorities)


def _addresses(told: Mapping[str, Any]) -> set[str]:
    """Return the load balancer's addresses; none where its name is not known."""
    try:
        found = socket.getaddrinfo(str(told.get("loadBalancerDnsName")), 443, socket.AF_INET)
    except OSError:
        return set()
    return {str(address[0]) for *_, address in found}


def _announce(options: argparse.Namespace, profile: Profile, target: locust.Target) -> None:
    words = f"{profile.name}: {profile.rate:g} requests/s for {profile.seconds} s on {target.name}"
    if profile.is_capped:
        words += (
            f"; {profile.wanted_rate:g} would be its size, but the firewall blocks an address "
            "that asks more often"
        )
    say(words, options)


def _judged(
    options: argparse.Namespace,
    profile: Profile,
    settings: Settings,
    found: Mapping[str, Any],
    image: str,
) -> int:
    try:
        measured = Measured.of(found["total"])
    except (KeyError, TypeError, ValueError):
        raise OperationError("locust: wrote no measurements") from None
    now = shown(datetime.now(UTC))
    line = record(options.stack, profile, measured, image.rpartition("@")[2], now)
    before = last_like(read(options.baseline), line)
    answers = judge(measured, profile, settings, before, options.slower_percent)
    failed = stops(answers)
    append(options.baseline, {**line, "verdict": "failed" if failed else "passed"})
    _say(options, line, answers, found)
    return NOT_WELL if failed else 0


def _say(
    options: argparse.Namespace,
    line: Mapping[str, Any],
    answers: Mapping[str, Answer],
    found: Mapping[str, Any],
) -> None:
    if options.json:
        told = {name: {**asdict(each), "kind": each.kind.value} for name, each in answers.items()}
        as_json({**line, "passed": not stops(answers), "answers": told, "errors": found["errors"]})
        return
    rows = [(each.kind.value, name, each.words) for name, each in answers.items()]
    say(table(("verdict", "check", "what was found"), rows))
    for error, times in sorted(found["errors"].items(), key=lambda each: -each[1])[:3]:
        say(f"  {times} times: {error}")
