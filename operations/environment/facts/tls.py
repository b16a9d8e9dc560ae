"""The certificate that the site shows, and which versions of TLS it speaks."""

import socket
import ssl
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes

from cryptography import x509

from operations.environment.facts.wire import connect, unchecked
from operations.environment.reach import Reach
from operations.errors import OperationError, one_line

OLD = {"TLS 1.0": 0x0301, "TLS 1.1": 0x0302}
NEW = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}
HANDSHAKE = 0x16
"""RFC 5246, 6.2.1: the type of the record in which a server goes on; an alert ends it."""
OLD_CIPHERS = (0xC013, 0xC014, 0xC009, 0xC00A, 0x002F, 0x0035, 0x000A)
"""RFC 8422 and RFC 5246: ECDHE and RSA, with AES and 3DES, that a server of old would take."""
CURVES = (0x0017, 0x0018, 0x001D)


@dataclass(frozen=True)
class Tls:
    """How the site speaks TLS in its first name."""

    untrusted: str
    """Why its certificate leads to no known authority; empty where it does."""
    names: frozenset[str]
    ends: datetime
    spoken: Mapping[str, bool]
    """By version, from TLS 1.0 on."""
    without_forward_secrecy: bool
    """Whether it agrees to an exchange whose key, once stolen, opens what was recorded."""


def look(reach: Reach) -> Tls:
    """Shake hands several times; OperationError where nobody answers at all."""
    name = reach.settings.identity.dns.domain
    certificate = _certificate(reach, name)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    spoken = {version: _speaks_old(reach, name, number) for version, number in OLD.items()}
    spoken |= {version: _agrees(reach, name, _only(number)) for version, number in NEW.items()}
    return Tls(
        _untrusted(reach, name),
        frozenset(names.get_values_for_type(x509.DNSName)),
        certificate.not_valid_after_utc,
        spoken,
        _agrees(reach, name, _only(ssl.TLSVersion.TLSv1_2, "kRSA")),
    )


def _certificate(reach: Reach, name: str) -> x509.Certificate:
    with (
        connect(reach, name, reach.address.https) as plain,
        unchecked().wrap_socket(plain, server_hostname=name) as secured,
    ):
        shown = secured.getpeercert(binary_form=True) or b""
    return x509.load_der_x509_certificate(shown)


def _untrusted(reach: Reach, name: str) -> str:
    """Return why the chain is not trusted; names are another question, and asked apart."""
    context = reach.trusting()
    context.check_hostname = False
    with connect(reach, name, reach.address.https) as plain:
        try:
            context.wrap_socket(plain, server_hostname=name).close()
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        except OSError as error:
            return one_line(error)
    return ""


def _only(version: ssl.TLSVersion, ciphers: str = "") -> ssl.SSLContext:
    context = unchecked()
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


def _agrees(reach: Reach, name: str, context: ssl.SSLContext) -> bool:
    with connect(reach, name, reach.address.https) as plain:
        return _comes_through(name, lambda: _shakes_hands(plain, name, context))


def _shakes_hands(plain: socket.socket, name: str, context: ssl.SSLContext) -> bool:
    with context.wrap_socket(plain, server_hostname=name):
        return True


def _comes_through(name: str, handshake: Callable[[], bool]) -> bool:
    """Tell whether a handshake comes through; OperationError where silence tells neither."""
    try:
        return handshake()
    except TimeoutError:
        raise OperationError(f"{name}: no answer to a handshake") from None
    except OSError:
        return False


def _speaks_old(reach: Reach, name: str, version: int) -> bool:
    """Tell whether the server goes on after the greeting of an old client.

    The greeting is written here: the TLS library of most systems refuses to send one.
    """
    with connect(reach, name, reach.address.https) as plain:
        return _comes_through(name, lambda: _goes_on(plain, _greeting(name, version)))


def _goes_on(plain: socket.socket, greeting: bytes) -> bool:
    plain.sendall(greeting)
    return plain.recv(1) == bytes([HANDSHAKE])


def _greeting(name: str, version: int) -> bytes:
    """Return a ClientHello of TLS 1.0 or 1.1 (RFC 5246, 7.4.1.2) with the site's name."""
    host = name.encode()
    server_name = _sized(2, b"\x00" + _sized(2, host))
    curves = _sized(2, b"".join(struct.pack("!H", curve) for curve in CURVES))
    extensions = b"".join(
        struct.pack("!H", kind) + _sized(2, body)
        for kind, body in ((0, server_name), (10, curves), (11, b"\x01\x00"))
    )
    ciphers = _sized(2, b"".join(struct.pack("!H", cipher) for cipher in OLD_CIPHERS))
    hello = struct.pack("!H", version) + token_bytes(32) + b"\x00" + ciphers + b"\x01\x00"
    body = b"\x01" + _sized(3, hello + _sized(2, extensions))
    return struct.pack("!BH", HANDSHAKE, OLD["TLS 1.0"]) + _sized(2, body)


def _sized(width: int, body: bytes) -> bytes:
    return len(body).to_bytes(width, "big") + body
