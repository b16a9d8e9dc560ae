"""A record that a person or a workflow writes, once tests of its own have judged what runs."""

import argparse

from operations import engine
from operations.aws import ask
from operations.delivery.project import commit_of
from operations.place import placed
from operations.releases.merge import known_releases, known_steps
from operations.releases.migrations_file import read_migrations
from operations.releases.record import Record, now


def by_hand(options: argparse.Namespace) -> Record:
    """Return the record of the running release; OperationError where it can't be told."""
    root, sandbox = options.root.resolve(), options.sandbox
    steps = read_migrations(options.migrations) if options.migrations else None
    commit = commit_of(root, sandbox=sandbox)
    pulumi = engine.pulumi(sandbox=sandbox)
    with placed(root, options.stack, pulumi=pulumi, sandbox=sandbox) as place:
        by = ask(place.client("sts"), "get_caller_identity")["Arn"]
        told = place.outputs
    moment, good = now(), options.verdict == "passed"
    digest = str(told["releaseImage"]).rpartition("@")[2]
    if steps is None:
        steps = known_steps(known_releases(root, sandbox=sandbox), digest)
    return Record(
        digest=digest,
        version=str(told["releaseVersion"]),
        commit=commit,
        stack=options.stack,
        verdict=options.verdict,
        time=moment,
        migrations=steps,
        outcome="verified" if good else "failed",
        ended=moment,
        by=by,
    )
