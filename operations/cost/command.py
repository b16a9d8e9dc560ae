"""``python -m operations cost``: what the environments consist of; money only by a price book."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from operations.errors import OperationError, refusals
from operations.options import add_json
from operations.talk import progress, say

if TYPE_CHECKING:
    from operations.cost.estimate import Estimate

EXAMPLE = "operations/cost/prices.example.yaml"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    parser.add_argument(
        "--mirror", default="staging", metavar="STACK", help="held against production"
    )
    parser.add_argument(
        "--prices", type=Path, metavar="FILE", help=f"a price book; its form: {EXAMPLE}"
    )
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="show what changed since a kept estimate"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the estimate, as JSON")
    add_json(parser)
    parser.add_argument("--markdown", action="store_true", help="as a comment on a pull request")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="judge the age of prices and pauses as of this day (default: today, UTC)",
    )
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)
    parser.set_defaults(run=_cost)


def _cost(options: argparse.Namespace) -> int:
    from operations.cost.estimate import load_estimate  # noqa: PLC0415  (for a fast --help)
    from operations.cost.text import markdown, terminal  # noqa: PLC0415
    from policies.files import write  # noqa: PLC0415

    if options.json and (options.markdown or options.against):
        raise OperationError("--json: must stand without --markdown and --against, got both")
    base = load_estimate(options.against) if options.against else None
    found = _estimated(options)
    if options.write:
        with refusals():
            write(options.write, f"{found.model_dump_json(indent=2)}\n")
    if options.json:
        say(found.model_dump_json())
    elif options.markdown or base is not None:
        say(markdown(found, base))
    else:
        say(terminal(found))
    return 0


def _estimated(options: argparse.Namespace) -> "Estimate":
    import settings  # noqa: PLC0415  (for a fast --help)
    from operations.cost.awake import paused  # noqa: PLC0415
    from operations.cost.count import counted  # noqa: PLC0415
    from operations.cost.estimate import estimated  # noqa: PLC0415
    from operations.cost.prices import load_prices  # noqa: PLC0415
    from policies.recording import recorded  # noqa: PLC0415

    root, today = options.root.resolve(), options.today or datetime.now(UTC).date()
    reference, mirror = settings.stack.REFERENCE, options.mirror
    try:
        known = settings.load_all(root)
    except settings.SettingsError as error:
        raise OperationError(str(error)) from None
    if mirror not in known or mirror == reference:
        others = ", ".join(sorted(known.keys() - {reference}))
        raise OperationError(f"--mirror: must be one of {others}, got {mirror}")
    progress(f"describing {reference} and {mirror}")
    with refusals():
        graphs = recorded(root, [reference, mirror], reference=reference)
        both = {each.stack: counted(root, each, known[each.stack], today) for each in graphs}
    book = load_prices(options.prices, both, today) if options.prices else None
    held_up = tuple(paused(graphs[1], today))
    return estimated(both[reference], both[mirror], held_up, book, today)
