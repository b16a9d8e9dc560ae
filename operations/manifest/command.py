"""Says of a snapshot that it was scanned, and signs for it."""

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

from operations.data_files import SCAN_SETTINGS
from operations.errors import OperationError, refusals
from operations.manifest.signer import ALGORITHM, FileSigner, KmsSigner, Signer
from operations.moments import shown
from operations.scan import catalogue
from operations.scan.connection import reading
from operations.scan.report import Report, load_report, tool_hash
from policies.files import write
from policies.manifest import (
    FORMAT,
    Manifest,
    is_older,
    key_id,
    load_manifest,
    load_signers,
    statement,
)


def _chosen(options: argparse.Namespace) -> Signer:
    return FileSigner(options.key) if options.key else KmsSigner(options.kms_key)


def make(options: argparse.Namespace) -> int:
    """Write the signed manifest of a snapshot; OperationError where the report is not fit."""
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
    settings = options.settings or (Path(SCAN_SETTINGS) if Path(SCAN_SETTINGS).exists() else None)
    for file, known in ((options.rules, report.rules_hash), (settings, report.settings_hash)):
        if (_hash(file) if file else "") != known:
            name = file or SCAN_SETTINGS
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


def verify(options: argparse.Namespace) -> int:
    """Verify a manifest; OperationError where anything about it is wrong."""
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


def signer(options: argparse.Namespace) -> int:
    """Print the public key."""
    pem = _chosen(options).public_key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    print(pem.decode(), end="")  # noqa: T201
    return 0
