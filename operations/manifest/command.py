"""``python -m operations manifest``: say of a snapshot that it was scanned, and sign for it."""

import argparse
import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydantic
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operations.errors import OperationError, refusals
from operations.manifest.signer import ALGORITHM, FileSigner, KmsSigner, Signer
from operations.moments import shown
from operations.scan import catalogue
from operations.scan.connection import reading
from operations.scan.report import Report, load_report, tool_hash
from operations.scan.settings import FILE, RULES
from operations.stopping import stoppable
from policies.files import write
from policies.manifest import (
    FOLDER,
    FORMAT,
    SIGNERS,
    Manifest,
    is_older,
    key_id,
    load_manifest,
    load_signers,
    statement,
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    about = "Write the signed manifest of a snapshot from the report of a clean scan."
    make = _step(steps, "make", _make, about)
    make.add_argument("--snapshot", required=True, metavar="NAME", help="as staging will name it")
    make.add_argument("--source", required=True, metavar="NAME", help="the original's snapshot")
    make.add_argument("--release", required=True, metavar="VERSION", help="of the application")
    _file(make, "--report", "scan.json", "what `scan run` wrote")
    _file(make, "--rules", RULES, "the sanitiser's rules")
    about = f"the scan's settings (default: {FILE}, where it is there)"
    make.add_argument("--settings", type=Path, metavar="FILE", help=about)
    _file(make, "--write", FOLDER, "the folder for it")
    _signer(make)
    about = "Verify a manifest; exit code 2 where anything about it is wrong."
    verify = _step(steps, "verify", _verify, about)
    verify.add_argument("manifest", type=Path, metavar="FILE")
    _file(verify, "--signers", f"{FOLDER}/{SIGNERS}", "the public keys that count")
    verify.add_argument("--max-age", type=int, metavar="DAYS", help="since the scan")
    verify.add_argument("--database", metavar="CONNINFO", help="its tables must be the same")
    about = "Print the public key, for signers.pem."
    _signer(_step(steps, "signer", _public, about))


def _step(steps: Any, name: str, run: Any, about: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=about, description=about)
    step.set_defaults(run=stoppable()(run))
    return step


def _file(step: argparse.ArgumentParser, name: str, default: str, about: str) -> None:
    shown = f"{about} (default: {default})"
    step.add_argument(name, type=Path, default=Path(default), metavar="FILE", help=shown)


def _signer(step: argparse.ArgumentParser) -> None:
    one = step.add_mutually_exclusive_group(required=True)
    one.add_argument("--key", type=Path, metavar="FILE", help="a private key on P-256 in PEM")
    one.add_argument("--kms-key", metavar="ID", help="a key in AWS KMS: its ARN, id or alias")


def _chosen(options: argparse.Namespace) -> Signer:
    return FileSigner(options.key) if options.key else KmsSigner(options.kms_key)


def _make(options: argparse.Namespace) -> int:
    report = load_report(options.report)
    _fit(report, options)
    manifest = {
        "format": FORMAT,
        "snapshot": options.snapshot,
        "source": options.source,
        "release": options.release,
        "schema_hash": report.schema_hash,
        "rules_hash": report.rules_hash,
        "settings_hash": report.settings_hash,
        "verdict": report.verdict,
        "allowed": len(report.allowed),
        "canaries": report.canaries,
        "rows": report.rows,
        "scan": report.version,
        "tool": report.tool,
        "scanned": shown(report.time),
        "made": shown(datetime.now(UTC)),
    }
    _refuse_wrong(manifest, options.report)
    name = f"{options.snapshot.rpartition(':')[2]}.json"
    file = options.write / name
    text = json.dumps({"manifest": manifest, "signature": _signed(manifest, _chosen(options))},
                      indent=2)  # fmt: skip
    with refusals():
        write(file, f"{text}\n")
    print(f"{file}: is signed")  # noqa: T201
    return 0


def _fit(report: Report, options: argparse.Namespace) -> None:
    """Refuse a report that says too little for a manifest, or that was made of other files."""
    if not report.is_clean:
        number = len(report.findings)
        raise OperationError(f"{options.report}: verdict: must be clean, has {number} findings")
    if report.rules_hash is None or report.canaries == 0:
        words = "must be of a scan with --fingerprint and --canaries"
        raise OperationError(f"{options.report}: {words}")
    if report.tool != tool_hash():
        raise OperationError(f"{options.report}: tool: is another state of the scan; scan again")
    settings = options.settings or (Path(FILE) if Path(FILE).exists() else None)
    for file, known in ((options.rules, report.rules_hash), (settings, report.settings_hash)):
        if (_hash(file) if file else "") != known:
            name = file or FILE
            raise OperationError(f"{name}: is not the one that {options.report} was made with")


def _hash(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise OperationError(f"{file}: can't be read: {error.strerror}") from None


def _refuse_wrong(manifest: dict[str, Any], report: Path) -> None:
    """Refuse what makes no manifest, by the option or the report that it came from."""
    try:
        Manifest.model_validate(manifest)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if name == "snapshot":
            words = f"must begin with sanitised-, got {manifest[name]}"
            raise OperationError(f"--snapshot: {words}") from None
        where = f"--{name}" if name in ("source", "release") else f"{report}: {name}"
        raise OperationError(f"{where}: {first['msg'].lower()}") from None


def _signed(manifest: dict[str, Any], signer: Signer) -> dict[str, str]:
    data = statement(manifest)
    value = signer.sign(data)
    try:
        signer.public_key.verify(value, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise OperationError("the signature does not fit its own public key") from None
    return {
        "algorithm": ALGORITHM,
        "key": key_id(signer.public_key),
        "value": base64.b64encode(value).decode(),
    }


def _verify(options: argparse.Namespace) -> int:
    file = options.manifest
    with refusals():
        signers = load_signers(options.signers, str(options.signers))
        manifest = load_manifest(file, str(file), signers)
    now = datetime.now(UTC)
    if manifest.scanned > now or manifest.made < manifest.scanned:
        raise OperationError(f"{file}: scanned: must lie before made, and before now")
    if options.max_age is not None and is_older(manifest, options.max_age, now):
        days = (now - manifest.scanned).days
        raise OperationError(f"{file}: scanned: must be {options.max_age} days ago, is {days}")
    if options.database is not None:
        with reading(options.database) as connection:
            found = catalogue.schema_hash(connection)
        if found != manifest.schema_hash:
            raise OperationError(f"{file}: schema_hash: is another database's")
    rows = sum(manifest.rows.values())
    print(f"{file}: {manifest.snapshot} is clean, {rows} rows, scanned {manifest.scanned:%F}")  # noqa: T201
    return 0


def _public(options: argparse.Namespace) -> int:
    pem = _chosen(options).public_key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    print(pem.decode(), end="")  # noqa: T201
    return 0
