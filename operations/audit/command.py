"""``python -m operations audit``: what is deployed and who reaches the account, with evidence.

Exit codes: 0 where nothing of high severity failed, 1 where something did, 2 for what is refused.
"""

import argparse
import re
from pathlib import Path

from operations.options import add_json, add_stack

FAILED = 1


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    add_json(parser)
    parser.add_argument(
        "--write", type=Path, metavar="DIR", help="write audit.html, audit.md and audit.json there"
    )
    parser.add_argument(
        "--known-account",
        action="append",
        default=[],
        type=_account,
        metavar="ID",
        help="an account that may be trusted beside those of the settings; may be repeated",
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 also where something is not known"
    )
    parser.set_defaults(run=_audit)


def _account(text: str) -> str:
    if re.fullmatch("[0-9]{12}", text) is None:
        raise argparse.ArgumentTypeError(f"must be an account's 12 digits, got {text!r}")
    return text


def _audit(options: argparse.Namespace) -> int:
    # Here: the policies and AWS's library take a second to load.
    from operations.audit import page, run, show  # noqa: PLC0415
    from operations.audit.outcome import Status  # noqa: PLC0415
    from operations.errors import refusals  # noqa: PLC0415
    from operations.talk import as_json, say  # noqa: PLC0415
    from policies.files import write  # noqa: PLC0415

    found = run.audited(
        options.root.resolve(),
        options.stack,
        sandbox=options.sandbox,
        known=options.known_account,
    )
    if options.write:
        with refusals():
            for name, text in (
                ("audit.html", page.page(found)),
                ("audit.md", show.as_markdown(found)),
                ("audit.json", show.as_json(found)),
            ):
                write(options.write / name, text)
    if options.json:
        as_json(show.as_data(found))
    else:
        say(show.in_terminal(found))
    open_ = options.strict and found.of_status(Status.UNKNOWN)
    return FAILED if found.grave or open_ else 0
