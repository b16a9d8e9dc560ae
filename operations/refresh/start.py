"""``refresh start``: one run of the data refresh, and no second one beside it."""

import argparse
from datetime import UTC, datetime

from operations.errors import OperationError
from operations.moments import shown
from operations.place import Place, chosen
from operations.refresh import evidence, execution, side
from operations.refresh.fetch import NO_TASKS, ended
from operations.talk import agreed, as_json, nothing, progress, say

BY_SERVICES = {"rds": "automated", "awsbackup": "awsbackup"}
"""How a snapshot's name begins that a service made, to its type, without which RDS finds none of
them by name (RDS API Reference, DescribeDBSnapshots)."""


def run(options: argparse.Namespace) -> int:
    """Start a run; wait for its end and fetch its manifest, unless that is not wanted."""
    with chosen(options) as place:
        operator = side.operator(place)
        if options.sandbox and not options.no_wait:
            raise OperationError(f"--sandbox: {NO_TASKS}: give --no-wait")
        # Not after hours of work whose manifest could not be kept.
        evidence.refuse_without_signers(place.root)
        _refuse_a_second(operator)
        if options.snapshot:
            _refuse_others_snapshot(place, options.snapshot)
        source = options.snapshot or "the newest backup"
        say(f"starts the data refresh of {place.identifier} from {source}", options)
        if options.dry_run or not agreed(options, "refresh start", by_name=True):
            return nothing(options)
        begun = execution.begin(operator, options.snapshot, datetime.now(UTC))
        progress(f"{begun.name}: is started")
        if not options.no_wait:
            return ended(options, operator, begun.arn)
    if options.json:
        return as_json({"execution": begun.arn, "status": begun.status})
    say(f"{begun.name}: runs; next, python -m operations refresh fetch {options.stack}")
    return 0


def _refuse_a_second(place: Place) -> None:
    found = execution.newest(place, execution.RUNNING)
    if found is not None:
        raise OperationError(
            f"{place.stack}: {found.name} runs since {shown(found.started)}; refresh fetch waits "
            "for it"
        )


def _refuse_others_snapshot(place: Place, name: str) -> None:
    """Refuse what the machine would find only once it runs."""
    kind = BY_SERVICES.get(name.partition(":")[0])
    only = {"SnapshotType": kind} if kind else {}
    found = place.rds("describe_db_snapshots", DBSnapshotIdentifier=name, **only)["DBSnapshots"][0]
    if found["DBInstanceIdentifier"] != place.identifier:
        raise OperationError(
            f"--snapshot: {name} is of {found['DBInstanceIdentifier']}, must be of "
            f"{place.identifier}"
        )
    if found["Status"] != "available":
        raise OperationError(f"--snapshot: {name} is {found['Status']}, must be available")
