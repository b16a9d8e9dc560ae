"""Connections to the site: to where it is reached, in the name that is asked for.

Certificates are not held against anything here: the checks of TLS do that, and a site whose
certificate ended yesterday still shows whether it redirects. Nothing secret is ever sent.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from operations.environment.reach import SECONDS, Reach
from operations.errors import OperationError, one_line

LONGEST_BODY = 64 * 1024
AGENT = "understudy-checks"


@dataclass(frozen=True)
class Answered:
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: str
    seconds: float


@dataclass(frozen=True)
class Silent:
    """Nobody answered, and why."""

    words: str


Got = Answered | Silent


def connect(reach: Reach, name: str, port: int, source: str = "") -> socket.socket:
    """Return a connection; OperationError where nobody takes it."""
    host = reach.address.host or name
    try:
        return socket.create_connection(
            (host, port), timeout=SECONDS, source_address=(source, 0) if source else None
        )
    except OSError as error:
        raise OperationError(f"{name}: nobody answers on port {port} ({one_line(error)})") from None


def unchecked() -> ssl.SSLContext:
    """Return what speaks TLS with whoever answers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def get(reach: Reach, name: str, path: str, *, tls: bool = True, source: str = "") -> Got:
    """Ask the site for a path in one of its names; redirects are not followed."""
    began = time.monotonic()
    try:
        with connect(reach, name, _port(reach, tls=tls), source) as plain:
            if not tls:
                return _ask(plain, name, path, began)
            with unchecked().wrap_socket(plain, server_hostname=name) as secured:
                return _ask(secured, name, path, began)
    except OperationError as error:
        return Silent(str(error))
    except (OSError, http.client.HTTPException) as error:
        return Silent(f"{name}{path}: no answer ({one_line(error)})")


def _port(reach: Reach, *, tls: bool) -> int:
    return reach.address.https if tls else reach.address.http


def _ask(link: socket.socket, name: str, path: str, began: float) -> Answered:
    connection = http.client.HTTPConnection(name)
    connection.sock = link
    # The connection is no one else's, and closing is what ends the answer of some servers.
    headers = {"Host": name, "User-Agent": AGENT, "Connection": "close"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read(LONGEST_BODY).decode("utf-8", "replace")
    found = {key.lower(): value for key, value in answer.getheaders()}
    return Answered(answer.status, found, body, time.monotonic() - began)
