"""``python -m operations verify``: whether a stack runs the release that Pulumi says it runs.

Exit codes: 0 where every line passed, 1 where one failed or is unknown, 2 for what is refused.
"""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from operations import engine
from operations.options import add_json, add_stack, at_least_zero
from operations.table import table
from operations.talk import as_json, progress, say

if TYPE_CHECKING:
    from operations.delivery.verdict import Line

MINUTES = 10.0
FAILED = 1


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    add_minutes(parser)
    parser.add_argument(
        "--connect",
        default="",
        metavar="CONNINFO",
        help="look at the database's schema too: how it is reached, without a password",
    )
    add_json(parser)
    parser.set_defaults(run=_verify)


def add_minutes(parser: argparse.ArgumentParser) -> None:
    """Add how long a verdict is waited for."""
    parser.add_argument(
        "--minutes",
        type=at_least_zero,
        default=MINUTES,
        metavar="N",
        help="how long what may still settle is waited for; 0 looks once (default: %(default)g)",
    )


def _verify(options: argparse.Namespace) -> int:
    from operations.delivery.look import (  # noqa: PLC0415  (boto3 takes time to load)
        POLL_SECONDS,
        POLL_SECONDS_IN_SANDBOX,
        Look,
        judged,
    )
    from operations.delivery.verdict import passed  # noqa: PLC0415  (likewise)
    from operations.place import placed  # noqa: PLC0415  (likewise)

    root, pulumi = options.root.resolve(), engine.pulumi(sandbox=options.sandbox)
    with placed(root, options.stack, pulumi=pulumi, sandbox=options.sandbox) as place:
        digest = str(place.outputs["releaseImage"]).rpartition("@")[2]
        poll = POLL_SECONDS_IN_SANDBOX if options.sandbox else POLL_SECONDS
        lines = judged(Look(place, digest), minutes=options.minutes, poll=poll, tell=progress)
    if options.connect:
        lines.append(_schema(options, digest))
    if options.json:
        as_json(
            {
                "stack": options.stack,
                "digest": digest,
                "passed": passed(lines),
                "lines": [_told(each) for each in lines],
            }
        )
    else:
        say(as_table(lines))
    return 0 if passed(lines) else FAILED


def _schema(options: argparse.Namespace, digest: str) -> "Line":
    from operations.delivery.schema_line import (  # noqa: PLC0415  (psycopg takes time to load)
        schema_line,
    )
    from operations.releases.merge import known_releases  # noqa: PLC0415  (likewise)

    root = options.root.resolve()
    releases = known_releases(root, sandbox=options.sandbox)
    return schema_line(root, releases, digest, options.connect)


def as_table(lines: "list[Line]") -> str:
    """Return the verdict as a table."""
    return table(("verdict", "what", "found"), [(x.verdict, x.what, x.words) for x in lines])


def _told(line: "Line") -> dict[str, object]:
    return {name: value for name, value in asdict(line).items() if name != "settled"}
