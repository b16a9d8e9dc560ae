"""The options of the commands that test an environment."""

import argparse
from pathlib import Path

from operations.options import add_json, add_stack, positive

MINUTES = 60


def add_ways(step: argparse.ArgumentParser) -> None:
    """Add the stack, ``--json``, and how the site is reached."""
    add_stack(step)
    add_json(step)
    step.add_argument(
        "--address",
        default="",
        metavar="IP",
        help="where to connect in place of what DNS says (a tunnel); the names stay",
    )
    for name, port in (("--https-port", 443), ("--http-port", 80)):
        step.add_argument(name, type=_port, default=port, metavar="N", help="default: %(default)s")
    step.add_argument(
        "--ca-file", type=Path, metavar="FILE", help="authorities in place of the system's"
    )


def add_run(step: argparse.ArgumentParser) -> None:
    """Add which checks are run, where results go, and what only some checks need."""
    step.add_argument(
        "--only", nargs="+", action="extend", default=[], metavar="NAME", help="checks; * is any"
    )
    step.add_argument("--list", action="store_true", help="show every check, and run none")
    step.add_argument("--junit", type=Path, metavar="FILE", help="JUnit XML, for CI")
    step.add_argument("--html", type=Path, metavar="FILE", help="one page that needs nothing else")
    step.add_argument(
        "--database-address",
        default="",
        metavar="IP:PORT",
        help="where the database is reached (a tunnel); its certificate is held against its name",
    )
    step.add_argument(
        "--resolver",
        default="",
        metavar="URL",
        help="a public resolver that answers in JSON, like https://dns.google/resolve: "
        "asks it for the delegation too",
    )
    step.add_argument(
        "--outside",
        default="",
        metavar="IP",
        help="an address of this machine that may not come in: asks whether it is refused",
    )
    step.add_argument(
        "--log-minutes",
        type=positive,
        default=MINUTES,
        metavar="N",
        help="how old the newest event of a service's log may be (default: %(default)s)",
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65_536:  # noqa: PLR2004  (the range of TCP ports)
        raise argparse.ArgumentTypeError(f"must be between 1 and 65535, got {number}")
    return number
