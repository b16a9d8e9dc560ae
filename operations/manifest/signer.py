"""Who signs: a key in a file, or one in AWS KMS that nobody can take out."""

import stat
from pathlib import Path
from typing import Any, Protocol

import boto3
import botocore.exceptions
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operations.errors import OperationError, one_line

CURVE = "secp256r1"
"""P-256, by the name that SEC 2 gives it; KMS calls it ECC_NIST_P256."""
ALGORITHM = "ECDSA_SHA_256"


class Signer(Protocol):
    """Signs bytes with a key on P-256."""

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key that others verify with."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature in DER."""


class FileSigner:
    """Signs with a private key in PEM."""

    def __init__(self, file: Path) -> None:
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise OperationError(f"{file}: must be its owner's alone: chmod 600")
            key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        except OSError as error:
            raise OperationError(f"{file}: can't be read: {error.strerror}") from None
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise OperationError(f"{file}: must be a private key in PEM, not encrypted") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != CURVE:
            raise OperationError(f"{file}: must be a key on P-256")
        self._key = key

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key that others verify with."""
        return self._key.public_key()

    def sign(self, data: bytes) -> bytes:
        """Return the signature in DER."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class KmsSigner:
    """Signs with a key in AWS KMS; it needs ``kms:GetPublicKey`` and ``kms:Sign``."""

    def __init__(self, key: str) -> None:
        self._key = key
        region = key.split(":")[3] if key.startswith("arn:") else None
        try:
            # A session of its own: boto3's shared one keeps the credentials that it found first.
            self._kms: Any = boto3.Session().client("kms", region_name=region)
            found = self._kms.get_public_key(KeyId=key)
            public = serialization.load_der_public_key(found["PublicKey"])
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            raise _refused(key, error) from None
        if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != CURVE:
            raise OperationError(f"{key}: must be a key on P-256 (ECC_NIST_P256)")
        self._public = public

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key that others verify with."""
        return self._public

    def sign(self, data: bytes) -> bytes:
        """Return the signature in DER."""
        try:
            done = self._kms.sign(
                KeyId=self._key, Message=data, MessageType="RAW", SigningAlgorithm=ALGORITHM
            )
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            raise _refused(self._key, error) from None
        return bytes(done["Signature"])


def _refused(key: str, error: Exception) -> OperationError:
    return OperationError(f"{key}: {one_line(error)}")
