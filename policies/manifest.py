"""Which snapshots hold nobody's data: a signed manifest for each, in ``manifests/``.

A manifest says what was scanned, by what, and that it was clean. It counts where one of the keys in
``signers.pem`` has signed it: ECDSA on P-256 with SHA-256 (FIPS 186-5), over a digest of its JSON.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field

from policies import MANIFEST_FOLDER, SIGNERS
from policies.errors import PolicyError
from policies.files import Model

FORMAT = "understudy manifest 1"
NAME = "sanitised-[a-z0-9-]+"
SNAPSHOT = rf"(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{{12}}:snapshot:)?{NAME}"
"""How a sanitised snapshot is named, alone or, where another account shares it, by its ARN."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, Field(min_length=1)]


class Manifest(Model):
    """What was scanned before a snapshot was taken of it."""

    format: Literal["understudy manifest 1"]
    snapshot: Annotated[str, Field(pattern=f"^{SNAPSHOT}$")]
    """As staging's settings name it."""
    source: Words
    """The snapshot that the original was restored from."""
    release: Words
    """The version of the application whose tables these are."""
    schema_hash: Digest
    rules_hash: Digest
    settings_hash: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    """Of ``scan.yaml``; empty where there is none."""
    verdict: Literal["clean"]
    allowed: Annotated[int, Field(ge=0)]
    """How many findings ``scan.yaml`` allows."""
    canaries: Annotated[int, Field(ge=1)]
    rows: dict[str, Annotated[int, Field(ge=0)]]
    scan: Words
    """The version of what is looked for."""
    tool: Digest
    """Of the scan's own code."""
    scanned: pydantic.AwareDatetime
    made: pydantic.AwareDatetime


class Signature(Model):
    """Who answers for a manifest."""

    algorithm: Literal["ECDSA_SHA_256"]
    key: Digest
    """SHA-256 of the public key, as SubjectPublicKeyInfo in DER."""
    value: str
    """In base64; DER, as AWS KMS and OpenSSL have it."""


class Signed(Model):
    """A manifest with its signature, as its file has them."""

    manifest: Manifest
    signature: Signature


def statement(manifest: Mapping[str, Any]) -> bytes:
    """Return what is signed: the digest of one form for one content, and nothing else's form.

    The manifest itself may be too long: AWS KMS takes 4,096 bytes (KMS API Reference, "Sign").
    """
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"{FORMAT}\nsha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}\n".encode("ascii")


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """Return what a signature names its key by."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.DER, spki)).hexdigest()


def load_signers(file: Path, name: str) -> dict[str, ec.EllipticCurvePublicKey]:
    """Return the public keys of a file, by id; PolicyError where one is none on P-256."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise PolicyError(f"{name}: can't be read: {error.strerror}") from None
    found: dict[str, ec.EllipticCurvePublicKey] = {}
    for block in re.findall(rb"-----BEGIN [^-]+-----.*?-----END [^-]+-----", text, re.DOTALL):
        try:
            key = serialization.load_pem_public_key(block)
        except (ValueError, UnsupportedAlgorithm):
            key = None  # A private key, say, which has no business here.
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise PolicyError(f"{name}: must hold public keys on P-256 in PEM, and nothing else")
        found[key_id(key)] = key
    if not found:
        raise PolicyError(f"{name}: must hold at least one public key in PEM")
    return found


def load_manifest(
    file: Path, name: str, signers: Mapping[str, ec.EllipticCurvePublicKey]
) -> Manifest:
    """Return a manifest that one of the signers has signed.

    Raises PolicyError, one line, for anything else.
    """
    try:
        data = json.loads(file.read_bytes(), object_pairs_hook=_once)
        signed = Signed.model_validate(data)
    except OSError as error:
        raise PolicyError(f"{name}: can't be read: {error.strerror}") from None
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise PolicyError(f"{name}: {where}: {_lower(first['msg'])}") from None
    except (ValueError, RecursionError):
        raise PolicyError(f"{name}: can't be read as JSON with each key once") from None
    key = signers.get(signed.signature.key)
    if key is None:
        raise PolicyError(f"{name}: signature.key: must be one of {Path(SIGNERS).name}")
    try:
        value = base64.b64decode(signed.signature.value, validate=True)
        key.verify(value, statement(data["manifest"]), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error):
        raise PolicyError(f"{name}: is not what was signed") from None
    return signed.manifest


def load_sanitised(root: Path) -> frozenset[str]:
    """Return the snapshots with a manifest that counts; without any manifests, none.

    Raises PolicyError, one line, where a manifest or the signers' file is refused.
    """
    files = sorted((root / MANIFEST_FOLDER).glob("*.json"))
    if not files:
        return frozenset()
    signers = load_signers(root / SIGNERS, SIGNERS)
    return frozenset(
        load_manifest(file, f"{MANIFEST_FOLDER}/{file.name}", signers).snapshot for file in files
    )


def is_older(manifest: Manifest, days: int, now: datetime) -> bool:
    """Tell whether a manifest's scan is longer ago than so many days."""
    return (now - manifest.scanned).total_seconds() > days * 86_400


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: readers may differ about which one counts."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(name)
        found[name] = value
    return found


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
