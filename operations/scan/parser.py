"""The options of ``python -m operations scan``."""

import argparse
from pathlib import Path

from operations.data_files import RULES, SCAN_SETTINGS
from operations.options import add_database, add_json, add_workers, later
from operations.stopping import stoppable

FINGERPRINT = Path("fingerprint.db")
CANARIES = Path("canaries.json")
REPORT = Path("scan.json")

STEPS = (
    ("plant", "Put canaries into an isolated copy of the original; this changes it."),
    ("fingerprint", "Take keyed digests of what the rules mask from the original."),
    ("run", "Read all of a sanitised database; exit code 1 where anything is found."),
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    added = {}
    for name, about in STEPS:
        added[name] = step = steps.add_parser(name, help=about, description=about)
        add_database(step)
        step.set_defaults(run=stoppable()(later("operations.scan.command", name)))
    for name in ("plant", "fingerprint"):
        _file(added[name], "--rules", Path(RULES), "the sanitiser's rules")
    _file(added["plant"], "--canaries", CANARIES, "where to write what was planted")
    _file(added["fingerprint"], "--fingerprint", FINGERPRINT, "where to write the digests")
    reads = added["run"]
    about = f"safe domains and allowed findings (default: {SCAN_SETTINGS}, where it is there)"
    _file(reads, "--settings", None, about)
    _file(reads, "--fingerprint", None, "compare with the original, by its digests")
    _file(reads, "--canaries", None, "look for what was planted")
    _file(reads, "--report", REPORT, "where to write the report")
    add_workers(reads, "processes at once, where there is enough to read")
    add_json(reads)


def _file(step: argparse.ArgumentParser, name: str, default: Path | None, about: str) -> None:
    shown = f"{about} (default: {default})" if default else about
    step.add_argument(name, type=Path, default=default, metavar="FILE", help=shown)
