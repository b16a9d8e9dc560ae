"""``python -m operations alert-test``: ring alarms, and prove that their receivers are told.

Exit codes: 0 where all is proved, 1 where something failed or is not known, 2 for what is refused.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from operations.options import add_json, add_stack

if TYPE_CHECKING:
    from operations.alert_test.alarms import Alarm
    from operations.alert_test.proof import Step
    from operations.place import Place

NOT_PROVED = 1
LONGEST_SECONDS = 3600
WAIT_SECONDS, EVERY_SECONDS, SANDBOX_SECONDS = 420, 10.0, 0.2
ROLLING_BACK = "deploymentAlarmNames"
GRAVEST = "healthAlarmName"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    add_stack(parser)
    add_json(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--alarm",
        action="append",
        default=[],
        metavar="NAME",
        help="ring this one; may be repeated (default: the gravest, and one for each topic)",
    )
    which.add_argument(
        "--all",
        action="store_true",
        help="ring every alarm that only tells, but those that roll a release back",
    )
    parser.add_argument(
        "--probe", action="store_true", help="have a queue hear each topic for as long as it takes"
    )
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for what AWS records (default: %(default)s)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would ring")
    parser.add_argument(
        "--yes", action="store_true", help="without asking; production is asked for all the same"
    )
    parser.add_argument(
        "--confirm", default="", metavar="STACK", help="production's name, where nobody is asked"
    )
    parser.set_defaults(run=_alert_test)


def _seconds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be from 1 to {LONGEST_SECONDS}, got {text!r}")
    return int(text)


def _alert_test(options: argparse.Namespace) -> int:
    # Here: AWS's library takes a second to load.
    from operations import place  # noqa: PLC0415
    from operations.alert_test import readers, run  # noqa: PLC0415
    from operations.alert_test.alarms import alarms  # noqa: PLC0415
    from operations.alert_test.proof import Watch  # noqa: PLC0415
    from operations.deployed import exported  # noqa: PLC0415
    from operations.talk import agreed, nothing  # noqa: PLC0415
    from settings.stack import REFERENCE  # noqa: PLC0415

    with place.chosen(options) as here:
        found = alarms(here, exported(here.root, here.stack, here.pulumi))
        ring = _to_ring(options, here, found)
        topics = {topic for alarm in found for topic in alarm.topics}
        steps = [*readers.of_alarms(found), *readers.of_topics(here, topics)]
        if options.dry_run:
            _tell(options, steps, ring, rung=False)
            return nothing(options)
        if ring:
            _announce(ring)
            command = f"ring {len(ring)} of its alarms"
            if not agreed(options, command, by_name=options.stack == REFERENCE):
                return nothing(options)
            every = SANDBOX_SECONDS if options.sandbox else EVERY_SECONDS
            steps += run.proved(here, ring, Watch(options.wait, every), probe=options.probe)
        steps += run.unrung(steps, ring)
    _tell(options, steps, ring, rung=True)
    return 0 if run.passed(steps) else NOT_PROVED


def _to_ring(
    options: argparse.Namespace, place: "Place", found: Sequence["Alarm"]
) -> list["Alarm"]:
    from operations.alert_test.alarms import chosen  # noqa: PLC0415
    from operations.errors import OperationError  # noqa: PLC0415

    for name in (ROLLING_BACK, GRAVEST):
        if not place.outputs.get(name):
            raise OperationError(
                f"{place.stack}: the stack has no output {name}: bring it up first"
            )
    return chosen(
        found,
        named=options.alarm,
        all_=options.all,
        rolls_back=frozenset(place.outputs[ROLLING_BACK]),
        gravest=str(place.outputs[GRAVEST]),
    )


def _announce(ring: Sequence["Alarm"]) -> None:
    from operations.talk import progress  # noqa: PLC0415

    for each in ring:
        readers = ", ".join(each.topics) or "nobody"
        progress(f"{each.name} will ring, and its readers are told twice: {readers}")


def _tell(
    options: argparse.Namespace, steps: Sequence["Step"], ring: Sequence["Alarm"], *, rung: bool
) -> None:
    from operations.alert_test.run import passed  # noqa: PLC0415
    from operations.table import table  # noqa: PLC0415
    from operations.talk import as_json, say  # noqa: PLC0415

    if options.json:
        told = {
            "stack": options.stack,
            "rung" if rung else "wouldRing": [each.name for each in ring],
            "steps": [asdict(step) for step in steps],
            "passed": rung and passed(steps),
        }
        as_json(told)
        return
    # What holds of an alarm that was not rung is worth a line only where it does not.
    names = {each.name for each in ring}
    shown = [
        step
        for step in steps
        if step.part != "actions" or step.verdict != "passed" or step.what in names
    ]
    rows = [(step.verdict, step.part, _short(step.what), step.words) for step in shown]
    say(table(("", "part", "of", "what AWS records"), rows))
    if not rung:
        say(f"would ring: {', '.join(each.name for each in ring) or 'none'}")
        return
    well = passed(steps)
    words = "every alarm that rang reached its receivers" if well else "not all is proved"
    say(f"{options.stack}: {words}")


def _short(what: str) -> str:
    return what.rpartition(":")[2]
