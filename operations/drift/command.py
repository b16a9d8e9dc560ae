"""``python -m operations drift``: what was changed behind Pulumi's back.

Exit codes: 0 where nothing was, 1 where something drifted, no longer mirrors or can't be read, 2
for what is refused.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from operations.options import add_json, add_stack

DRIFTED = 1


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    add_json(parser)
    parser.add_argument(
        "--history", type=Path, metavar="FILE", help="add a line of JSON with the outcome to a file"
    )
    parser.add_argument(
        "--no-parity", action="store_true", help="leave out whether both stacks still mirror"
    )
    parser.set_defaults(run=_drift)


def _drift(options: argparse.Namespace) -> int:
    from operations import engine  # noqa: PLC0415  (the policies take a second to load)
    from operations.drift import report  # noqa: PLC0415
    from operations.drift.expected import load_expected  # noqa: PLC0415
    from operations.drift.found import changes, errors  # noqa: PLC0415
    from operations.drift.parity import parity  # noqa: PLC0415
    from operations.drift.refresh import refreshed  # noqa: PLC0415
    from operations.talk import progress  # noqa: PLC0415

    root = options.root.resolve()
    engine.refuse_unknown_stack(root, options.stack)
    known = load_expected(root)
    compared = None
    with engine.held(root, sandbox=options.sandbox) as pulumi:
        progress(f"{options.stack}: reading every resource; the state stays as it is")
        code, events = refreshed(root, options.stack, pulumi, progress)
        if not options.no_parity:
            progress("comparing what is deployed in both stacks")
            compared = parity(root, options.stack, pulumi)
    found = report.Drift.of(
        options.stack,
        changes(events),
        known,
        errors=errors(events) or (["the engine failed"] if code else []),
        parity=compared,
    )
    report.tell(found, options)
    if options.history:
        report.remember(found, options.history, datetime.now(UTC))
    return 0 if found.is_well else DRIFTED
