"""``python -m operations backup``: list and verify backups, restore, swap, undo, and drill.

Exit codes: 0 for well, 1 where a check failed, 2 for what is refused.
"""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from operations.backup import instances as known
from operations.backup import restore as restoring
from operations.backup import state
from operations.backup import swap as swapping
from operations.backup.checks import Outcome, Subject, run_checks
from operations.backup.checks_file import load_checks
from operations.backup.connecting import reading, without_secret
from operations.backup.drill import drill
from operations.backup.history import last_counts
from operations.backup.inventory import Inventory, inventory
from operations.backup.local import Local
from operations.backup.parser import HISTORY
from operations.backup.rds import Rds, Reach, connected_live, reachable
from operations.backup.restore import RESTORE, Wanted
from operations.backup.verify import verify
from operations.errors import OperationError, refusals
from operations.moments import moment, shown
from operations.place import Place, chosen
from operations.table import table
from operations.talk import agreed, as_json, nothing, progress, say
from policies.releases import load_releases
from settings.stack import REFERENCE

FAILED = 1


def run_list(options: argparse.Namespace) -> int:
    """Print every backup."""
    now = datetime.now(UTC)
    with chosen(options) as place:
        found = inventory(place)
    if options.json:
        return as_json(
            {
                "database": found.instance.name,
                "earliestRestorableTime": found.earliest,
                "latestRestorableTime": found.latest,
                "backups": [asdict(each) for each in found.backups],
                "vaults": found.vaults,
            }
        )
    say(f"{found.instance.name}: any moment from {_window(found)}")
    heads = ("kind", "made", "age", "GiB", "encrypted", "where", "account", "name")
    rows = [
        (
            each.kind if each.usable else f"{each.kind} (not usable)",
            shown(each.made) if each.made else "",
            _age(now, each.made),
            "" if each.gib is None else f"{each.gib:g}",
            "yes" if each.encrypted else "no",
            each.place,
            each.account,
            each.name,
        )
        for each in found.backups
    ]
    if rows:
        say(table(heads, rows))
    for vault, listed in found.vaults.items():
        if not listed:
            say(f"vault {vault}: AWS Backup does not list recovery points here")
    return 0


def _window(found: Inventory) -> str:
    earliest = "a time that RDS does not show" if found.earliest is None else shown(found.earliest)
    return f"{earliest} to {'never' if found.latest is None else shown(found.latest)}"


def _age(now: datetime, made: datetime | None) -> str:
    if made is None:
        return ""
    hours = (now - made).total_seconds() / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} d"  # noqa: PLR2004


def run_verify(options: argparse.Namespace) -> int:
    """Hold the backups against the settings."""
    with chosen(options) as place:
        lines = verify(inventory(place), place.settings, place.key, datetime.now(UTC))
    failed = any(line.verdict == "failed" for line in lines)
    if options.json:
        as_json({"passed": not failed, "lines": [asdict(line) for line in lines]})
    else:
        rows = [(line.verdict, line.what, line.words) for line in lines]
        say(table(("verdict", "what", "found"), rows))
    return FAILED if failed else 0


def restore(options: argparse.Namespace) -> int:
    """Restore beside the live database and check it; 1 where a check failed."""
    wanted = Wanted(RESTORE, _moment(options), options.snapshot)
    reach, checks = _reach(options), load_checks(options.root)
    with chosen(options) as place:
        step = restoring.plan(place, wanted, datetime.now(UTC))
        head = _head(options, place)
        does = "goes on with" if step.going_on else "restores"
        say(f"{does} {step.name}: {place.identifier} as of {shown(step.point)}", options)
        if options.dry_run or not agreed(options, "backup restore", by_name=False):
            return nothing(options)
        found = restoring.run(place, step, progress)
        try:
            to = reachable(place, found, reach)
        except OperationError as error:
            progress(f"{error}")
            progress(f"{found.name}: is restored and not checked; the same command checks it")
            return FAILED
        with (
            reading(
                to.conninfo, password=to.password, seconds=checks.statement_seconds
            ) as connection,
            connected_live(place, reach) as live,
        ):
            recorded = last_counts(options.root / HISTORY, options.stack)
            outcome = run_checks(Subject(connection, checks, to.point, live, recorded, head))
        if outcome.passed:
            checked = f"{found.id} {shown(datetime.now(UTC))}"
            known.tag(place, found, {known.CHECKED: checked})
        else:
            known.untag(place, found, [known.CHECKED])
    return _told(options, found.name, outcome)


def _told(options: argparse.Namespace, name: str, outcome: Outcome) -> int:
    findings = outcome.findings
    if options.json:
        told = [asdict(each) for each in findings]
        as_json({"restored": name, "passed": outcome.passed, "checks": told})
    else:
        rows = [(each.verdict, each.check, each.words) for each in findings]
        say(table(("verdict", "check", "found"), rows))
        after = f"python -m operations backup swap {options.stack} --restored {name}"
        say(f"{name}: {f'next, {after}' if outcome.passed else 'must not be swapped in'}")
    return 0 if outcome.passed else FAILED


def run_swap(options: argparse.Namespace) -> int:
    """Put the restored database in the live one's place."""
    now = datetime.now(UTC)
    with chosen(options) as place:
        found = swapping.find(place, options.restored, now)
        say(f"{found.name} -> {found.aside}, {found.restored_name} -> {found.name}", options)
        if options.dry_run or not agreed(options, "backup swap", by_name=_is_production(options)):
            return nothing(options)
        done = swapping.run(place, found, now, progress)
        urn = state.lead(place, done.old.id, done.new.id)
    after = [
        f"the state {'was led' if urn else 'leads already'} to {done.new.id}",
        f"next, python -m operations gate {options.stack}: tasks may log in only after it",
        f"{done.aside}: may be deleted after {done.old.tags[known.DELETE_AFTER]}, by hand",
        *(
            f"{replica}: still follows {done.aside}; replace it with pulumi up --replace"
            for replica in swapping.followers(done)
        ),
    ]
    if options.json:
        return as_json(
            {"live": done.new.name, "liveId": done.new.id, "aside": done.aside, "next": after}
        )
    say("\n".join(after))
    return 0


def _is_production(options: argparse.Namespace) -> bool:
    return bool(options.stack == REFERENCE)


def run_undo(options: argparse.Namespace) -> int:
    """Take the last swap back."""
    with chosen(options) as place:
        found = swapping.find_undo(place)
        say(f"{found.name} -> {found.restored_name}, {found.aside} -> {found.name}", options)
        if options.dry_run or not agreed(options, "backup undo", by_name=_is_production(options)):
            return nothing(options)
        done = swapping.undo(place, found, progress)
        state.lead(place, done.new.id, done.old.id)
    next_ = f"next, python -m operations gate {options.stack}"
    if options.json:
        return as_json({"live": done.old.name, "liveId": done.old.id, "next": [next_]})
    say(f"{done.old.name}: is {done.old.id} again; {done.new.name} stays beside it\n{next_}")
    return 0


def run_drill(options: argparse.Namespace) -> int:
    """Restore, check, measure, and delete what was restored."""
    checks, file = load_checks(options.root), options.root / options.history
    at, reach = _moment(options), _reach(options)
    if options.base_backup is not None:
        return _drill_here(options, at)
    with chosen(options) as place:
        wanted = Wanted(restoring.DRILL, at, options.snapshot)
        step = restoring.plan(place, wanted, datetime.now(UTC))
        say(f"restores {step.name}: {place.identifier} as of {shown(step.point)}", options)
        if options.dry_run:
            return nothing(options)
        report = drill(
            Rds(place, reach, progress, options.snapshot),
            checks,
            stack=options.stack,
            file=file,
            moment=at,
            head=_head(options, place),
        )
    return _report(options, report.line, passed=report.passed)


def _drill_here(options: argparse.Namespace, at: datetime | None) -> int:
    if options.archive is None or not options.connect_live:
        raise OperationError("--base-backup: needs --archive and --connect-live")
    say(f"restores {options.base_backup} from {options.archive} on this machine", options)
    if options.dry_run:
        return nothing(options)
    report = drill(
        Local(options.base_backup.resolve(), options.archive.resolve(), options.connect_live),
        load_checks(options.root),
        stack=options.stack,
        file=options.root / options.history,
        moment=at,
        head=_head_of(options, options.release) if options.release else None,
    )
    return _report(options, report.line, passed=report.passed)


def _report(options: argparse.Namespace, line: dict[str, Any], *, passed: bool) -> int:
    if options.json:
        as_json(line)
    else:
        rows = [(each["verdict"], each["check"], each["words"]) for each in line["checks"]]
        say(table(("verdict", "check", "found"), rows))
        say(f"recovery time   {line['recoveryTimeSeconds']:.1f} s")
        say(f"recovery point  {line['recoveryPointSeconds']:.1f} s, by {line['recoveryPointBy']}")
    return 0 if passed else FAILED


def _moment(options: argparse.Namespace) -> datetime | None:
    return moment(options.to_time) if options.to_time else None


def _reach(options: argparse.Namespace) -> Reach:
    for name in ("connect", "connect_live"):
        if getattr(options, name):
            without_secret(getattr(options, name), f"--{name.replace('_', '-')}")
    return Reach(options.connect, options.connect_live)


def _head(options: argparse.Namespace, place: Place) -> str | None:
    """Return the last migration of the release that the data must fit; None if not recorded."""
    return _head_of(
        options, options.release or str(place.outputs["releaseImage"]).rpartition("@")[2]
    )


def _head_of(options: argparse.Namespace, release: str) -> str | None:
    with refusals():
        releases = load_releases(options.root)
    heads = {each.head for each in releases if release in (each.version, each.digest)} - {None}
    return heads.pop() if len(heads) == 1 else None
