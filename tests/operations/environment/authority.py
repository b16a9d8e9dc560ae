"""A certificate authority of the tests' own, and certificates of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MAY_CERTIFY = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@cache
def _key(purpose: str) -> rsa.RSAPrivateKey:
    """Return a key; making one takes longer than all else."""
    assert purpose
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _identifier(key: rsa.RSAPrivateKey) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass
class Authority:
    """An authority, with its own certificate in a file."""

    folder: Path
    name: str
    file: Path = field(init=False)
    own: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        """Certify itself."""
        self.own = self._certified(self.name, (), 3650, authority=True)
        self.file = self.folder / f"{self.name}.pem"
        self.file.write_bytes(self.own.public_bytes(serialization.Encoding.PEM))

    def certificate(self, file: str, hosts: tuple[str, ...], days: int = 200) -> Path:
        """Write key and certificate for some names into one file, and return it."""
        made = self._certified(hosts[0], hosts, days, authority=False)
        key = _key("server").private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = self.folder / file
        path.write_bytes(key + made.public_bytes(serialization.Encoding.PEM))
        path.chmod(0o600)
        return path

    def _certified(
        self, common: str, hosts: tuple[str, ...], days: int, *, authority: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        ends = now + timedelta(days=days, hours=1)
        mine, signing = _key(self.name if authority else "server"), _key(self.name)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(common))
            .issuer_name(_name(self.name))
            .public_key(mine.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(now, ends) - timedelta(days=30))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            # Python 3.13 and newer trust no chain in which these are missing (Python docs, "ssl").
            .add_extension(_identifier(mine), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                    _identifier(signing)
                ),
                critical=False,
            )
        )
        if authority:
            builder = builder.add_extension(MAY_CERTIFY, critical=True)
        else:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            builder = builder.add_extension(names, critical=False).add_extension(
                usage, critical=False
            )
        return builder.sign(signing, hashes.SHA256())
