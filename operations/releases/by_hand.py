"""A record that a person or a workflow writes, once tests of its own have judged what runs."""

import argparse
from collections.abc import Sequence

from operations import engine
from operations.aws import ask
from operations.delivery.project import commit_of
from operations.errors import OperationError
from operations.place import placed
from operations.releases.ledger import Ledger
from operations.releases.merge import known_releases, known_steps
from operations.releases.migrations_file import read_migrations
from operations.releases.record import GOOD, UNDER_WAY, Outcome, Record, now


def by_hand(options: argparse.Namespace, ledger: Ledger) -> Record:
    """Return the record of the running release; OperationError where it can't be told.

    One that has passed is tested, and production may have it.
    """
    root, sandbox = options.root.resolve(), options.sandbox
    steps = read_migrations(options.migrations) if options.migrations else None
    commit = commit_of(root, sandbox=sandbox)
    pulumi = engine.pulumi(sandbox=sandbox)
    with placed(root, options.stack, pulumi=pulumi, sandbox=sandbox) as place:
        by = ask(place.client("sts"), "get_caller_identity")["Arn"]
        told = place.outputs
    moment, good = now(), options.verdict == "passed"
    records = ledger.records(options.stack)
    if good:
        _refuse_unfinished(options.stack, records)
    digest = str(told["releaseImage"]).rpartition("@")[2]
    if steps is None:
        steps = known_steps(known_releases(root, sandbox=sandbox), digest)
    last = _deployment_of(records, digest, commit)
    well: Outcome = last.outcome if last and last.outcome in GOOD else "verified"
    return Record(
        digest=digest,
        version=str(told["releaseVersion"]),
        commit=commit,
        stack=options.stack,
        verdict=options.verdict,
        time=moment,
        migrations=steps,
        tested=good,
        outcome=well if good else "failed",
        began=last.began if last else None,
        ended=moment,
        rollback_of=last.rollback_of if last else None,
        by=by,
    )


def _refuse_unfinished(stack: str, records: Sequence[Record]) -> None:
    """Raise OperationError where the last deployment has not ended: it may run on elsewhere."""
    if records and records[-1].outcome in UNDER_WAY:
        raise OperationError(
            f"{stack}: the last deployment, of {records[-1].version}, has not come to an end: "
            f"python -m operations deploy {stack}"
        )


def _deployment_of(records: Sequence[Record], digest: str, commit: str) -> Record | None:
    """Return the last record of the deployment that is judged: the new one is of the same."""
    if records and (records[-1].digest, records[-1].commit) == (digest, commit):
        return records[-1]
    return None
