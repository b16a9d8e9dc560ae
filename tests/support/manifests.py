"""Signed manifests of tests' own, made as the command makes them."""

import base64
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from policies.manifest import FORMAT, key_id, statement

MANIFEST: dict[str, Any] = {
    "format": FORMAT,
    "snapshot": "sanitised-storefront-20310501",
    "source": "rds:storefront-production-2031-04-30",
    "release": "1.0.0",
    "schema_hash": "1" * 64,
    "rules_hash": "2" * 64,
    "settings_hash": "",
    "verdict": "clean",
    "allowed": 0,
    "canaries": 13,
    "rows": {"public.orders": 300, "public.people": 299},
    "scan": "1",
    "tool": "3" * 64,
    "scanned": "2031-05-01T10:00:00Z",
    "made": "2031-05-01T11:00:00Z",
}


def signing_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def signed(key: ec.EllipticCurvePrivateKey, **changes: Any) -> dict[str, Any]:
    """Return a manifest, changed before it is signed."""
    manifest = {**deepcopy(MANIFEST), **changes}
    value = key.sign(statement(manifest), ec.ECDSA(hashes.SHA256()))
    signature = {
        "algorithm": "ECDSA_SHA_256",
        "key": key_id(key.public_key()),
        "value": base64.b64encode(value).decode(),
    }
    return {"manifest": manifest, "signature": signature}


def pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a key's public half in PEM."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a key in PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def trusted(root: Path, key: ec.EllipticCurvePrivateKey, *manifests: dict[str, Any]) -> list[Path]:
    """Write the signers and manifests where the policies look for them; return the latter."""
    folder = root / "policies" / "manifests"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "signers.pem").write_text(pem(key))
    files = [folder / f"{n}.json" for n in range(len(manifests))]
    for file, manifest in zip(files, manifests, strict=True):
        file.write_text(json.dumps(manifest))
    return files
