"""The options of ``python -m operations manifest``."""

import argparse
from pathlib import Path
from typing import Any

from operations.data_files import RULES, SCAN_SETTINGS
from operations.options import later
from operations.stopping import stoppable
from policies import MANIFEST_FOLDER, SIGNERS


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    about = "Write the signed manifest of a snapshot from the report of a clean scan."
    make = _step(steps, "make", about)
    make.add_argument("--snapshot", required=True, metavar="NAME", help="as staging will name it")
    make.add_argument("--source", required=True, metavar="NAME", help="the original's snapshot")
    make.add_argument("--release", required=True, metavar="VERSION", help="of the application")
    _file(make, "--report", "scan.json", "what `scan run` wrote")
    _file(make, "--rules", RULES, "the sanitiser's rules")
    about = f"the scan's settings (default: {SCAN_SETTINGS}, where it is there)"
    make.add_argument("--settings", type=Path, metavar="FILE", help=about)
    _file(make, "--write", MANIFEST_FOLDER, "the folder for it")
    _signer(make)
    about = "Verify a manifest; exit code 2 where anything about it is wrong."
    verify = _step(steps, "verify", about)
    verify.add_argument("manifest", type=Path, metavar="FILE")
    _file(verify, "--signers", SIGNERS, "the public keys that count")
    verify.add_argument("--max-age", type=int, metavar="DAYS", help="since the scan")
    verify.add_argument("--database", metavar="CONNINFO", help="its tables must be the same")
    about = "Print the public key, for signers.pem."
    _signer(_step(steps, "signer", about))


def _step(steps: Any, name: str, about: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=about, description=about)
    step.set_defaults(run=stoppable()(later("operations.manifest.command", name)))
    return step


def _file(step: argparse.ArgumentParser, name: str, default: str, about: str) -> None:
    shown = f"{about} (default: {default})"
    step.add_argument(name, type=Path, default=Path(default), metavar="FILE", help=shown)


def _signer(step: argparse.ArgumentParser) -> None:
    one = step.add_mutually_exclusive_group(required=True)
    one.add_argument("--key", type=Path, metavar="FILE", help="a private key on P-256 in PEM")
    one.add_argument("--kms-key", metavar="ID", help="a key in AWS KMS: its ARN, id or alias")
