"""The steps of ``releases``."""

import argparse

from operations import engine
from operations.errors import OperationError
from operations.moments import shown
from operations.place import outputs
from operations.releases.backend import ledger_of
from operations.releases.by_hand import by_hand
from operations.releases.ledger import Ledger
from operations.releases.merge import known_releases, pull
from operations.releases.rebuild import rebuilt
from operations.releases.record import Record
from operations.table import table
from operations.talk import as_json, progress, say


def _ledger(options: argparse.Namespace) -> Ledger:
    pulumi = engine.pulumi(sandbox=options.sandbox)
    return ledger_of(options.root.resolve(), pulumi, sandbox=options.sandbox)


def _word(record: Record) -> str:
    return "tested" if record.tested else record.outcome


def _list(options: argparse.Namespace) -> int:
    records = _ledger(options).records(options.stack)
    if options.json:
        return as_json(
            {
                "stack": options.stack,
                "records": [each.model_dump(mode="json", exclude_none=True) for each in records],
            }
        )
    rows = [
        (
            shown(each.time),
            each.version,
            _word(each),
            each.digest[:19],
            each.commit[:12],
            "" if each.parity is None else f"{each.parity:g}",
            each.by or "",
        )
        for each in records
    ]
    heads = ("when", "version", "outcome", "digest", "commit", "parity", "by")
    say(table(heads, rows) if rows else f"{options.stack}: nothing is recorded")
    return 0


def _pull(options: argparse.Namespace) -> int:
    records = _ledger(options).records(options.stack)
    added = pull(options.root.resolve(), records, sandbox=options.sandbox)
    say(f"{options.stack}: {added} new of {len(records)} records")
    return 0


def _record(options: argparse.Namespace) -> int:
    ledger = _ledger(options)
    record = by_hand(options, ledger)
    ledger.append(record)
    pull(options.root.resolve(), [record], sandbox=options.sandbox)
    say(f"{options.stack}: {record.version} ({record.digest[:19]}) is recorded as {_word(record)}")
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    root, ledger = options.root.resolve(), _ledger(options)
    releases = known_releases(root, sandbox=options.sandbox)
    made = rebuilt(releases, ledger.records(options.stack), options.stack)
    for record in made:
        if not options.dry_run:
            ledger.append(record)
        say(f"{record.version} of {shown(record.time)}: {record.outcome}")
    done = "would be written" if options.dry_run else "written"
    say(f"{options.stack}: {len(made)} {done}; by whom, by which plan and how long, nobody knows")
    try:
        told = outputs(root, options.stack, engine.pulumi(sandbox=options.sandbox))
    except OperationError as error:
        progress(f"what runs is not known: {error}")
        return 0
    digest = str(told["releaseImage"]).rpartition("@")[2]
    known = {each.digest for each in releases if each.stack == options.stack}
    if digest not in known | {each.digest for each in made}:
        progress(
            f"{digest[:19]} runs, and nothing says what became of it: verify it, then "
            f"python -m operations releases record {options.stack} --verdict passed"
        )
    return 0


RUNS = {"list": _list, "pull": _pull, "record": _record, "rebuild": _rebuild}
"""By its name, what each step does."""
