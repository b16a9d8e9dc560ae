"""``python -m operations diagram``: each environment as one picture, drawn from its graph."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from operations.errors import OperationError, refusals
from operations.talk import progress, say

if TYPE_CHECKING:
    from operations.diagram.parts import Environment

BOTH = "both"
STALE = 2


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    parser.add_argument(
        "--stack", default=BOTH, metavar="STACK", help="one stack, or both (default: %(default)s)"
    )
    parser.add_argument(
        "--write", type=Path, metavar="FILE.svg", help="where to (default: the output)"
    )
    parser.add_argument(
        "--pages", action="store_true", help="write docs/environment.svg and its page instead"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 2 where a page is not current"
    )
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)
    parser.set_defaults(run=_diagram)


def _diagram(options: argparse.Namespace) -> int:
    from operations.diagram.svg import drawn  # noqa: PLC0415  (for a fast --help)
    from policies.files import write  # noqa: PLC0415

    if (options.pages or options.check) and (options.write or options.stack != BOTH):
        raise OperationError("--pages, --check: are of both stacks; give no --stack, no --write")
    if options.write and options.write.suffix != ".svg":
        raise OperationError(f"--write: must be a file that ends in .svg, got {options.write}")
    environments = _environments(options)
    if options.pages or options.check:
        return _pages(options, environments)
    if not options.write:
        say(drawn(environments).rstrip())
        return 0
    with refusals():
        write(options.write, drawn(environments))
    return 0


def _pages(options: argparse.Namespace, environments: "tuple[Environment, ...]") -> int:
    from operations.diagram.page import PAGE, PICTURE, page  # noqa: PLC0415  (for a fast --help)
    from operations.diagram.svg import drawn  # noqa: PLC0415
    from policies.files import write  # noqa: PLC0415

    texts = {PICTURE: drawn(environments), PAGE: page(environments)}
    for name, text in texts.items():
        file = options.root / name
        if not options.check:
            with refusals():
                write(file, text)
        elif not file.is_file() or file.read_text(encoding="utf-8") != text:
            print(f"{name} is not current: run `make generate`", file=sys.stderr)  # noqa: T201
            return STALE
    return 0


def _environments(options: argparse.Namespace) -> "tuple[Environment, ...]":
    import settings  # noqa: PLC0415  (for a fast --help)
    from operations.diagram.facts import environment  # noqa: PLC0415
    from policies.recording import recorded  # noqa: PLC0415

    root, reference = options.root.resolve(), settings.stack.REFERENCE
    names = settings.loading.stack_names(root)
    if options.stack not in (BOTH, *names):
        known = ", ".join([BOTH, *names])
        raise OperationError(f"--stack: must be one of {known}, got {options.stack}")
    both = [reference, *(each for each in settings.loading.OBLIGATORY if each != reference)]
    wanted = both if options.stack == BOTH else [options.stack]
    progress(f"describing {' and '.join(wanted)}")
    with refusals():
        return tuple(map(environment, recorded(root, wanted, reference=reference)))
