"""``refresh fetch``: wait for the run that is under way, and fetch what the scan signed."""

import argparse
from collections.abc import Mapping

from operations.errors import OperationError
from operations.place import Place, chosen
from operations.refresh import evidence, execution, side
from operations.talk import as_json, progress, say

FAILED = 1
NO_TASKS = "no task runs there, so a run does not end"


def run(options: argparse.Namespace) -> int:
    """Fetch the manifest of a snapshot, or of the last run once it has ended."""
    with chosen(options) as place:
        operator = side.operator(place)
        evidence.refuse_without_signers(place.root)
        if options.snapshot:
            return _kept(options, operator, options.snapshot, {})
        last = execution.newest(operator)
        if last is None:
            raise OperationError(f"{options.stack}: the data refresh has never run")
        if options.sandbox and last.status == execution.RUNNING:
            raise OperationError(f"--sandbox: {NO_TASKS}: {last.name}")
        return ended(options, operator, last.arn)


def ended(options: argparse.Namespace, place: Place, arn: str) -> int:
    """Follow a run to its end and fetch its manifest; 1 where either fails."""
    try:
        found = execution.follow(place, arn, progress)
    except OperationError as error:
        progress(str(error))
        progress(f"the run goes on; python -m operations refresh fetch {options.stack} waits on")
        return FAILED
    told = {"execution": arn, "status": found.status}
    if found.status != execution.WELL:
        if options.json:
            as_json(told)
        else:
            say(f"{found.name}: {found.status}; the states before say where it stopped")
        return FAILED
    try:
        return _kept(options, place, found.snapshot, told)
    except OperationError as error:
        progress(str(error))
        progress(f"{found.snapshot}: is shared, and nothing vouches for it here")
        return FAILED


def _kept(options: argparse.Namespace, place: Place, snapshot: str, told: Mapping[str, str]) -> int:
    file = evidence.fetch(place, snapshot)
    if options.json:
        return as_json({**told, "snapshot": snapshot, "manifest": str(file)})
    say(f"{file}: is signed; review it and commit it, for only then the mirror takes {snapshot}")
    return 0
