"""How an environment is reached: by its own names or over a tunnel, and AWS by its account."""

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from operations.errors import OperationError
from operations.place import Place
from settings import Settings

SECONDS = 10.0
"""How long one connection may take, and one answer on it."""


@dataclass(frozen=True)
class Address:
    """Where to connect in place of what DNS says; the name that is asked for stays."""

    host: str = ""
    """Empty for the name itself."""
    https: int = 443
    http: int = 80


@dataclass(frozen=True)
class Reach:
    """One environment, and the ways to it."""

    place: Place
    address: Address = Address()
    authorities: Path | None = None
    """A file of certificate authorities in place of the system's, for whoever is asked over TLS."""
    resolver: str = ""
    """A resolver that answers in JSON over HTTPS; empty where none was asked for."""
    outside: str = ""
    """An address of this machine that is not among the allowed networks."""
    database: str = ""
    """``IP:PORT`` where the database is reached; empty for its own address."""

    @property
    def settings(self) -> Settings:
        """What the environment is told."""
        return self.place.settings

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports."""
        return self.place.outputs

    def trusting(self) -> ssl.SSLContext:
        """Return what speaks TLS with who shows a certificate of a known authority."""
        return ssl.create_default_context(cafile=self.authorities)

    def client(self, service: str, region: str = "") -> Any:
        """Return a client in the environment's region or another."""
        return self.place.client(service, region)


@dataclass(frozen=True)
class SharedSession:
    """A boto3 session for several threads.

    Clients are safe in threads, making one is not (boto3 documentation, "Multithreading or
    multiprocessing with clients").
    """

    session: Any
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _made: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region_name: str, config: Any) -> Any:
        """Return the client of a service in a region, made once."""
        with self._lock:
            key = (service, region_name)
            if key not in self._made:
                made = self.session.client(service, region_name=region_name, config=config)
                self._made[key] = made
            return self._made[key]


def local(option: str, text: str) -> str:
    """Return an IP address; OperationError where it is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise OperationError(f"{option}: must be an IP address, got {text!r}") from None


def socket_address(option: str, text: str) -> str:
    """Return ``IP:PORT`` as it was given; OperationError where it is none."""
    host, _, port = text.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65_536:  # noqa: PLR2004  (the range of TCP ports)
        raise OperationError(f"{option}: must be IP:PORT, got {text!r}")
    local(option, host)
    return text


def resolver(option: str, text: str) -> str:
    """Return the URL of a resolver; OperationError for one that could be overheard or altered."""
    parts = urlsplit(text)
    if not parts.hostname or parts.scheme != "https":
        raise OperationError(
            f"{option}: must be the https address of a resolver that answers in JSON, got {text!r}"
        )
    return text
